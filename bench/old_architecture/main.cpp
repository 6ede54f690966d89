// The live search as it is often built: a queue in Redis, workers that pull, a page that polls.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <functional>
#include <string>

#include "bench/old_architecture/master.hpp"
#include "bench/old_architecture/web.hpp"
#include "livesearch/site/loader.hpp"

namespace {

using namespace old_architecture;

constexpr int status_failed = 2;

genstage::result<livesearch::site_catalog> load_sites(const std::string& folder) {
  livesearch::loaded_sites loaded = livesearch::load_folder(folder);
  if (!loaded.errors.empty()) {
    return genstage::fail(genstage::errc::invalid_argument,
                          livesearch::to_string(loaded.errors.front()));
  }
  return livesearch::site_catalog::make(std::move(loaded.definitions));
}

/// Loads the sites and does the rest with them.
int with_sites(const std::string& folder,
               const std::function<int(const livesearch::site_catalog&)>& rest) {
  const auto sites = load_sites(folder);
  if (sites) return rest(*sites);
  fmt::print(stderr, "old_architecture: --sites: {}\n", sites.error().message);
  return status_failed;
}

int run(int argc, char** argv) {
  CLI::App app{"A live search over a queue in Redis and worker processes, to be measured against.",
               "old_architecture"};
  app.require_subcommand(1);
  std::string folder;
  web_options web;
  master_options workers;
  std::uint16_t redis_port = 6379;
  std::int64_t expire_s = 5;
  const auto add_options = [&](CLI::App& command) {
    command.add_option("--redis-port", redis_port, "Port of the Redis server on this machine")
        ->capture_default_str();
    command.add_option("--sites", folder, "Folder with site definitions, one YAML file a site")
        ->required()
        ->check(CLI::ExistingDirectory);
  };
  CLI::App& serve = *app.add_subcommand("web", "Serve the HTTP interface");
  add_options(serve);
  serve.add_option("--port", web.port, "Port to listen on; 0 takes a free one")
      ->capture_default_str();
  CLI::App& work = *app.add_subcommand("workers", "Run a master with its worker processes");
  add_options(work);
  work.add_option("--count", workers.count, "How many worker processes")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  work.add_option("--attempts", workers.rules.attempts, "How often a job is tried at most")
      ->check(CLI::Range(1, 10))
      ->capture_default_str();
  work.add_option("--expire-s", expire_s, "Give up jobs that were enqueued so many seconds ago")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : status_failed;
  }
  web.redis_port = workers.redis_port = redis_port;
  workers.rules.expire = std::chrono::seconds{expire_s};
  return with_sites(folder, [&](const livesearch::site_catalog& sites) {
    return serve.parsed() ? serve_web(web, sites) : master{workers, sites}.run();
  });
}

}  // namespace

int main(int argc, char** argv) {
  // hiredis writes to a connection without asking whether the other side has closed it.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "old_architecture: {}; ended\n", error.what());
    return status_failed;
  }
}
