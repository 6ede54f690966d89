#include "livesearch/search/search_merge.hpp"

#include <algorithm>

namespace livesearch {

namespace {

std::vector<double> weights_of(const search_plan& plan) {
  std::vector<double> weights;
  for (const planned_site& each : plan.sites) weights.push_back(each.site->definition.weight);
  return weights;
}

}  // namespace

search_merge::search_merge(const search_plan& plan) : page_{plan.page}, merger_{weights_of(plan)} {
  for (const planned_site& each : plan.sites) sites_.push_back(each.site);
}

std::vector<hit_keys> search_merge::add(const searchable_site& site, const site_answer& answer) {
  const auto found = std::ranges::find(sites_, &site, &site_ptr::get);
  if (found == sites_.end()) return {};
  return merger_.add(static_cast<std::size_t>(found - sites_.begin()), answer.hits,
                     first_rank(site.definition));
}

std::uint32_t search_merge::first_rank(const site_definition& site) const {
  return (page_ - 1) * static_cast<std::uint32_t>(site.limits.results) + 1;
}

}  // namespace livesearch
