#pragma once

#include <functional>
#include <string>
#include <utility>

#include "livesearch/search/search_session.hpp"
#include "livesearch/server/search_json.hpp"

namespace livesearch {

/// Makes one document of a search, and hands it on when the search is over.
class report_listener final : public search_listener {
 public:
  using receiver = std::move_only_function<void(std::string document)>;

  explicit report_listener(receiver to) : to_{std::move(to)} {}
  void started(const search_plan& plan) override { report_.start(plan); }
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override {
    report_.add(site, answer, elapsed);
  }
  void ended(const search_summary& summary) override { to_(std::move(report_).finish(summary)); }

 private:
  receiver to_;
  search_report report_;
};

}  // namespace livesearch
