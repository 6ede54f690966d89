#include "livesearch/merge/rank_fusion.hpp"

#include <algorithm>
#include <compare>
#include <tuple>
#include <utility>

namespace livesearch {

namespace {

constexpr double smoothing = 60;
/// Votes are whole numbers, so that equal votes are equal in whatever order they are added.
constexpr double whole_vote = 1e9;

/// For each key the place of the first one that is equal to it.
std::vector<std::size_t> first_equals(std::span<const std::uint64_t> keys) {
  struct entry {
    std::uint64_t key;
    std::size_t place;
    auto operator<=>(const entry&) const = default;
  };
  std::vector<entry> by_key;
  by_key.reserve(keys.size());
  for (const std::uint64_t key : keys) by_key.push_back({key, by_key.size()});
  std::ranges::sort(by_key);
  std::vector<std::size_t> first(keys.size());
  entry begun{};
  for (const entry& each : by_key) {
    if (each.place == by_key.front().place || each.key != begun.key) begun = each;
    first[each.place] = begun.place;
  }
  return first;
}

}  // namespace

/// Ballots that are the same result, by their indexes in the order of all: a chain, in which each
/// names the next one.
struct rank_fusion::group {
  std::size_t first;
  std::size_t last;
  bool has_joined = false;  ///< a better one, whose chain goes on with this one's
};

void rank_fusion::add(std::size_t site, std::span<const hit_keys> results,
                      std::uint32_t first_rank) {
  ballots_.reserve(ballots_.size() + results.size());
  for (const hit_keys& keys : results) {
    ballots_.push_back({static_cast<std::uint32_t>(site), first_rank++, keys});
  }
}

/// Whether no better one of the same result is of its site; `same` begins with the best.
bool rank_fusion::has_vote(std::span<const std::size_t> same, std::size_t index) const {
  const std::uint32_t site = ballots_[same[index]].site;
  return std::ranges::none_of(same.first(index),
                              [&](std::size_t before) { return ballots_[before].site == site; });
}

std::vector<std::size_t> rank_fusion::votes(std::span<const std::size_t> same) const {
  std::vector<std::size_t> voting;
  voting.reserve(same.size());
  for (std::size_t index = 0; index < same.size(); ++index) {
    if (has_vote(same, index)) voting.push_back(same[index]);
  }
  return voting;
}

std::uint64_t rank_fusion::worth(const ballot& voting) const {
  const double weight = voting.site < weights_.size() ? weights_[voting.site] : 1;
  return static_cast<std::uint64_t>(weight * whole_vote / (smoothing + voting.rank));
}

/// Of the best of each site.
std::uint64_t rank_fusion::score(std::span<const std::size_t> same) const {
  std::uint64_t sum = 0;
  for (std::size_t index = 0; index < same.size(); ++index) {
    if (has_vote(same, index)) sum += worth(ballots_[same[index]]);
  }
  return sum;
}

/// The places of all ballots from the best to the worst, whenever they came.
std::vector<std::size_t> rank_fusion::in_order() const {
  struct standing {
    std::uint32_t rank;
    std::uint32_t site;
    std::size_t place;
  };
  std::vector<standing> sorted;
  sorted.reserve(ballots_.size());
  for (const ballot& each : ballots_) sorted.push_back({each.rank, each.site, sorted.size()});
  std::ranges::sort(sorted, [this](const standing& left, const standing& right) {
    if (left.rank != right.rank) return left.rank < right.rank;
    if (left.site != right.site) return left.site < right.site;
    const hit_keys& one = ballots_[left.place].keys;
    const hit_keys& other = ballots_[right.place].keys;
    return std::tie(one.page, one.title) < std::tie(other.page, other.title);
  });
  std::vector<std::size_t> order;
  order.reserve(sorted.size());
  for (const standing& each : sorted) order.push_back(each.place);
  return order;
}

/// Goes through the ballots from the best to the worst: what is decided for two of them does not
/// depend on when they came.
std::vector<rank_fusion::group> rank_fusion::grouped(std::span<const std::size_t> order,
                                                     std::vector<std::size_t>& next) const {
  std::vector<std::uint64_t> keys;
  keys.reserve(order.size());
  for (const std::size_t place : order) keys.push_back(ballots_[place].keys.page);
  const std::vector<std::size_t> same_page = first_equals(keys);
  std::vector<group> groups;
  groups.reserve(order.size());
  std::vector<std::size_t> group_of(order.size());
  keys.clear();
  for (std::size_t index = 0; index < order.size(); ++index) {
    const std::size_t first = same_page[index];
    if (first == index) {
      group_of[index] = groups.size();
      groups.push_back({index, index});
      // A page has the title of its best ballot: one that others give it must not join strangers.
      keys.push_back(ballots_[order[index]].keys.title);
    } else {
      group_of[index] = group_of[first];
      group& found = groups[group_of[first]];
      next[std::exchange(found.last, index)] = index;
    }
  }
  const auto any_of = [&](const group& of, auto fits) {
    for (std::size_t each = of.first;; each = next[each]) {
      if (fits(ballots_[order[each]].site)) return true;
      if (each == of.last) return false;
    }
  };
  const std::vector<std::size_t> same_title = first_equals(keys);
  for (std::size_t index = 0; index < groups.size(); ++index) {
    if (keys[index] == 0 || same_title[index] == index) continue;
    group& later = groups[index];
    group& first = groups[same_title[index]];
    const bool share_a_site = any_of(later, [&](std::uint32_t one) {
      return any_of(first, [one](std::uint32_t other) { return one == other; });
    });
    if (share_a_site) continue;
    next[first.last] = later.first;
    first.last = later.last;
    later.has_joined = true;
  }
  std::erase_if(groups, [](const group& each) { return each.has_joined; });
  return groups;
}

ranking rank_fusion::ranked() const {
  struct result {
    std::uint64_t score;
    std::size_t begin;
    std::size_t end;
    std::size_t best;  ///< the index of its best ballot in the order of all
  };
  const std::vector<std::size_t> order = in_order();
  std::vector<std::size_t> next(order.size());
  std::vector<std::size_t> places;
  places.reserve(order.size());
  std::vector<result> results;
  for (const group& each : grouped(order, next)) {
    const std::size_t begin = places.size();
    for (std::size_t index = each.first;; index = next[index]) {
      places.push_back(index);
      if (index == each.last) break;
    }
    const std::span same = std::span{places}.subspan(begin);
    std::ranges::sort(same);
    const std::size_t best = same.front();
    for (std::size_t& place : same) place = order[place];
    results.push_back({score(same), begin, places.size(), best});
  }
  std::ranges::sort(results, [](const result& left, const result& right) {
    return std::tie(right.score, left.best) < std::tie(left.score, right.best);
  });
  ranking made;
  made.reserve(results.size(), places.size());
  for (const result& each : results) {
    made.add(std::span{places}.subspan(each.begin, each.end - each.begin));
  }
  return made;
}

}  // namespace livesearch
