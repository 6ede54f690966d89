#include "livesearch/search/search_merge.hpp"

namespace livesearch {

search_merge::search_merge(const search_plan& plan) : places_{plan}, merger_{places_.weights()} {}

void search_merge::add(const searchable_site& site, const site_answer& answer) {
  const auto number = places_.number_of(site);
  if (number) merger_.add(*number, answer.hits, places_.first_rank(site.definition));
}

}  // namespace livesearch
