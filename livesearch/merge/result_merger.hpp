#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "livesearch/site/hit.hpp"

namespace livesearch {

/// By which results of different sites are recognised as the same page: hashes (FNV-1a, 64 bits).
struct hit_keys {
  std::uint64_t page = 0;   ///< of the canonical URL
  std::uint64_t title = 0;  ///< of the title; 0 if it says too little

  friend bool operator==(const hit_keys&, const hit_keys&) = default;
};

[[nodiscard]] hit_keys keys_of(const hit& found);

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

/// Merges the results of several sites into one list: reciprocal rank fusion.
///
/// Two results are the same if their canonical URLs are, or if their titles are and no site has
/// them both. Each site has one vote for a result, `weight / (60 + rank)` with its best rank; the
/// sum of the votes orders the results, then the best rank, then the order of the sites. So the
/// order depends on what the sites answered, and never on when.
///
/// Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009.
class result_merger {
 public:
  /// A weight for each site, in their order.
  explicit result_merger(std::vector<double> weights) : weights_{std::move(weights)} {}
  result_merger() = default;

  /// A site's results in its own order; `first_rank` is that of the first of them.
  /// Returns their keys.
  std::vector<hit_keys> add(std::size_t site, std::span<const hit> hits,
                            std::uint32_t first_rank = 1);

  /// Cost: O(n log n) for n results.
  [[nodiscard]] std::vector<merged_result> ranked() const;

 private:
  struct entry {
    std::size_t site;
    std::uint32_t rank;
    hit_keys keys;
    hit found;
  };
  struct group;

  [[nodiscard]] std::vector<group> grouped() const;
  [[nodiscard]] std::uint64_t worth(const entry& voting) const;
  [[nodiscard]] merged_result merged(const group& same) const;

  std::vector<double> weights_;
  std::vector<entry> entries_;
};

}  // namespace livesearch
