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
/// Lifetime: the server outlives the tree.
[[nodiscard]] std::vector<genstage::child_spec> service_tree(const site_catalog& sites,
                                                             const lane_services& services,
                                                             genstage::http::http_server& endpoint);

}  // namespace livesearch
