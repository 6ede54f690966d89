#include <fmt/format.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <genstage/application/application.hpp>
#include <genstage/application/program_driver.hpp>
#include <genstage/task/sync_wait.hpp>
#include <mutex>
#include <thread>

namespace genstage::inline v0 {

namespace {

// EX_SOFTWARE of sysexits.h: the program itself is at fault.
constexpr int status_did_not_stop = 70;
// Signals that come so soon after the first are the same request to stop.
constexpr std::chrono::milliseconds same_request{300};

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

/// What the environment says, where the program does not say otherwise.
application_spec with_environment(application_spec spec) {
  const auto take = [](const char* variable, std::string& into) {
    const char* const said = std::getenv(variable);
    if (into.empty() && said != nullptr) into = said;
  };
  take("GENSTAGE_TRACES", spec.traces.folder);
  take("GENSTAGE_RECORD", spec.record_to);
  take("GENSTAGE_REPLAY", spec.replay_from);
  return spec;
}

}  // namespace

bool ends_program(restart_type type, const exit_reason& reason) {
  if (type == restart_type::temporary) return false;
  return type == restart_type::permanent || reason.kind() != exit_kind::normal;
}

class application::implementation {
 public:
  explicit implementation(application_spec chosen)
      : signals{stop_signals()},
        spec{std::move(chosen)},
        traces{spec.traces},
        driver{spec.record_to, spec.replay_from},
        home{driver.make_runtime(with_incidents(block_signals(spec.runtime)))} {}

  /// Incidents leave traces and what was recorded, if there is a place for them.
  runtime_options with_incidents(runtime_options options) {
    options.on_incident = [this, next = std::move(options.on_incident)](const incident& met) {
      if (!spec.traces.folder.empty()) traces.write(home, met);
      driver.save(home);
      if (next) next(met);
    };
    return options;
  }

  /// Before the first thread of the runtime, so that all threads inherit the mask.
  runtime_options block_signals(runtime_options options) const {
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return options;
  }

  int run() {
    if (std::exchange(has_run, true)) return failed("it has run already, it runs once");
    if (driver.failure()) return failed(driver.failure()->message);
    if (driver.player() != nullptr) return replay(*driver.player());
    auto [started, starting] = make_operation<std::optional<exit_reason>>();
    auto [ended_with, ending] = make_operation<exit_reason>();
    const result<process_ref> top = start_tree({.started = started, .ended = ended_with});
    if (!top) return failed(top.error().message);
    std::thread watcher{[this, &top] { watch(*top); }};
    const result<std::optional<exit_reason>> outcome = sync_wait(std::move(starting));
    const bool is_up = outcome && !*outcome;
    if (is_up && notice) notice();
    const result<exit_reason> reason = sync_wait(std::move(ending));
    if (is_up && !stop_requested && !ends_program(spec.restart, *reason)) {
      home.log(log_level::error, "application",
               "the tree ended with " + explain(*reason) + "; the program goes on without it");
      std::unique_lock lock{mutex};
      changed.wait(lock, [this] { return stop_requested.load(); });
    }
    if (is_up && spec.stopped) spec.stopped();
    driver.stop(home);  // Within the hard limit too: an abandoned callback may never return.
    driver.save(home);
    {
      const std::scoped_lock lock{mutex};
      ended = true;
    }
    changed.notify_all();
    pthread_kill(watcher.native_handle(), SIGTERM);
    watcher.join();
    if (!is_up && !stop_requested) return failed(to_string(*reason));
    return stop_requested ? 0 : failed("the tree gave up: " + explain(*reason));
  }

  void request_stop() noexcept {
    const std::scoped_lock lock{mutex};
    if (watching) kill(getpid(), SIGTERM);
    stop_requested = true;
  }

  const sigset_t signals;
  application_spec spec;
  incident_traces traces;
  program_driver driver;
  runtime home;
  std::function<void()> notice;

 private:
  static int failed(const std::string& why) {
    fmt::print(stderr, "application: {}; ended\n", why);
    return 1;
  }

