#pragma once

#include <functional>
#include <genstage/application/application.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>
#include <genstage/observe/latencies.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "livesearch/cli/recorded_search.hpp"
#include "livesearch/fetch/lane_services.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// A server of searches with those who look on, as children of an application: the same in a run of
/// its own and in one that is had again.
///
/// Lifetime: the sites, the services and the reactor outlive it; the application does too, and has
/// ended its tree before.
class search_server {
 public:
  struct parts {
    const site_catalog& sites;
    lane_services services;
    genstage::reactor& reactor;
  };

  search_server(genstage::application& app, server_settings settings, parts of);

  /// Opens the socket, and adds the children. `on_inspector` is told where that listens.
  /// Failure: as `http_server::listen`.
  [[nodiscard]] genstage::result<void> open(genstage::http::server_options how,
                                            std::function<void(std::string_view)> on_inspector);
  [[nodiscard]] std::string url() const { return endpoint_->url(); }

 private:
  void add_children(std::function<void(std::string_view)> on_inspector);
  [[nodiscard]] std::string inspector_url();

  genstage::application& app_;
  const server_settings settings_;
  const parts of_;
  std::mutex mutex_;           // Guards what follows.
  std::string inspector_url_;  ///< Empty until it listens.

  std::optional<genstage::latencies> measured_;
  std::unique_ptr<genstage::http::http_server> endpoint_;
};

}  // namespace livesearch
