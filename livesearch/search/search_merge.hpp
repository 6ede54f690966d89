#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "livesearch/fetch/outcome.hpp"
#include "livesearch/merge/result_merger.hpp"
#include "livesearch/search/search_plan.hpp"

namespace livesearch {

/// The answers of a search as one list. A pure value that a listener keeps.
class search_merge {
 public:
  search_merge() = default;
  explicit search_merge(const search_plan& plan);

  /// Returns the keys of the answer's results.
  std::vector<hit_keys> add(const searchable_site& site, const site_answer& answer);

  [[nodiscard]] std::vector<merged_result> ranked() const { return merger_.ranked(); }

  /// The site that a vote's number means.
  [[nodiscard]] const site_definition& site(std::size_t number) const {
    return sites_[number]->definition;
  }

  /// The rank of a site's first result on the page that is asked for.
  [[nodiscard]] std::uint32_t first_rank(const site_definition& site) const;

 private:
  std::vector<site_ptr> sites_;
  std::uint32_t page_ = 1;
  result_merger merger_;
};

}  // namespace livesearch
