#pragma once

#include <cstddef>
#include <functional>
#include <genstage/process/name.hpp>
#include <genstage/supervision/child_table.hpp>
#include <genstage/supervision/restart_budget.hpp>
#include <genstage/supervision/supervising.hpp>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace genstage::inline v0 {

struct dynamic_supervisor_spec {
  restart_limits limits{};
  /// How many children there may be at once, those that are about to be started again included.
  std::size_t max_children = std::numeric_limits<std::size_t>::max();
  /// Completes the declaration of each child before its start, for what all children get alike
  /// (OTP's extra arguments). None leaves them as they are.
  std::function<void(child_spec&)> prepare{};
  supervising_options options{};
};

/// A supervisor of children that come and go at run time: it starts with none, restarts each alone,
/// and stops all at the same time.
///
/// Children are known by their process; ids may repeat. What a temporary child was started from is
/// not kept. Its operations are the functions below, on a `ref<dynamic_supervisor>`.
/// Source: A51, A60, Elixir's DynamicSupervisor.
class dynamic_supervisor : public supervising {
 public:
  explicit dynamic_supervisor(dynamic_supervisor_spec spec);

  void* user() noexcept override { return this; }
  [[nodiscard]] const void* user_type() const noexcept override {
    return detail::type_key<dynamic_supervisor>();
  }
  [[nodiscard]] std::uint64_t restarts() const noexcept override { return budget_.total(); }

 protected:
  void start() override;
  void child_ended(const exit_message& signal) override;
  task<> end_children() override;

  task<result<process_ref>> add_child(child_spec child);
  /// From now on.
  void restart_within(restart_limits limits) noexcept;
  /// Counts a process that was started as a child; `failures` are its restarts in a row.
  void keep(child_spec child, process_ref started, std::size_t failures);

  /// A child has ended and will not come back.
  virtual void child_gone(pid /*last*/) {}
  /// A child that was started again runs as another process.
  virtual void child_moved(pid /*before*/, pid /*now*/) {}
  [[nodiscard]] virtual child_counts count() const;

 private:
  friend struct dynamic_operations;
  using children = std::map<pid, child_entry>;

  task<result<void>> terminate_child(pid child);
  task<> restart(pid ended, exit_reason why);
  task<> start_again(pid ended);
  void try_again(duration delay, pid ended, std::function<task<>()> how);
  [[nodiscard]] std::vector<child_info> list() const;

  dynamic_supervisor_spec spec_;
  restart_budget budget_;
  /// By the process that runs, or by the one that ran last.
  children children_;
};

/// A dynamic supervisor as the child of another one. It gets all the time it needs.
[[nodiscard]] child_spec supervised(std::string id, dynamic_supervisor_spec spec);

[[nodiscard]] result<ref<dynamic_supervisor>> start_supervisor(runtime& where,
                                                               dynamic_supervisor_spec spec,
                                                               spawn_options options = {});

/// Starts a child. Completes once it has started; with a reference to no process if it chose not to
/// run.
///
/// Threads, Ordering and Cancel are those of `start_child` on a `ref<supervisor>`.
/// Failure: over_capacity at max_children, invalid_argument, not_started, process_ended.
[[nodiscard]] operation<process_ref> start_child(const ref<dynamic_supervisor>& asked,
                                                 child_spec child);
/// Ends a child and forgets it. Failure: not_found.
[[nodiscard]] operation<void> terminate_child(const ref<dynamic_supervisor>& asked, pid child);
/// All children, in no particular order.
[[nodiscard]] operation<std::vector<child_info>> which_children(
    const ref<dynamic_supervisor>& asked);
[[nodiscard]] operation<child_counts> count_children(const ref<dynamic_supervisor>& asked);

namespace detail {

/// `start_child` whose answer goes to a function; it is called exactly once, on any thread.
void start_child_and_tell(const ref<dynamic_supervisor>& asked, child_spec child,
                          std::move_only_function<void(result<process_ref>)> told);

}  // namespace detail

}  // namespace genstage::inline v0
