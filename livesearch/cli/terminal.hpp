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

/// How a site did, on one line, with what is worth knowing of the answer: its age, that it was
/// another search's as well, when to ask again. Control characters of a site's text are taken out
/// here and below, so that no site can steer the terminal.
[[nodiscard]] std::string describe(const searchable_site& site, const site_answer& answer,
                                   std::chrono::nanoseconds elapsed, text_style style);
/// What of the query sites cannot do, a line for each; empty if they can do everything.
[[nodiscard]] std::string describe_remarks(const search_plan& plan);
/// The merged results as lines, each with the sites that have it.
[[nodiscard]] std::string describe(const search_merge& merge, text_style style);
/// The results that only this site has, as lines, and how many others have as well.
[[nodiscard]] std::string describe_new(const search_merge& merge, const site_definition& site,
                                       text_style style);
[[nodiscard]] std::string describe(const search_summary& summary);

/// Prints the results as one list at the end, and before on standard error how each site does.
class list_listener final : public search_listener {
 public:
  explicit list_listener(genstage::completion<search_summary> done) : done_{std::move(done)} {}
  void started(const search_plan& plan) override;
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override;
  void ended(const search_summary& summary) override;

 private:
  genstage::completion<search_summary> done_;
  search_merge merge_;
};

/// Prints each site's results as it answers, without those that were printed already.
class follow_listener final : public search_listener {
 public:
  explicit follow_listener(genstage::completion<search_summary> done) : done_{std::move(done)} {}
  void started(const search_plan& plan) override;
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override;
  void ended(const search_summary& summary) override;

 private:
  genstage::completion<search_summary> done_;
  search_merge merge_;
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
