// livesearch as `livesearch serve` runs it, with a window through which the scenarios look in.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <genstage/genstage.hpp>
#include <genstage/http/server.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "livesearch/cli/program.hpp"
#include "livesearch/search/job_router.hpp"
#include "livesearch/search/lane.hpp"
#include "livesearch/server/routes.hpp"
#include "livesearch/server/service_tree.hpp"

namespace gs = genstage;
namespace http = genstage::http;
using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kept_records = 1U << 16U;

void reply(http::responder& to, const json& body) {
  to.respond({200, "application/json", {}, body.dump() + "\n"});
}

std::int64_t in_milliseconds(gs::duration span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

/// Answers `/bench/state`, `/bench/kill` and `/bench/conversation`.
class window final : public gs::server {
 public:
  struct question {
    http::server_request asked;
    http::responder to;
  };

  window(const livesearch::site_catalog* sites, gs::recorder* records)
      : sites_{sites}, records_{records} {}

  gs::task<> handle_cast(question put) {
    const std::string& path = put.asked.target.path;
    if (path == "/bench/kill") {
      reply(put.to, {{"killed", kill_next_fetcher()}});
    } else if (path == "/bench/conversation") {
      reply(put.to, conversation(put.asked.target.find("after")));
    } else {
      json lanes = json::object();
      for (const auto& site : sites_->all()) {
        const std::string name = livesearch::router_name(site->definition);
        const auto router = gs::find(home(), gs::name<livesearch::job_router>{name});
        if (!router) continue;  // It is just being restarted.
        auto asked = gs::call(*router, livesearch::job_router::report{});
        const auto state = co_await std::move(asked);
        if (state) lanes[site->definition.id] = as_json(*state);
      }
      reply(put.to, sum(std::move(lanes)));
    }
  }

 private:
  static json as_json(const livesearch::lane_state& state) {
    return {{"waiting", state.waiting},
            {"oldest_ms", in_milliseconds(state.oldest_wait)},
            {"running", state.running}};
  }

  static json sum(json lanes) {
    std::size_t waiting = 0;
    std::size_t running = 0;
    std::int64_t oldest = 0;
    for (const json& lane : lanes) {
      waiting += lane["waiting"].get<std::size_t>();
      running += lane["running"].get<std::size_t>();
      oldest = std::max(oldest, lane["oldest_ms"].get<std::int64_t>());
    }
    return {{"waiting", waiting},
            {"oldest_ms", oldest},
            {"running", running},
            {"retrying", 0},
            {"lanes", std::move(lanes)}};
  }

  /// Fetchers of all lanes in turn.
  std::string kill_next_fetcher() {
    const auto sites = sites_->all();
    const auto& site = sites[killed_ % sites.size()]->definition;
    const std::size_t number = killed_++ / sites.size() % site.limits.concurrency;
    const std::string name = fmt::format("{}/{}", livesearch::fetcher_name(site), number);
    home().exit(home().find(name), gs::exit_reason::kill());
    return name;
  }

  /// What the routers and their fetchers said after the record of that number.
  json conversation(const std::string* after) {
    const std::uint64_t known = after != nullptr ? std::strtoull(after->c_str(), nullptr, 10) : 0;
    std::map<std::uint32_t, std::string> routers;
    for (const auto& site : sites_->all()) {
      const auto router = home().find(livesearch::router_name(site->definition));
      if (router) routers[router.id().index] = site->definition.id;
    }
    json said = json::array();
    std::uint64_t last = known;
    for (const gs::record& each : records_->read()) {
      last = std::max(last, each.order);
      const auto router = routers.find(each.process);
      const bool is_talk =
          each.kind == gs::record_kind::ask || each.kind == gs::record_kind::delivery;
      if (each.order <= known || !is_talk || router == routers.end()) continue;
      said.push_back({{"site", router->second},
                      {"subscription", each.subscription},
                      {"says", each.kind == gs::record_kind::ask ? "ask" : "delivery"},
                      {"count", each.count}});
    }
    return {{"last", last}, {"records", std::move(said)}};
  }

  const livesearch::site_catalog* sites_;
  gs::recorder* records_;
  std::size_t killed_ = 0;
};

inline constexpr gs::name<window> the_window{"window"};

}  // namespace

int main(int count, char** arguments) {
  CLI::App options{"livesearch for the story's scenarios"};
  std::string sites;
  std::uint16_t port = 0;
  options.add_option("--sites", sites, "The folder with the sites' definitions")->required();
  options.add_option("--port", port, "Where it listens; 0 takes any free port");
  CLI11_PARSE(options, count, arguments);

  gs::recorder records{kept_records};
  std::unique_ptr<livesearch::program> base;
  std::unique_ptr<http::http_server> endpoint;
  gs::application app{{.runtime = {.workers = std::max(2U, std::thread::hardware_concurrency()),
                                   .records = &records}}};
  auto started = livesearch::program::start({.sites_folder = sites,
                                             .carries_demonstration = false,
                                             .carries_public = false,
                                             .remembers_sites = false,
                                             .network = http::network_mode::offline},
                                            app.home().scheduler());
  if (!started) return fmt::print(stderr, "story_stages: {}\n", started.error().message), 1;
  base = std::move(*started);
  auto routes =
      livesearch::make_routes({&app.home(), &base->sites(), base->guard().mode(), &base->board()});
  auto listening = http::http_server::listen(
      base->reactor(), {.port = port},
      [&, routes = std::move(routes)](http::server_request asked, http::responder to) mutable {
        if (!asked.target.path.starts_with("/bench/")) {
          return routes(std::move(asked), std::move(to));
        }
        (void)gs::cast(app.home(), the_window, window::question{std::move(asked), std::move(to)});
      });
  if (!listening) return fmt::print(stderr, "story_stages: {}\n", listening.error().message), 1;
  endpoint = std::move(*listening);
  for (auto& each : livesearch::service_tree(base->sites(), base->services(), *endpoint)) {
    app.add(std::move(each));
  }
  app.add(gs::child(the_window, &base->sites(), &records));
  app.on_started([&] {
    fmt::print("ready on {}\n", endpoint->url());
    std::fflush(stdout);
  });
  const int status = app.run();
  // The reactor's callbacks use the runtime, so they end before it.
  endpoint.reset();
  return status;
}
