#pragma once

#include <genstage/genstage.hpp>
#include <genstage/http/address_guard.hpp>
#include <genstage/http/server.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/fetch/lane_gauge.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// What the routes need to know.
///
/// Lifetime: the runtime outlives the HTTP server.
struct routes_context {
  genstage::runtime* home;
  const site_catalog* sites;
  genstage::http::network_mode network;
  lane_board* board;
  /// Names by which this server may be called, besides addresses and localhost.
  std::vector<std::string> host_names{};
};

/// Whether a request with this Host header is meant for this server. A page of another site can
/// make its own name resolve to this machine (DNS rebinding); it can't make the browser send one of
/// our names.
[[nodiscard]] bool is_own_host(std::string_view host, std::span<const std::string> host_names);

/// The application's HTTP interface: the page, the searches, the sites and the health.
///
/// Threads: the handler runs on the reactor; it only checks, and sends messages to processes.
[[nodiscard]] genstage::http::http_server::handler make_routes(routes_context context);

}  // namespace livesearch
