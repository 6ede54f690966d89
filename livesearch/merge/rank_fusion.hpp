#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "livesearch/merge/hit_keys.hpp"

namespace livesearch {

/// A result of one site, as far as it decides what stands where.
struct ballot {
  std::uint32_t site = 0;  ///< in the order of the search's sites
  std::uint32_t rank = 0;  ///< from 1, over all pages
  hit_keys keys{};
};

/// Results in order, each as places of its ballots: the best first, a site's repetitions among
/// them.
class ranking {
 public:
  using places = std::span<const std::size_t>;

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] places operator[](std::size_t result) const noexcept {
    const std::size_t begin = result == 0 ? 0 : ends_[result - 1];
    return places{places_}.subspan(begin, ends_[result] - begin);
  }

  /// One result more.
  void add(places same) {
    places_.insert(places_.end(), same.begin(), same.end());
    ends_.push_back(places_.size());
  }
  void reserve(std::size_t results, std::size_t ballots) {
    ends_.reserve(results);
    places_.reserve(ballots);
  }

 private:
  std::vector<std::size_t> places_;
  std::vector<std::size_t> ends_;
};

/// Puts the results of several sites into one order: reciprocal rank fusion. It knows results by
/// their keys alone, so that whoever has passed their texts on need not keep them.
///
/// Two results are the same if their pages are, or if their titles are and no site has them both.
/// Each site has one vote for a result, `weight / (60 + rank)` with its best rank; the sum of the
/// votes orders the results, then the best rank, then the order of the sites. So the order depends
/// on what the sites answered, and never on when.
///
/// Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009.
class rank_fusion {
 public:
  /// A weight for each site, in their order.
  explicit rank_fusion(std::vector<double> weights) : weights_{std::move(weights)} {}
  rank_fusion() = default;

  /// A site's results in its own order; `first_rank` is that of the first of them.
  void add(std::size_t site, std::span<const hit_keys> results, std::uint32_t first_rank = 1);

  /// The results in order. A ballot's place is how many were added before it.
  /// Cost: O(n log n) for n ballots.
  [[nodiscard]] ranking ranked() const;

  [[nodiscard]] const ballot& at(std::size_t place) const { return ballots_[place]; }

  /// Of the places of one result those that vote: the best of each site.
  [[nodiscard]] std::vector<std::size_t> votes(std::span<const std::size_t> same) const;
  /// Whether the place at this index of the result is among them.
  [[nodiscard]] bool has_vote(std::span<const std::size_t> same, std::size_t index) const;

 private:
  struct group;

  [[nodiscard]] std::vector<std::size_t> in_order() const;
  [[nodiscard]] std::vector<group> grouped(std::span<const std::size_t> order,
                                           std::vector<std::size_t>& next) const;
  [[nodiscard]] std::uint64_t score(std::span<const std::size_t> same) const;
  [[nodiscard]] std::uint64_t worth(const ballot& voting) const;

  std::vector<double> weights_;
  std::vector<ballot> ballots_;
};

}  // namespace livesearch
