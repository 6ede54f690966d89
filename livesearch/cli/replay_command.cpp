#include <fmt/format.h>

#include <genstage/http/recorded_client.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "livesearch/cli/commands.hpp"
#include "livesearch/cli/notices.hpp"
#include "livesearch/cli/recorded_search.hpp"
#include "livesearch/cli/search_run.hpp"
#include "livesearch/cli/search_server.hpp"

namespace livesearch {

namespace {

namespace http = genstage::http;

/// What a replay stands on: it is never asked, since answers come out of the recording.
class nobody_to_ask final : public http::http_client {
 public:
  http::transfer_id start(http::http_request, completion on_done) override {
    on_done(genstage::fail(genstage::errc::refused, "a replay asks nobody"));
    return {};
  }
  void cancel(http::transfer_id) noexcept override {}
};

/// What the lanes work with in a run that is had again.
class replayed_outside {
 public:
  replayed_outside(const recorded_search& recorded, const site_catalog& sites,
                   genstage::port_log* ports)
      : board_{sites}, client_{nobody_, ports}, times_{recorded.times()} {
    if (recorded.learnt && ports != nullptr) memory_.emplace(nullptr, *ports, *recorded.learnt);
  }

  [[nodiscard]] lane_services services() noexcept {
    return {.client = &client_,
            .board = &board_,
            .memory = memory_ ? &*memory_ : nullptr,
            .times = times_};
  }
  /// Before the runtime ends.
  void forget() {
    if (memory_) memory_->forget();
  }

 private:
  lane_board board_;
  nobody_to_ask nobody_;
  http::recorded_client client_;
  std::optional<recorded_memory> memory_;
  calendar times_;
};

int replay_search(const std::string& file, const recorded_search& recorded,
                  const site_catalog& sites) {
  const auto plan = recorded.plan(sites);
  if (!plan) return failed(plan.error());
  search_run runs{"", file};
  replayed_outside outside{recorded, sites, runs.driver().ports()};
  const auto summary = runs.run({&sites, outside.services(), *plan, to_bytes(recorded)},
                                listeners_for(recorded.format));
  outside.forget();
  runs.end();
  if (!summary) return failed(summary.error());
  return summary->results > 0 ? 0 : status_found_nothing;
}

/// Prints each answer, below what was asked for, and counts those that are other ones than were
/// recorded.
class answer_printer {
 public:
  void print(const http::replayed_answer& of) {
    const std::string asked = fmt::format("{} {}", of.request.method, of.request.raw_target);
    fmt::print("{} {} {} bytes\n", asked, of.now.status, of.now.bytes);
    if (is_read_by_people(of.content_type)) fmt::print("{}\n", of.body);
    ++answers_;
    if (of.is_same()) return;
    ++others_;
    fmt::print(stderr, "replay: {}: answered {} with {} bytes; {} with {} {} was recorded\n", asked,
               of.now.status, of.now.bytes, of.recorded.status, of.recorded.bytes,
               of.now.bytes == of.recorded.bytes ? "others" : "bytes");
  }

  /// The status to end with.
  [[nodiscard]] int sum_up(int status) const {
    if (others_ == 0) {
      fmt::print(stderr, "replay: {} answers, each as it was recorded\n", answers_);
      return status;
    }
    fmt::print(stderr, "replay: {} of {} answers are other ones than were recorded\n", others_,
               answers_);
    return status_failed;
  }

 private:
  /// Documents and streams; pages and what belongs to them stand in the program.
  static bool is_read_by_people(std::string_view type) {
    return type.starts_with("application/json") || type.starts_with("text/event-stream") ||
           type.starts_with("text/plain");
  }

  std::size_t answers_ = 0;
  std::size_t others_ = 0;
};

int replay_server(const std::string& file, const recorded_search& recorded,
                  const site_catalog& sites) {
  genstage::reactor idle{"io"};
  answer_printer answers;
  // Declared before the application, whose processes use it to the end.
  std::optional<replayed_outside> outside;
  genstage::application app{{.replay_from = file}};
  if (app.ports() == nullptr) return app.run();  // It says why.
  outside.emplace(recorded, sites, app.ports());
  search_server served{app, *recorded.server, {sites, outside->services(), idle}};
  const auto opened =
      served.open({.on_replayed = [&](const http::replayed_answer& of) { answers.print(of); }}, {});
  if (!opened) return failed(opened.error());
  app.ports()->came(recorded_search::port_name, 0, to_bytes(recorded), [] {});
  const int status = app.run();
  outside->forget();
  return answers.sum_up(status);
}

}  // namespace

int replay(const std::string& file) {
  const genstage::result<recorded_search> recorded = read_recorded_search(file);
  if (!recorded) return failed(recorded.error());
  const auto sites = recorded->catalog();
  if (!sites) return failed(sites.error());
  return recorded->is_of_a_server() ? replay_server(file, *recorded, *sites)
                                    : replay_search(file, *recorded, *sites);
}

}  // namespace livesearch
