#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "livesearch/search/listener.hpp"
#include "livesearch/search/search_merge.hpp"
#include "livesearch/search/search_ranking.hpp"

namespace livesearch {

/// JSON whose members keep the order in which they were added.
using json = nlohmann::ordered_json;

/// The text of a JSON value on one line; bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string to_text(const json& value);

/// The data of the events `start`, `site` and `end` of a stream.
[[nodiscard]] std::string start_event(const search_plan& plan);
[[nodiscard]] std::string end_event(const search_summary& summary, const search_ranking& ranking);
/// Also takes the answer into the order, by whose keys a client merges.
[[nodiscard]] std::string site_event(const searchable_site& site, const site_answer& answer,
                                     std::chrono::nanoseconds elapsed, search_ranking& ranking);

/// A site as `GET /api/sites` lists it.
[[nodiscard]] json site_entry(const searchable_site& site);

[[nodiscard]] json error_body(const std::string& message, const std::string& field);

/// Collects a search's events into the answer of `GET /api/search`: one list, in the merged order.
class search_report {
 public:
  void start(const search_plan& plan);
  void add(const searchable_site& site, const site_answer& answer,
           std::chrono::nanoseconds elapsed);
  [[nodiscard]] std::string finish(const search_summary& summary) &&;

 private:
  search_merge merge_;
  std::string sites_;  ///< as written, without brackets
  std::string query_;
};

}  // namespace livesearch
