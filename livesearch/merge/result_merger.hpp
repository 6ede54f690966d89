#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "livesearch/merge/rank_fusion.hpp"
#include "livesearch/site/hit.hpp"

namespace livesearch {

/// Where a site had a result.
struct vote {
  std::size_t site = 0;    ///< in the order of the search's sites
  std::uint32_t rank = 0;  ///< from 1, over all pages
  std::string url{};
};

/// A result of one site or of several.
struct merged_result {
  hit shown{};
  std::vector<vote> votes{};  ///< one for each site, the best first
};

/// Merges the results of several sites into one list, in the order of `rank_fusion`.
class result_merger {
 public:
  /// A weight for each site, in their order.
  explicit result_merger(std::vector<double> weights) : order_{std::move(weights)} {}
  result_merger() = default;

  /// A site's results in its own order; `first_rank` is that of the first of them.
  void add(std::size_t site, std::span<const hit> hits, std::uint32_t first_rank = 1);

  /// Cost: O(n log n) for n results.
  [[nodiscard]] std::vector<merged_result> ranked() const;

 private:
  [[nodiscard]] merged_result merged(std::span<const std::size_t> same) const;

  rank_fusion order_;
  std::vector<hit> hits_;  ///< as they were added, so by the places of their ballots
};

}  // namespace livesearch
