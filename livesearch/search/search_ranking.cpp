#include "livesearch/search/search_ranking.hpp"

namespace livesearch {

search_ranking::search_ranking(const search_plan& plan)
    : places_{plan}, fusion_{places_.weights()} {}

std::vector<hit_keys> search_ranking::add(const searchable_site& site, const site_answer& answer) {
  const auto number = places_.number_of(site);
  if (!number) return {};
  std::vector<hit_keys> keys;
  keys.reserve(answer.hits.size());
  for (const hit& each : answer.hits) keys.push_back(keys_of(each));
  fusion_.add(*number, keys, places_.first_rank(site.definition));
  return keys;
}

std::vector<std::vector<ballot>> search_ranking::ranked() const {
  const auto ranked = fusion_.ranked();
  std::vector<std::vector<ballot>> results;
  results.reserve(ranked.size());
  for (const auto& same : ranked) {
    std::vector<ballot>& votes = results.emplace_back();
    votes.reserve(same.size());
    for (std::size_t index = 0; index < same.size(); ++index) {
      if (fusion_.has_vote(same, index)) votes.push_back(fusion_.at(same[index]));
    }
  }
  return results;
}

}  // namespace livesearch