  result<process_ref> start_tree(spawn_options told) {
    told.name = "application";
    supervisor_spec tree{spec.strategy, spec.limits, spec.children};
    return home.spawn(std::make_unique<supervisor>(std::move(tree)), std::move(told));
  }

  /// Runs the tree as it ran when it was recorded, up to where that ended.
  int replay(schedule_player& playing) {
    auto [ended_with, ending] = make_operation<exit_reason>();
    const result<process_ref> top = start_tree({.ended = ended_with});
    if (!top) return failed(top.error().message);
    result<std::size_t> played = playing.run();
    // It was told to stop.
    if (played && playing.waits_for_outside()) {
      home.exit(*top, exit_reason::shutdown());
      played = playing.run();
    }
    const bool has_ended = ending.is_done();
    const std::string end = has_ended ? "the tree ended with " + explain(*ending.await_resume())
                                      : "the tree had not ended when it was recorded";
    driver.stop(home);
    if (!played) return failed(played.error().message);
    fmt::print(stderr, "application: replayed {} happenings of {}; {}\n", *played, spec.replay_from,
               end);
    return 0;
  }

  /// Waits for a signal, passes it on as a shutdown, and ends the program if that takes too long.
  void watch(const process_ref& top) {
    {
      const std::scoped_lock lock{mutex};
      watching = true;
      if (stop_requested) kill(getpid(), SIGTERM);
    }
    int signal = 0;
    sigwait(&signals, &signal);
    {
      const std::scoped_lock lock{mutex};
      if (ended) return;
      stop_requested = true;
    }
    changed.notify_all();
    std::thread stopping{[this, &top] {
      if (spec.prepare_stop) spec.prepare_stop();
      home.exit(top, exit_reason::shutdown());
    }};
    std::thread impatient{[this] { end_at_second_signal(); }};
    {
      std::unique_lock lock{mutex};
      if (!changed.wait_for(lock, spec.hard_limit, [this] { return ended; })) {
        end_now("did not stop within the hard limit");
      }
    }
    pthread_kill(impatient.native_handle(), SIGTERM);
    impatient.join();
    stopping.join();
  }

  void end_at_second_signal() {
    const auto first = std::chrono::steady_clock::now();
    int signal = 0;
    sigwait(&signals, &signal);
    // Whoever signals the program and its group, as some wrappers do, means it once.
    while (std::chrono::steady_clock::now() - first < same_request && !has_ended()) {
      sigwait(&signals, &signal);
    }
    const std::scoped_lock lock{mutex};
    if (!ended) end_now("was told a second time to stop");
  }

  bool has_ended() {
    const std::scoped_lock lock{mutex};
    return ended;
  }

  [[noreturn]] void end_now(std::string_view why) {
    fmt::print(stderr, "application: {}; ended with status {}\n", why, status_did_not_stop);
    for (const runtime::running_callback& each : home.running()) {
      fmt::print(stderr, "application: {} of process {} has been running for {} ms\n",
                 each.callback.empty() ? "a callback" : each.callback, each.process,
                 std::chrono::duration_cast<std::chrono::milliseconds>(each.since).count());
    }
    std::fflush(nullptr);
    std::_Exit(status_did_not_stop);
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool has_run = false;
  bool watching = false;
  bool ended = false;
  std::atomic<bool> stop_requested{false};
};

application::application(application_spec spec)
    : self_{std::make_unique<implementation>(with_environment(std::move(spec)))} {}

application::~application() = default;

port_log* application::ports() const noexcept {
  return self_->driver.ports();
}

runtime& application::home() noexcept {
  return self_->home;
}

void application::add(child_spec child) {
  self_->spec.children.push_back(std::move(child));
}

int application::run() {
  return self_->run();
}

void application::request_stop() noexcept {
  self_->request_stop();
}

void application::on_started(std::function<void()> notice) {
  self_->notice = std::move(notice);
}

}  // namespace genstage::inline v0
