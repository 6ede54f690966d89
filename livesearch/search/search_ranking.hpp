#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "livesearch/fetch/outcome.hpp"
#include "livesearch/merge/rank_fusion.hpp"
#include "livesearch/search/search_places.hpp"

namespace livesearch {

/// The order of a search's results without the results: what is kept of a stream, whose reader has
/// the texts. A pure value.
/// Cost: 24 bytes a result.
class search_ranking {
 public:
  search_ranking() = default;
  explicit search_ranking(const search_plan& plan);

  /// Returns the keys of the answer's results.
  std::vector<hit_keys> add(const searchable_site& site, const site_answer& answer);

  [[nodiscard]] const rank_fusion& fusion() const noexcept { return fusion_; }
  [[nodiscard]] const search_places& places() const noexcept { return places_; }

 private:
  search_places places_;
  rank_fusion fusion_;
};

}  // namespace livesearch
