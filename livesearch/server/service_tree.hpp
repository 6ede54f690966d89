#pragma once

#include <genstage/genstage.hpp>
#include <genstage/http/client.hpp>
#include <genstage/http/server.hpp>
#include <vector>

#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// The children of a program that serves searches. Stopped in reverse: searches end first, then the
/// lanes, and the connections last.
///
/// Lifetime: client and server outlive the tree.
[[nodiscard]] std::vector<genstage::child_spec> service_tree(const site_catalog& sites,
                                                             genstage::http::http_client& client,
                                                             genstage::http::http_server& endpoint);

}  // namespace livesearch
