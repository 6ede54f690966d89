#pragma once

#include <genstage/genstage.hpp>
#include <genstage/http/server.hpp>
#include <vector>

#include "livesearch/fetch/lane_services.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// The children of a program that serves searches. Stopped in reverse: searches end first, then the
/// lanes, and the connections last; only who looks for stalls outlives them. A stage for which
/// others have waited for 3 s is named in the log.
///
/// Of a run that is recorded, or had again, nobody looks for stalls: what such a look sees of other
/// threads is in no recording. One that is had again has no server.
///
/// Lifetime: the server and the log outlive the tree.
[[nodiscard]] std::vector<genstage::child_spec> service_tree(const site_catalog& sites,
                                                             const lane_services& services,
                                                             genstage::http::http_server* endpoint,
                                                             genstage::port_log* log = nullptr);

}  // namespace livesearch
