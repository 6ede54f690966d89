#pragma once

#include <functional>
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
  /// Where the program's inspector listens, on this machine alone; empty while there is none.
  std::function<std::string()> inspector{};
  /// Names by which this server may be called, besides addresses and localhost.
  std::vector<std::string> host_names{};
};

/// The application's HTTP interface: the page, the searches, the sites and the health.
///
/// Threads: the handler runs on the reactor; it only checks, and sends messages to processes.
[[nodiscard]] genstage::http::http_server::handler make_routes(routes_context context);

}  // namespace livesearch
