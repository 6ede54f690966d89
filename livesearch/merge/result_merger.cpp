#include "livesearch/merge/result_merger.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "livesearch/merge/canonical_url.hpp"
#include "livesearch/merge/title_key.hpp"

namespace livesearch {

namespace {

constexpr double smoothing = 60;
/// Votes are whole numbers, so that equal votes are equal in whatever order they are added.
constexpr double whole_vote = 1e9;

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

}  // namespace

hit_keys keys_of(const hit& found) {
  const std::string title = title_key(found.title, found.url);
  return {hash_of(canonical_url(found.url)), title.empty() ? 0 : hash_of(title)};
}

/// Entries that are the same page, the best first.
struct result_merger::group {
  std::vector<const entry*> entries;
  std::uint64_t score = 0;

  [[nodiscard]] bool has_site(std::size_t site) const {
    return std::ranges::any_of(entries, [&](const entry* each) { return each->site == site; });
  }
};

std::vector<hit_keys> result_merger::add(std::size_t site, std::span<const hit> hits,
                                         std::uint32_t first_rank) {
  std::vector<hit_keys> keys;
  for (const hit& each : hits) {
    keys.push_back(keys_of(each));
    entries_.push_back({site, first_rank++, keys.back(), each});
  }
  return keys;
}

std::uint64_t result_merger::worth(const entry& voting) const {
  const double weight = voting.site < weights_.size() ? weights_[voting.site] : 1;
  return static_cast<std::uint64_t>(weight * whole_vote / (smoothing + voting.rank));
}

/// Goes through the entries from the best to the worst: what is decided for two of them does not
/// depend on when they came.
std::vector<result_merger::group> result_merger::grouped() const {
  std::vector<const entry*> in_order;
  for (const entry& each : entries_) in_order.push_back(&each);
  std::ranges::sort(in_order, [](const entry* left, const entry* right) {
    return std::tie(left->rank, left->site, left->found.url) <
           std::tie(right->rank, right->site, right->found.url);
  });
  std::vector<group> groups;
  std::map<std::uint64_t, std::size_t> by_page;
  for (const entry* each : in_order) {
    const auto [place, is_new] = by_page.try_emplace(each->keys.page, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].entries.push_back(each);
  }
  std::map<std::uint64_t, std::size_t> by_title;
  for (std::size_t index = 0; index < groups.size(); ++index) {
    // A page has the title of its best entry: one that others give it must not join strangers.
    const std::uint64_t title = groups[index].entries.front()->keys.title;
    if (title == 0) continue;
    const auto [place, is_new] = by_title.try_emplace(title, index);
    if (is_new) continue;
    group& first = groups[place->second];
    group& later = groups[index];
    const bool share_a_site = std::ranges::any_of(
        later.entries, [&](const entry* each) { return first.has_site(each->site); });
    if (share_a_site) continue;
    std::ranges::copy(later.entries, std::back_inserter(first.entries));
    later.entries.clear();
  }
  std::erase_if(groups, [](const group& each) { return each.entries.empty(); });
  return groups;
}

merged_result result_merger::merged(const group& same) const {
  const entry& best = *same.entries.front();
  merged_result made{best.found, {}};
  const bool is_open = made.shown.url.starts_with("http:");
  for (const entry* each : same.entries) {
    if (made.shown.snippet.empty()) made.shown.snippet = each->found.snippet;
    const bool is_same_page = each->keys.page == best.keys.page;
    if (is_open && is_same_page && each->found.url.starts_with("https:")) {
      if (made.shown.url.starts_with("http:")) made.shown.url = each->found.url;
    }
    const bool has_voted = std::ranges::any_of(
        made.votes, [&](const vote& given) { return given.site == each->site; });
    if (!has_voted) made.votes.push_back({each->site, each->rank, each->found.url});
  }
  return made;
}

std::vector<merged_result> result_merger::ranked() const {
  std::vector<group> groups = grouped();
  for (group& each : groups) {
    std::ranges::sort(each.entries, [](const entry* left, const entry* right) {
      return std::tie(left->rank, left->site) < std::tie(right->rank, right->site);
    });
    for (std::size_t index = 0; index < each.entries.size(); ++index) {
      const entry& voting = *each.entries[index];
      const bool has_voted = std::any_of(
          each.entries.begin(), each.entries.begin() + static_cast<std::ptrdiff_t>(index),
          [&](const entry* before) { return before->site == voting.site; });
      if (!has_voted) each.score += worth(voting);
    }
  }
  std::ranges::sort(groups, [](const group& left, const group& right) {
    const entry& one = *left.entries.front();
    const entry& other = *right.entries.front();
    return std::tuple{right.score, one.rank, one.site} <
           std::tuple{left.score, other.rank, other.site};
  });
  std::vector<merged_result> results;
  for (const group& each : groups) results.push_back(merged(each));
  return results;
}

}  // namespace livesearch
