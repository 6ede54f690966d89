#pragma once

#include <genstage/core/error.hpp>
#include <genstage/core/log.hpp>
#include <genstage/process/incident.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/process_ref.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/record/recorder.hpp>
#include <genstage/scheduler/driver.hpp>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

struct runtime_options {
  log_sink log = standard_error_log();
  /// Worker threads of the runtime's own pool; 0 means one for each processor.
  std::size_t workers = 0;
  /// How many more are lent at most while callbacks do not return; no value means as many again.
  std::optional<std::size_t> replacement_workers{};
  /// A callback that has run for so long is reported, once, as a warning.
  duration stall_report_after = std::chrono::seconds{1};
  /// A process that was killed and whose callback does not return for so long is abandoned.
  duration abandon_after = std::chrono::seconds{5};
  /// Told of crashes, of supervisors that give up, and of stalls, after the log.
  incident_listener on_incident{};
  /// How many records of the demand conversation each thread keeps, of 32 bytes each; 0 for none.
  std::size_t kept_records = 4096;
  /// Where they are kept instead; outlives the runtime. Null for a recorder of the runtime's own.
  recorder* records = nullptr;
};

struct debug_options;

/// What a new process gets from the one that spawns it.
struct spawn_options {
  /// Registered before the process runs; empty for none.
  std::string name{};
  /// Linked before the process runs, and regarded as its parent.
  process_ref parent{};
  /// Told when the process has started (no value), or why it did not.
  std::optional<completion<std::optional<exit_reason>>> started{};
  /// Told the reason when the process has ended, however early: a monitor set before it runs.
  std::optional<completion<exit_reason>> ended{};
  /// What is observed of it from the start on; see process/debug.hpp.
  std::shared_ptr<const debug_options> debug{};
};

/// The home of processes: their identities, their names and the driver that runs them.
///
/// Lifetime: outlives every process_ref. The destructor stops its own pool, then destroys what has
/// not ended, without running `terminate`.
/// Threads: all operations from any thread; the destructor from outside the pool.
class runtime {
 public:
  /// Runs on a thread pool of its own.
  explicit runtime(runtime_options options = {});
  /// Runs on a driver that outlives it and that no longer runs when it is destroyed.
  explicit runtime(driver& scheduler, runtime_options options = {});
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Starts a process. Failure: already_exists if the name is taken.
  result<process_ref> spawn(std::unique_ptr<process> body, spawn_options options = {});

  /// The process registered under `name`, or none.
  [[nodiscard]] process_ref find(std::string_view name) const;
  /// A reference to a process that still lives, or none.
  [[nodiscard]] process_ref find(pid process) const;
  /// The process registered under `name`, if one of its ancestors has ended, so that it is about to
  /// end as well; or none.
  [[nodiscard]] process_ref find_orphan(std::string_view name) const;
  /// The type of the user's object of the process with this name, or null.
  [[nodiscard]] const void* user_type(std::string_view name) const;

  void exit(const process_ref& receiver, exit_reason reason) const;
  /// Gives up a process whose callback does not return: its name is free, links and watchers are
  /// told `killed`, and nothing can be sent to it any more. The callback goes on; when it returns,
  /// the process ends in silence. False if the process had ended.
  bool abandon(const process_ref& lost) const noexcept;
  /// Completes with the reason once the process has ended; noproc if it had ended before.
  /// Cancel: destroying the operation ends the watch.
  [[nodiscard]] operation<exit_reason> down(const process_ref& watched) const;

  [[nodiscard]] driver& scheduler() const noexcept;
  /// Where the demand conversation is recorded, or null.
  [[nodiscard]] recorder* records() const noexcept;
  /// Who is told of what happens; the runtime's lines and incidents are events as well.
  [[nodiscard]] telemetry_handlers& telemetry() noexcept { return telemetry_; }
  [[nodiscard]] unique_id mint() const noexcept;
  void log(log_level level, std::string subject, std::string text) const;
  /// Tells whoever wants to know of incidents.
  void tell(const incident& met) const;
  [[nodiscard]] std::size_t process_count() const noexcept;

  /// What can be told of a process without asking it.
  struct known_process {
    process_ref who;
    std::string name;
    pid parent;
    const char* callback;  ///< that runs or waits now; null between callbacks
    duration busy;         ///< in callbacks so far, as the driver estimates it
  };
  /// All that have not ended. Cost: the lock that spawning takes is held for the time of about
  /// 100 ns for each.
  [[nodiscard]] std::vector<known_process> processes() const;

  struct running_callback {
    pid id;
    std::string process;
    std::string callback;
    duration since;
  };
  /// What runs at this moment, for the report of a program that does not stop.
  [[nodiscard]] std::vector<running_callback> running() const;
  /// Stops the pool that the runtime owns; what is ready then does not run any more.
  void stop() noexcept;

 private:
  friend class process;
  friend class process_cell;
  friend class simulated;
  class implementation;

  result<process_ref> spawn_here(std::unique_ptr<process> body, spawn_options options);
  void forget(const std::string& name, pid holder) noexcept;
  void ended() noexcept;
  void recycle(process_cell& cell) noexcept;
  [[nodiscard]] process_cell* cell_at(std::size_t index) const noexcept;

  telemetry_handlers telemetry_;
  std::unique_ptr<implementation> self_;
};

inline telemetry_handlers& process::telemetry() const noexcept {
  return owner().telemetry();
}

}  // namespace genstage::inline v0
