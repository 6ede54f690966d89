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

}  // namespace livesearch
