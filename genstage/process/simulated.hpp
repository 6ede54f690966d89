#pragma once

#include <cstddef>
#include <genstage/process/process.hpp>
#include <vector>

namespace genstage::inline v0 {

/// What a simulation is told before a process does something. What it throws from `starts`,
/// `handles` or `terminates` ends the process as if its callback had thrown it.
class simulation_watch {
 public:
  virtual void starts(const process& born) = 0;
  virtual void handles(const process& receiver, const message& next) = 0;
  virtual void terminates(const process& ending) = 0;
  /// A signal, or anything else that does not wait for its turn.
  virtual void is_signalled(const process& receiver, const message& control) noexcept = 0;

 protected:
  ~simulation_watch() = default;
};

/// What the simulation may see of processes and do with them, and nobody else. The thread pool runs
/// processes without knowing of it.
///
/// Threads: one, the simulation's.
class simulated {
 public:
  /// Runs at most one callback, where the thread pool lets a process handle many messages, so that
  /// whatever can happen between two callbacks does in some order.
  static runnable::verdict run_once(process_cell& cell, simulation_watch& watch) noexcept;

  /// The places of processes in the order of their indices; null after the last one.
  [[nodiscard]] static process_cell* cell(const runtime& home, std::size_t index) noexcept;
  /// The process that lives there, or null.
  [[nodiscard]] static const process* find(const process_cell& cell) noexcept;
  /// What has come since the process looked last, the oldest first.
  [[nodiscard]] static std::vector<const message*> unsorted(const process_cell& cell);
  /// What it looked at and has not handled, and then what has come since.
  [[nodiscard]] static std::vector<const message*> waiting(const process_cell& cell);
  [[nodiscard]] static bool is_suspended(const process& asked) noexcept;
  /// Whether a process lives there that has not begun.
  [[nodiscard]] static bool is_unborn(const process_cell& cell) noexcept;
  /// Whatever decides what the process does next, except for its mail and the user's object.
  static void digest_circumstances(const process& asked, state_digest& into);

 private:
  class current_scope;
  static void add_unsorted(const process_cell& cell, std::vector<const message*>& to);
  template <class Action>
  static void guarded(process& body, Action action) noexcept;
  static void run_callback(process& body, simulation_watch& watch) noexcept;
  static void tell_signals(const process_cell& cell, simulation_watch& watch);
};

}  // namespace genstage::inline v0
