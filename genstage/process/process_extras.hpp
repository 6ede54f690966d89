#pragma once

#include <functional>
#include <genstage/process/process.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace genstage::inline v0 {

class process_debug;
struct debug_options;
struct process_status;
struct process_summary;

/// What is taken from a process at its end: what it held, and whom to tell.
struct parting {
  pid ended;
  message* unread = nullptr;  ///< Owned, newest first.
  std::vector<process_ref> links{};
  std::vector<std::unique_ptr<monitor_message>> watchers{};
  std::optional<completion<std::optional<exit_reason>>> started{};
  std::vector<std::move_only_function<void() noexcept>> releases{};

  /// First what was held is free (A12).
  void free_held() noexcept;
  void tell_processes(const exit_reason& reason) noexcept;
  /// Those who asked too late to be known.
  void tell_unread(const exit_reason& reason) noexcept;
  /// Last those who wait outside of any process: by then all processes have been told.
  void tell_outside(const exit_reason& reason) noexcept;
};

/// The state of a process that few processes need, behind one pointer: what inspection, suspension
/// and registries have to remember.
///
/// Threads: all members by the thread that runs the process. `releases`, and the pointer to this,
/// are changed under the cell's guard, since an abandoned process is released by another thread.
class process_extras {
 public:
  process_extras();
  process_extras(const process_extras&) = delete;
  process_extras& operator=(const process_extras&) = delete;
  /// Runs the releases that nobody has run.
  ~process_extras();

  /// A system message has arrived.
  static void handle(process& receiver, message_ptr received);
  /// A callback that was suspended has ended: what waited for that is handled.
  static void callback_is_over(process& receiver);

  static void suspend(process& halted);
  static void resume(process& halted);
  [[nodiscard]] static bool is_suspended(const process& asked) noexcept;
  static void end(process& ended, exit_reason reason);
  [[nodiscard]] static bool is_ending(const process& asked) noexcept { return asked.is_ending(); }

  /// What observes the process; made if there is none.
  [[nodiscard]] static process_debug& debug(process& observed);
  static void start_debug(process& observed, const debug_options& options);
  /// The process runs without being observed again.
  static void stop_debug(process& observed) noexcept;

  /// An activation that notes what happens.
  static runnable::verdict activate_observed(process& observed) noexcept;

  [[nodiscard]] static process_summary summary_of(const process& asked);
  [[nodiscard]] static process_status status_of(const process& asked);

 private:
  friend class process;
  friend class simulated;

  static void note_control(const process& observed, const message& control);
  static void note_end(const process& observed);
  static void note_resumed(const process& observed);

  bool is_halted_ = false;  ///< By `suspend`.
  /// The callback of whose begin was told.
  struct told_callback {
    const char* name;
    instant since;
  };
  std::optional<told_callback> told_;
  /// Work on a batch that belongs to a trace.
  struct open_span {
    trace_context context;
    trace_context given;
    instant began;
    std::uint64_t events;
  };
  std::optional<open_span> span_;
  const char* blamed_ = nullptr;  ///< The type of the request whose handler threw.
  message_list deferred_;         ///< System messages that wait for the end of a callback.
  std::vector<std::move_only_function<void() noexcept>> releases_;
  std::unique_ptr<process_debug> debug_;
};

}  // namespace genstage::inline v0
