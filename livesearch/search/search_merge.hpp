#pragma once

#include <cstddef>
#include <vector>

#include "livesearch/fetch/outcome.hpp"
#include "livesearch/merge/result_merger.hpp"
#include "livesearch/search/search_places.hpp"

namespace livesearch {

/// The answers of a search as one list. A pure value that a listener keeps.
class search_merge {
 public:
  search_merge() = default;
  explicit search_merge(const search_plan& plan);

  void add(const searchable_site& site, const site_answer& answer);

  [[nodiscard]] std::vector<merged_result> ranked() const { return merger_.ranked(); }

  /// The site that a vote's number means.
  [[nodiscard]] const site_definition& site(std::size_t number) const {
    return places_.site(number);
  }

 private:
  search_places places_;
  result_merger merger_;
};

}  // namespace livesearch
