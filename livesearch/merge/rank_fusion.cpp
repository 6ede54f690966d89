#include "livesearch/merge/rank_fusion.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace livesearch {

namespace {

constexpr double smoothing = 60;
/// Votes are whole numbers, so that equal votes are equal in whatever order they are added.
constexpr double whole_vote = 1e9;

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

std::vector<std::size_t> rank_fusion::votes(std::span<const std::size_t> same) const {
  std::vector<std::size_t> voting;
  for (const std::size_t place : same) {
    const bool has_voted = std::ranges::any_of(
        voting, [&](std::size_t before) { return ballots_[before].site == ballots_[place].site; });
    if (!has_voted) voting.push_back(place);
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
  std::vector<group> groups;
  std::unordered_map<std::uint64_t, std::size_t> by_page;
  for (const std::size_t place : in_order) {
    const auto [known, is_new] = by_page.try_emplace(ballots_[place].keys.page, groups.size());
    if (is_new) groups.emplace_back();
    groups[known->second].places.push_back(place);
  }
  std::unordered_map<std::uint64_t, std::size_t> by_title;
  for (std::size_t index = 0; index < groups.size(); ++index) {
    group& later = groups[index];
    // A page has the title of its best ballot: one that others give it must not join strangers.
    const std::uint64_t title = ballots_[later.places.front()].keys.title;
    if (title == 0) continue;
    const auto [known, is_new] = by_title.try_emplace(title, index);
    if (is_new) continue;
    group& first = groups[known->second];
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
    for (const std::size_t place : votes(each.places)) each.score += worth(ballots_[place]);
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
