#include "livesearch/search/lane.hpp"

#include <utility>

#include "livesearch/fetch/site_fetcher.hpp"

namespace livesearch {

namespace {

// A lane may crash often before it is given up: a site's odd answers must not end the program.
constexpr genstage::restart_limits lane_limits{.restarts = 50, .within = std::chrono::seconds{10}};

}  // namespace

std::string router_name(const site_definition& site) {
  return "lane/" + site.id + "/router";
}

std::string fetcher_name(const site_definition& site) {
  return "lane/" + site.id + "/fetcher";
}

genstage::child_spec lane(const site_ptr& site, const lane_services& services) {
  const std::string router_text = router_name(site->definition);
  const std::string fetcher_text = fetcher_name(site->definition);
  const genstage::name<job_router> router{router_text};
  // With one job at a time, the fetchers' demand is the site's concurrency.
  const genstage::subscription_options one_job{.max_demand = 1, .min_demand = 0};
  const std::uint32_t count = site->definition.limits.concurrency;
  // One alone has no number of its own.
  const std::string first_text = count == 1 ? fetcher_text + "/0" : fetcher_text;
  genstage::supervisor_spec workers{.limits = lane_limits};
  workers.children.push_back(genstage::child(genstage::name<site_fetcher>{first_text}, site,
                                             services.client, services.times)
                                 .times(count)
                                 .subscribe_to(router, one_job)
                                 .shutdown(std::chrono::seconds{1}));
  genstage::supervisor_spec tree{.strategy = genstage::restart_strategy::rest_for_one,
                                 .limits = lane_limits};
  tree.children.push_back(
      genstage::child(router, site, services).shutdown(std::chrono::seconds{1}));
  tree.children.push_back(genstage::supervised(fetcher_text + "s", std::move(workers)));
  return genstage::supervised("lane/" + site->definition.id, std::move(tree));
}

genstage::child_spec lanes(const site_catalog& sites, const lane_services& services) {
  genstage::supervisor_spec tree{.limits = {.restarts = 500, .within = std::chrono::seconds{10}}};
  for (const site_ptr& each : sites.all()) {
    if (each->definition.enabled) tree.children.push_back(lane(each, services));
  }
  return genstage::supervised("lanes", std::move(tree));
}

}  // namespace livesearch
