#pragma once

#include <functional>
#include <genstage/process/name.hpp>
#include <genstage/supervision/child_table.hpp>
#include <genstage/supervision/restart_budget.hpp>
#include <genstage/supervision/restart_plan.hpp>
#include <genstage/supervision/supervising.hpp>
#include <memory>
#include <string>
#include <vector>

namespace genstage::inline v0 {

/// A supervisor and its children, in the order in which they are started.
struct supervisor_spec {
  restart_strategy strategy = restart_strategy::one_for_one;
  restart_limits limits{};
  std::vector<child_spec> children{};
  auto_shutdown ending = auto_shutdown::never;
  supervising_options options{};
};

/// Starts children in order, restarts them when they end, and stops them in reverse order, one
/// after the other. When restarts come too often it stops its children and ends with `shutdown`;
/// what led to that is the cause of this reason.
///
/// Its operations are the functions below, on a `ref<supervisor>`.
/// Source: A42 to A59, Erlang/OTP's supervisor.
class supervisor final : public supervising {
 public:
  explicit supervisor(supervisor_spec spec);

  void* user() noexcept override { return this; }
  [[nodiscard]] const void* user_type() const noexcept override {
    return detail::type_key<supervisor>();
  }
  [[nodiscard]] std::uint64_t restarts() const noexcept override { return budget_.total(); }

 protected:
  void start() override;
  void child_ended(const exit_message& signal) override;
  task<> end_children() override;

 private:
  friend struct supervisor_operations;

  task<> start_all();
  /// The reason of the failure, if it is one.
  task<std::optional<exit_reason>> start_one(std::string id);
  task<> stop_one(std::string id);
  task<> restart(std::string failed, exit_reason why);
  task<> start_again(std::string failed);
  task<> stop_for(std::string failed);
  task<> give_up(std::string failed, exit_reason why);
  void try_again(duration delay, std::string failed, std::function<task<>()> how);

  task<result<process_ref>> add_child(child_spec child);
  task<result<void>> terminate_child(std::string id);
  task<result<process_ref>> restart_child(std::string id);
  result<void> delete_child(const std::string& id);
  [[nodiscard]] child_counts count() const;

  supervisor_spec spec_;
  restart_budget budget_;
  child_table children_;
};

/// A supervisor as the child of another one. It gets all the time it needs to stop its children.
[[nodiscard]] child_spec supervised(std::string id, supervisor_spec spec);

/// Starts a supervisor that has a parent only if the options name one.
[[nodiscard]] result<ref<supervisor>> start_supervisor(runtime& where, supervisor_spec spec,
                                                       spawn_options options = {});

/// Starts one more child, after those there are. Completes once it has started; with a reference to
/// no process if it chose not to run.
///
/// Threads: all operations on a supervisor, from any thread; awaited from a process or with
/// `sync_wait`. A child's own start must not wait for its supervisor, which waits for that start.
/// Ordering: a supervisor does one thing at a time, in the order asked.
/// Cancel: what was asked for is done nevertheless.
/// Failure: invalid_argument, already_started, already_present, not_started with the reason in
/// words; process_ended if the supervisor ends first. Source: A57.
[[nodiscard]] operation<process_ref> start_child(const ref<supervisor>& asked, child_spec child);

/// Ends a child as the supervisor's own end would. It stays declared unless it is temporary.
/// Failure: not_found.
[[nodiscard]] operation<void> terminate_child(const ref<supervisor>& asked, std::string id);

/// Starts a child that is declared and does not run.
/// Failure: not_found, running, restarting, not_started.
[[nodiscard]] operation<process_ref> restart_child(const ref<supervisor>& asked, std::string id);

/// Forgets a child that is declared and does not run. Failure: not_found, running, restarting.
[[nodiscard]] operation<void> delete_child(const ref<supervisor>& asked, std::string id);

/// All children, the newest first.
[[nodiscard]] operation<std::vector<child_info>> which_children(const ref<supervisor>& asked);
[[nodiscard]] operation<child_counts> count_children(const ref<supervisor>& asked);

/// The declaration of a child. Failure: not_found.
[[nodiscard]] operation<child_spec> get_childspec(const ref<supervisor>& asked, std::string id);

}  // namespace genstage::inline v0
