#include "livesearch/cli/search_server.hpp"

#include <genstage/exporters/otlp_exporter.hpp>
#include <genstage/inspector/inspector.hpp>
#include <utility>

#include "livesearch/server/routes.hpp"
#include "livesearch/server/service_tree.hpp"

namespace livesearch {

namespace http = genstage::http;

namespace {

inline constexpr genstage::name<genstage::otlp_exporter> tells_collector{"otlp"};

}  // namespace

search_server::search_server(genstage::application& app, server_settings settings, parts of)
    : app_{app}, settings_{std::move(settings)}, of_{of} {
  if (settings_.latencies) measured_.emplace(app_.home().telemetry());
}

genstage::result<void> search_server::open(http::server_options how,
                                           std::function<void(std::string_view)> on_inspector) {
  how.log = app_.ports();
  auto listening = http::http_server::listen(
      of_.reactor, std::move(how),
      make_routes({.home = &app_.home(),
                   .sites = &of_.sites,
                   .network = settings_.is_offline ? http::network_mode::offline
                                                   : http::network_mode::online,
                   .board = of_.services.board,
                   .inspector = [this] { return inspector_url(); },
                   .host_names = settings_.host_names}));
  if (!listening) return std::unexpected{std::move(listening.error())};
  endpoint_ = *std::move(listening);
  add_children(std::move(on_inspector));
  return {};
}

void search_server::add_children(std::function<void(std::string_view)> on_inspector) {
  if (!settings_.otlp.empty()) {
    // First, so that it ends last.
    app_.add(genstage::child(
        tells_collector,
        genstage::otlp_options{.url = settings_.otlp,
                               .service = "livesearch",
                               .network = settings_.is_offline ? http::network_mode::offline
                                                               : http::network_mode::online,
                               .log = app_.ports()}));
  }
  for (genstage::child_spec& each : service_tree(of_.sites, of_.services, *endpoint_)) {
    app_.add(std::move(each));
  }
  if (!settings_.inspect) return;
  genstage::inspector_options looks{.port = *settings_.inspect, .log = app_.ports()};
  looks.ready = [this, told = std::move(on_inspector)](std::string_view url) {
    {
      const std::scoped_lock lock{mutex_};
      inspector_url_ = url;
    }
    if (told) told(url);
  };
  app_.add(genstage::inspector_child(std::move(looks)));
}

std::string search_server::inspector_url() {
  const std::scoped_lock lock{mutex_};
  return inspector_url_;
}

}  // namespace livesearch
