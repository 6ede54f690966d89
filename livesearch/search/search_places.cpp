#include "livesearch/search/search_places.hpp"

#include <algorithm>

namespace livesearch {

search_places::search_places(const search_plan& plan) : page_{plan.page} {
  sites_.reserve(plan.sites.size());
  for (const planned_site& each : plan.sites) sites_.push_back(each.site);
}

std::optional<std::size_t> search_places::number_of(const searchable_site& site) const {
  const auto found = std::ranges::find(sites_, &site, &site_ptr::get);
  if (found == sites_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - sites_.begin());
}

std::vector<double> search_places::weights() const {
  std::vector<double> weights;
  weights.reserve(sites_.size());
  for (const site_ptr& each : sites_) weights.push_back(each->definition.weight);
  return weights;
}

std::uint32_t search_places::first_rank(const site_definition& site) const {
  return (page_ - 1) * static_cast<std::uint32_t>(site.limits.results) + 1;
}

}  // namespace livesearch
