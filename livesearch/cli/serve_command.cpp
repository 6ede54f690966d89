#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "livesearch/cli/commands.hpp"
#include "livesearch/cli/notices.hpp"
#include "livesearch/cli/recorded_search.hpp"
#include "livesearch/cli/search_server.hpp"

namespace livesearch {

namespace http = genstage::http;

namespace {

/// For the test of a program that cannot stop: LIVESEARCH_TEST_SPIN makes one callback spin.
class spinner final : public genstage::server {
 public:
  struct spin {};
  void init() { genstage::cast(genstage::ref<spinner>{self()}, spin{}); }
  void handle_cast(spin) {
    for (std::atomic<bool> forever{true}; forever.load();) std::this_thread::yield();
  }
};
inline constexpr genstage::name<spinner> spins{"test_spinner"};
/// Takes as many descriptors as the system lets it have. Returns how many connections of searchers
/// fit: each may have a request to a site under way, and a file or two are needed besides.
std::size_t connections_that_fit() {
  constexpr std::size_t most = 16'384;
  constexpr rlim_t others = 256;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return http::server_options{}.max_connections;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  ::getrlimit(RLIMIT_NOFILE, &files);
  const rlim_t left = files.rlim_cur - std::min(files.rlim_cur, others);
  return std::clamp<std::size_t>(left / 2, 64, most);
}

server_settings settings_of(const serve_options& options) {
  return {.is_offline = options.program.network == http::network_mode::offline,
          .host_names = options.host_names,
          .inspect = options.inspect,
          .otlp = options.otlp,
          .latencies = options.latencies};
}

}  // namespace

int serve(const serve_options& options) {
  genstage::application_spec spec;
  spec.hard_limit = options.hard_limit;
  spec.record_to = options.record_to;
  // Two at least, so that one callback that does not return cannot hold everything up.
  spec.runtime.workers = std::max(2U, std::thread::hardware_concurrency());
  // Declared before the application, whose processes use it to the end.
  std::unique_ptr<program> base;
  genstage::application app{std::move(spec)};
  program_options chosen = options.program;
  chosen.ports = app.ports();
  auto started = program::start(chosen, app.home().scheduler());
  if (!started) return failed(started.error());
  base = std::move(*started);
  warn_of_wrong_files(*base);
  std::optional<search_server> served;
  served.emplace(app, settings_of(options),
                 search_server::parts{base->sites(), base->services(), base->reactor()});
  const auto listening = served->open(
      {.address = options.address, .port = options.port, .max_connections = connections_that_fit()},
      [](std::string_view url) { fmt::print("livesearch: inspector on {}\n", url); });
  if (!listening) {
    fmt::print(stderr, "livesearch: --port: {}\n", listening.error().message);
    return status_failed;
  }
  if (std::getenv("LIVESEARCH_TEST_SPIN") != nullptr) {
    app.add(genstage::child(spins).shutdown(std::nullopt));
  }
  app.on_started([&] {
    introduce_hosts(*base);
    fmt::print("livesearch: ready on {}\n", served->url());
    std::fflush(stdout);
  });
  if (genstage::port_log* const ports = app.ports()) {
    recorded_search begins = recorded_search::of({}, *base);
    begins.server = settings_of(options);
    ports->came(recorded_search::port_name, 0, to_bytes(begins), [] {});
  }
  const int status = app.run();
  const http::guard_counters refused = base->guard().counters();
  if (options.program.network == http::network_mode::offline) {
    fmt::print(stderr, "livesearch: off-line, {} attempts to leave this machine were refused\n",
               refused.refused_offline);
  }
  // The reactor's callbacks use the runtime, so they end before it.
  served.reset();
  // What comes late through a port is still noted down. No process is left that uses it.
  if (app.ports() != nullptr) base.reset();
  return status;
}

}  // namespace livesearch
