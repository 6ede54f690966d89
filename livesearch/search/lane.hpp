#pragma once

#include <genstage/genstage.hpp>
#include <string>

#include "livesearch/search/job_router.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// The name of a site's router: `lane/<id>/router`.
[[nodiscard]] std::string router_name(const site_definition& site);
/// The name of a site's fetchers, to which their number is added: `lane/<id>/fetcher`.
[[nodiscard]] std::string fetcher_name(const site_definition& site);

/// A site's lane as a child: a supervisor of its own with the router and, after it, the fetchers.
/// A fetcher that crashes is restarted alone; with the router the fetchers restart as well.
///
[[nodiscard]] genstage::child_spec lane(const site_ptr& site, const lane_services& services);

/// All lanes of a catalogue under one supervisor, none of which can hurt another.
[[nodiscard]] genstage::child_spec lanes(const site_catalog& sites, const lane_services& services);

}  // namespace livesearch
