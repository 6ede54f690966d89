#pragma once

#include <functional>
#include <genstage/process/runtime.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <genstage/trace/incident_traces.hpp>
#include <memory>
#include <string>
#include <vector>

namespace genstage::inline v0 {

class port_log;

/// A program as a tree of supervised processes.
struct application_spec {
  restart_strategy strategy = restart_strategy::one_for_one;
  restart_limits limits{};
  std::vector<child_spec> children{};
  /// From the signal to the end of the program at the latest; see `application::run`.
  duration hard_limit = std::chrono::seconds{10};
  runtime_options runtime{};
  /// If there is a folder, incidents leave a trace there. Without one, the environment variable
  /// GENSTAGE_TRACES may name it, so that any program can be asked for traces.
  incident_trace_options traces{};
  /// Recording mode: the order of everything is kept and written to this file when the program
  /// ends and at each incident; also GENSTAGE_RECORD. See replay/schedule_recorder.hpp.
  std::string record_to{};
  /// Runs on one thread as that file says, and ends where it ends; also GENSTAGE_REPLAY.
  std::string replay_from{};
  /// What it means for the program when the tree ends by itself: permanent ends it; transient ends
  /// it unless the reason is normal, which a supervisor that gives up never has; temporary is only
  /// logged. A program that goes on without its tree waits for a signal. Source: A66.
  restart_type restart = restart_type::permanent;
  /// Called when the program is asked to stop, before the tree is. May wait, for instance until
  /// what was accepted is done: the hard limit goes on counting. Not called when the tree ends by
  /// itself. Must not throw. Source: A65.
  std::function<void()> prepare_stop{};
  /// Called once the tree has ended, for whatever reason, if it had started. Must not throw.
  std::function<void()> stopped{};
};

/// Whether the program ends because its tree has ended by itself. Source: A66.
[[nodiscard]] bool ends_program(restart_type type, const exit_reason& reason);

/// Runs a tree of processes until a signal, and then stops it in reverse order.
///
///     int main() {
///       gs::application app{{.children = {gs::child(numbers, 0), ...}}};
///       return app.run();
///     }
///
/// Lifetime: one per program. Its construction blocks SIGINT and SIGTERM in the calling thread, so
/// make it before other threads are started.
class application {
 public:
  explicit application(application_spec spec);
  ~application();
  application(const application&) = delete;
  application& operator=(const application&) = delete;

  [[nodiscard]] runtime& home() noexcept;
  /// Where ports such as `http::recorded_client` keep what comes from outside while the program is
  /// recorded, and get it from while it is replayed; null in other runs.
  [[nodiscard]] port_log* ports() const noexcept;

  /// Declares one more child, after those there are. Before `run`.
  void add(child_spec child);

  /// Starts the tree and waits for SIGINT, SIGTERM, or the end of the tree.
  ///
  /// Returns 0 after a stop that was asked for, 1 if the tree could not start or gave up.
  /// Failure: when the tree has not stopped within the hard limit, or a second signal comes, the
  /// program ends at once with status 70 and names the callbacks that did not return.
  [[nodiscard]] int run();

  /// As a signal would. Threads: any.
  void request_stop() noexcept;

  /// Called in `run` once all children have started, on the thread that runs it.
  void on_started(std::function<void()> notice);

 private:
  class implementation;
  std::unique_ptr<implementation> self_;
};

}  // namespace genstage::inline v0
