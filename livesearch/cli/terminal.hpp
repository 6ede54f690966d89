#pragma once

#include <cstdio>
#include <functional>
#include <genstage/task/operation.hpp>
#include <string>

#include "livesearch/search/listener.hpp"
#include "livesearch/server/search_json.hpp"

namespace livesearch {

enum class text_style : std::uint8_t { plain, coloured };

/// Colours if the file is a terminal and NO_COLOR is not set.
[[nodiscard]] text_style style_of(std::FILE* file);

/// A site's answer as lines for a terminal. Control characters of the site's text are taken out, so
/// that no site can steer the terminal.
[[nodiscard]] std::string describe(const searchable_site& site, const site_answer& answer,
                                   std::chrono::nanoseconds elapsed, text_style style);
[[nodiscard]] std::string describe(const search_summary& summary);

/// Prints a search to standard output as it goes, and completes when it is over.
class terminal_listener final : public search_listener {
 public:
  explicit terminal_listener(genstage::completion<search_summary> done)
      : done_{std::move(done)}, style_{style_of(stdout)} {}
  void started(const search_plan& plan) override;
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override;
  void ended(const search_summary& summary) override;

 private:
  genstage::completion<search_summary> done_;
  text_style style_;
};

/// Prints a search as one JSON document, as `GET /api/search` gives it.
class json_listener final : public search_listener {
 public:
  explicit json_listener(genstage::completion<search_summary> done) : done_{std::move(done)} {}
  void started(const search_plan& plan) override;
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override;
  void ended(const search_summary& summary) override;

 private:
  genstage::completion<search_summary> done_;
  search_report report_;
};

}  // namespace livesearch
