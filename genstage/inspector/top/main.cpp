// gs-top: the stages of a running program in a terminal, by its inspector.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <genstage/http/address_guard.hpp>
#include <genstage/http/curl_client.hpp>
#include <genstage/inspector/top/keys.hpp>
#include <genstage/inspector/top/program_view.hpp>
#include <genstage/inspector/top/table.hpp>
#include <genstage/inspector/top/terminal.hpp>
#include <genstage/io/reactor.hpp>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace gs = genstage;
namespace http = genstage::http;
namespace top = genstage::top;

namespace {

using namespace std::chrono_literals;

constexpr int status_failed = 2;
/// Between the two looks of one table, from which its rates are told.
constexpr auto between_looks = 300ms;

struct top_options {
  std::string url = "http://127.0.0.1:8042";
  std::string token{};
  std::string sort = "waiting";
  int interval_ms = 1000;
  bool is_once = false;
  bool is_tree = false;
  bool shows_latencies = false;
  bool with_inspector = false;
};

/// Asks the inspector, and waits for its answer.
class program_source {
 public:
  explicit program_source(const top_options& options)
      : url_{options.url + "/api/snapshot"},
        token_{options.token},
        scope_{http::scope_of(options.url)} {}

  gs::result<top::program_view> look() {
    http::http_request request{.url = url_, .total_limit = 10s, .max_body = 256U << 20U};
    request.scope = scope_;
    if (!token_.empty()) request.headers.push_back({"Authorization", "Bearer " + token_});
    std::promise<gs::result<http::http_response>> told;
    auto answer = told.get_future();
    (void)client_.start(std::move(request), [&told](gs::result<http::http_response> outcome) {
      told.set_value(std::move(outcome));
    });
    gs::result<http::http_response> given = answer.get();
    if (!given) return gs::fail(given.error().code, "gs-top: " + given.error().message);
    if (given->status == 401) {
      return gs::fail(gs::errc::refused,
                      "gs-top: the program asks for a token; give it with --token, or in "
                      "GENSTAGE_INSPECTOR_TOKEN");
    }
    if (given->status != 200) {
      return gs::fail(
          gs::errc::bad_answer,
          fmt::format("gs-top: {} answered {}, 200 was expected; given up", url_, given->status));
    }
    return top::read_view(given->body);
  }

 private:
  gs::reactor reactor_{"gs-top"};
  http::address_guard guard_;
  http::curl_client client_{reactor_, guard_};
  std::string url_;
  std::string token_;
  http::network_scope scope_;
};

int failed(const gs::error& why) {
  fmt::print(stderr, "{}\n", why.message);
  return status_failed;
}

int print_once(program_source& program, const top::table_options& options) {
  const auto before = program.look();
  if (!before) return failed(before.error());
  std::this_thread::sleep_for(between_looks);
  const auto now = program.look();
  if (!now) return failed(now.error());
  fmt::print("{}", top::write_table(*now, &*before, options));
  return EXIT_SUCCESS;
}

int watch(program_source& program, top::table_options chosen, std::chrono::milliseconds interval) {
  gs::result<top::program_view> now = program.look();
  if (!now) return failed(now.error());
  std::optional<top::program_view> before;
  top::watch_state state{.table = chosen};
  const top::terminal screen;
  while (!state.is_over) {
    const auto [width, height] = top::terminal::measure();
    state.table.width = width;
    state.table.height = height - 1;
    std::string text = now ? top::write_table(*now, before ? &*before : nullptr, state.table)
                           : now.error().message + "\n";
    text += "sort: w b e m r n   t tree   l latencies   i inspector   p ";
    screen.show(text + (state.is_paused ? "go on" : "pause") + "   q quit");
    if (const auto key = screen.key_within(interval)) {
      state.press(*key);
    } else if (!state.is_paused) {
      if (now) before = std::move(*now);
      now = program.look();
    }
  }
  return EXIT_SUCCESS;
}

int run(int argc, char** argv) {
  top_options options;
  CLI::App app{
      "gs-top shows the stages of a running program: who waits, for how long, and how much "
      "passes.\nThe program has to have its inspector switched on.",
      "gs-top"};
  app.add_option("url", options.url, "Where the program's inspector is")->capture_default_str();
  app.add_option("--token", options.token, "What the inspector asks for")
      ->envname("GENSTAGE_INSPECTOR_TOKEN");
  app.add_option("--sort", options.sort, "What rows are sorted by")
      ->check(CLI::IsMember({"waiting", "busy", "events", "mailbox", "restarts", "name"}))
      ->capture_default_str();
  app.add_option("--interval-ms", options.interval_ms, "Milliseconds between two looks")
      ->check(CLI::Range(100, 60'000))
      ->capture_default_str();
  app.add_flag("--tree", options.is_tree, "Children below their supervisors");
  app.add_flag("--latencies", options.shows_latencies,
               "Where the time of events goes on each subscription, if the program measures it");
  app.add_flag("--inspector", options.with_inspector, "The inspector's own processes as well");
  app.add_flag("--once", options.is_once, "Print one table and end; for scripts");
  app.set_version_flag("--version", "gs-top 0.1.0");
  app.footer(
      "Keys: w waiting, b busy, e events, m mailbox, r restarts, n name: sort by it; t tree,\n"
      "l latencies, i the inspector's own processes, p pause, q quit.\n"
      "Latencies are half / 99 % within: waiting for demand, in the queue, in service, gathered in "
      "a\n"
      "batch, acknowledging.\n"
      "Status: 0 success, 2 wrong use, or no inspector answered.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : status_failed;
  }
  while (options.url.ends_with('/')) options.url.pop_back();
  const top::table_options table{
      .shows =
          options.shows_latencies ? top::table_content::latencies : top::table_content::processes,
      .sort = top::sort_key_of(options.sort).value_or(top::sort_key::waiting),
      .arranged = options.is_tree ? top::arrangement::tree : top::arrangement::sorted,
      .with_inspector = options.with_inspector,
      .width = 1000};
  program_source program{options};
  if (options.is_once || !top::terminal::is_there()) return print_once(program, table);
  return watch(program, table, std::chrono::milliseconds{options.interval_ms});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "gs-top: {}; ended\n", error.what());
    return status_failed;
  }
}
