#include "livesearch/merge/rank_fusion.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace livesearch {

namespace {

constexpr double smoothing = 60;
/// Votes are whole numbers, so that equal votes are equal in whatever order they are added.
constexpr double whole_vote = 1e9;

/// For each key the place of the first one that is equal to it.
std::vector<std::size_t> first_equals(const std::vector<std::uint64_t>& keys) {
  std::vector<std::size_t> by_key(keys.size());
  std::iota(by_key.begin(), by_key.end(), 0U);
  std::ranges::sort(by_key, {}, [&](std::size_t place) { return std::pair{keys[place], place}; });
  std::vector<std::size_t> first(keys.size());
  std::size_t begun = 0;
  for (const std::size_t place : by_key) {
    if (place == by_key.front() || keys[place] != keys[begun]) begun = place;
    first[place] = begun;
  }
  return first;
}

}  // namespace

/// Places of ballots that are the same result, the best first.
struct rank_fusion::group {
  std::vector<std::size_t> places{};
  std::uint64_t score = 0;
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

/// Goes through the ballots from the best to the worst: what is decided for two of them does not
/// depend on when they came.
std::vector<rank_fusion::group> rank_fusion::grouped() const {
  std::vector<std::size_t> in_order(ballots_.size());
  std::iota(in_order.begin(), in_order.end(), 0U);
  std::ranges::sort(in_order, {}, [this](std::size_t place) {
    const ballot& each = ballots_[place];
    return std::tuple{each.rank, each.site, each.keys.page, each.keys.title};
  });
  std::vector<std::uint64_t> keys;
  keys.reserve(in_order.size());
  for (const std::size_t place : in_order) keys.push_back(ballots_[place].keys.page);
  const std::vector<std::size_t> same_page = first_equals(keys);
  std::vector<group> groups;
  groups.reserve(in_order.size());
  std::vector<std::size_t> group_of(in_order.size());
  for (std::size_t index = 0; index < in_order.size(); ++index) {
    const std::size_t first = same_page[index];
    group_of[index] = first == index ? groups.size() : group_of[first];
    if (first == index) groups.emplace_back();
    groups[group_of[index]].places.push_back(in_order[index]);
  }
  // A page has the title of its best ballot: one that others give it must not join strangers.
  keys.clear();
  for (const group& each : groups) keys.push_back(ballots_[each.places.front()].keys.title);
  const std::vector<std::size_t> same_title = first_equals(keys);
  for (std::size_t index = 0; index < groups.size(); ++index) {
    if (keys[index] == 0 || same_title[index] == index) continue;
    group& later = groups[index];
    group& first = groups[same_title[index]];
    const bool share_a_site = std::ranges::any_of(later.places, [&](std::size_t one) {
      return std::ranges::any_of(first.places, [&](std::size_t other) {
        return ballots_[one].site == ballots_[other].site;
      });
    });
    if (share_a_site) continue;
    std::ranges::copy(later.places, std::back_inserter(first.places));
    later.places.clear();
  }
  std::erase_if(groups, [](const group& each) { return each.places.empty(); });
  return groups;
}

std::vector<std::vector<std::size_t>> rank_fusion::ranked() const {
  std::vector<group> groups = grouped();
  const auto standing = [this](std::size_t place) {
    return std::tuple{ballots_[place].rank, ballots_[place].site};
  };
  for (group& each : groups) {
    std::ranges::sort(each.places, {}, standing);
    for (std::size_t index = 0; index < each.places.size(); ++index) {
      if (has_vote(each.places, index)) each.score += worth(ballots_[each.places[index]]);
    }
  }
  std::ranges::sort(groups, [&](const group& left, const group& right) {
    return std::tuple{right.score, standing(left.places.front())} <
           std::tuple{left.score, standing(right.places.front())};
  });
  std::vector<std::vector<std::size_t>> results;
  results.reserve(groups.size());
  for (group& each : groups) results.push_back(std::move(each.places));
  return results;
}

}  // namespace livesearch
