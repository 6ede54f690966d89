#include "livesearch/merge/result_merger.hpp"

#include "livesearch/merge/hit_keys.hpp"

namespace livesearch {

void result_merger::add(std::size_t site, std::span<const hit> hits, std::uint32_t first_rank) {
  std::vector<hit_keys> keys;
  keys.reserve(hits.size());
  for (const hit& each : hits) keys.push_back(keys_of(each));
  order_.add(site, keys, first_rank);
  hits_.insert(hits_.end(), hits.begin(), hits.end());
}

merged_result result_merger::merged(std::span<const std::size_t> same) const {
  const std::size_t best = same.front();
  merged_result made{hits_[best], {}};
  const bool is_open = made.shown.url.starts_with("http:");
  for (const std::size_t each : same) {
    if (made.shown.snippet.empty()) made.shown.snippet = hits_[each].snippet;
    const bool is_same_page = order_.at(each).keys.page == order_.at(best).keys.page;
    if (is_open && is_same_page && hits_[each].url.starts_with("https:")) {
      if (made.shown.url.starts_with("http:")) made.shown.url = hits_[each].url;
    }
  }
  for (const std::size_t voting : order_.votes(same)) {
    made.votes.push_back({order_.at(voting).site, order_.at(voting).rank, hits_[voting].url});
  }
  return made;
}

std::vector<merged_result> result_merger::ranked() const {
  std::vector<merged_result> results;
  const ranking ranked = order_.ranked();
  results.reserve(ranked.size());
  for (std::size_t index = 0; index < ranked.size(); ++index) {
    results.push_back(merged(ranked[index]));
  }
  return results;
}

}  // namespace livesearch
