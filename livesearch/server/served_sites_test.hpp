#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <genstage/http/curl_client.hpp>
#include <genstage/http/fetch.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "livesearch/search/lane.hpp"
#include "livesearch/search/search_desk.hpp"
#include "livesearch/server/routes.hpp"

// The whole application over real sockets on loopback, with sites that a test defines. For tests.
namespace livesearch {

namespace http = genstage::http;
using namespace std::chrono_literals;

class served_sites : public ::testing::Test {
 protected:
  /// Starts the lanes of these sites, and the server.
  void serve(std::vector<site_definition> definitions) {
    sites = *site_catalog::make(std::move(definitions));
    board.emplace(sites);
    endpoint = *http::http_server::listen(
        reactor, {}, make_routes({&*home, &sites, http::network_mode::offline, &*board, {}}));
    genstage::supervisor_spec tree;
    tree.children.push_back(lanes(sites, {&client, &*board}));
    tree.children.push_back(genstage::child(desk, &*board));
    auto [up, starting] = genstage::make_operation<std::optional<genstage::exit_reason>>();
    (void)home->spawn(std::make_unique<genstage::supervisor>(std::move(tree)), {.started = up});
    (void)genstage::sync_wait(std::move(starting));
  }
  /// To be called before the sites that are searched go.
  void close() {
    endpoint.reset();
    home.reset();
  }

  http::http_response get(const std::string& target, std::chrono::milliseconds limit = 20'000ms) {
    http::http_request request;
    request.url = endpoint->url() + target;
    request.total_limit = limit;
    request.scope = http::network_scope::loopback_only;
    auto response = genstage::sync_wait(http::fetch(visitor, std::move(request)));
    return response ? *response : http::http_response{};
  }

  genstage::reactor reactor;
  http::address_guard guard;
  http::curl_client client{reactor, guard};
  http::curl_client visitor{reactor, guard};
  std::optional<lane_board> board;
  std::optional<genstage::runtime> home{std::in_place,
                                        genstage::runtime_options{.log = genstage::silent_log()}};
  site_catalog sites;
  std::unique_ptr<http::http_server> endpoint;
};

}  // namespace livesearch
