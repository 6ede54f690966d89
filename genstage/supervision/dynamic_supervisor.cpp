#include <fmt/format.h>

#include <genstage/supervision/dynamic_supervisor.hpp>
#include <genstage/supervision/restart_plan.hpp>
#include <utility>

namespace genstage::inline v0 {

dynamic_supervisor::dynamic_supervisor(dynamic_supervisor_spec spec)
    : supervising{spec.options}, spec_{std::move(spec)}, budget_{spec_.limits} {}

void dynamic_supervisor::start() {
  trap(exit_signals::all_arrive_as_messages);
  if (std::optional<std::string> refusal = refuse_start(spec_.limits)) {
    stop(exit_reason::user(std::move(*refusal)));
  }
}

void dynamic_supervisor::restart_within(restart_limits limits) noexcept {
  spec_.limits = limits;
  budget_.change(limits);
}

task<result<process_ref>> dynamic_supervisor::add_child(child_spec child) {
  if (spec_.prepare) spec_.prepare(child);
  if (const result<void> checked = check(child, auto_shutdown::never); !checked) {
    co_return std::unexpected{checked.error()};
  }
  if (children_.size() >= spec_.max_children) {
    co_return genstage::fail(
        errc::over_capacity,
        fmt::format("child {}: supervisor {} has {} children, at most {} are allowed; not started",
                    child.id, label(), children_.size(), spec_.max_children));
  }
  task<start_outcome> starting = start_process(child);
  start_outcome outcome = co_await std::move(starting);
  if (outcome.verdict == start_verdict::failed) {
    co_return genstage::fail(
        errc::not_started, fmt::format("child {}: its start failed with {}; not started", child.id,
                                       to_string(outcome.reason)));
  }
  if (outcome.verdict == start_verdict::started) keep(std::move(child), outcome.process, 0);
  co_return std::move(outcome.process);
}

void dynamic_supervisor::keep(child_spec child, process_ref started, std::size_t failures) {
  if (child.restart == restart_type::temporary) child.start = nullptr;
  child_entry& added = children_[started.id()];
  added.spec = std::move(child);
  added.failures = failures;
  added.run(std::move(started), now());
}

task<result<void>> dynamic_supervisor::terminate_child(pid child) {
  const auto found = children_.find(child);
  if (found == children_.end()) {
    co_return genstage::fail(errc::not_found,
                             fmt::format("process {}: it is no child of supervisor {}; not "
                                         "terminated",
                                         to_string(child), label()));
  }
  std::vector<leaver> leaving;
  if (found->second.process) leaving.push_back({found->second.spec, found->second.process});
  children_.erase(found);
  task<> stopping = stop_together(std::move(leaving));
  co_await std::move(stopping);
  child_gone(child);
  co_return result<void>{};
}

task<> dynamic_supervisor::end_children() {
  std::vector<leaver> leaving;
  for (auto& [who, each] : children_) {
    if (each.process) leaving.push_back({std::move(each.spec), each.process});
  }
  children_.clear();
  return stop_together(std::move(leaving));
}

void dynamic_supervisor::child_ended(const exit_message& signal) {
  const auto found = children_.find(signal.from);
  if (found == children_.end() || !found->second.process) return;
  child_entry& ended = found->second;
  const end_decision decision = decide_end(ended.spec.restart, signal.reason);
  if (decision.report == end_report::child_terminated) {
    report(ended.spec, signal.from, report_context::child_terminated, signal.reason);
  }
  if (decision.verdict != end_verdict::restart) {
    children_.erase(found);
    child_gone(signal.from);
    return;
  }
  if (ended.spec.backoff && now() - ended.since >= ended.spec.backoff->forgiven_after) {
    ended.failures = 0;
  }
  ended.rest(child_state::restarting);
  run_callback("restart_child", restart(signal.from, signal.reason));
}

/// Counts a restart, and makes it now or after the child's wait.
task<> dynamic_supervisor::restart(pid ended, exit_reason why) {
  child_entry& child = children_.find(ended)->second;
  if (!budget_.spend(now())) {
    const exit_reason reason =
        exit_reason::shutdown().because(too_many_restarts(child.spec, spec_.limits), why);
    report(child.spec, ended, report_context::shutdown, reason);
    children_.erase(ended);
    task<> leaving = leave(reason);
    co_await std::move(leaving);
  } else if (child.spec.backoff) {
    const duration wait = child.spec.backoff->wait(++child.failures, owner().scheduler().random());
    try_again(wait, ended, [this, ended] { return start_again(ended); });
  } else {
    task<> starting = start_again(ended);
    co_await std::move(starting);
  }
}

task<> dynamic_supervisor::start_again(pid ended) {
  task<start_outcome> starting = start_process(children_.find(ended)->second.spec);
  start_outcome outcome = co_await std::move(starting);
  const auto found = children_.find(ended);
  if (outcome.verdict == start_verdict::failed) {
    report(found->second.spec, ended, report_context::start_error, outcome.reason);
    try_again(duration::zero(), ended,
              [this, ended, why = outcome.reason] { return restart(ended, why); });
    co_return;
  }
  child_entry before = std::move(found->second);
  children_.erase(found);
  // One that has nothing to run any more is forgotten.
  if (outcome.verdict == start_verdict::ignored) {
    child_gone(ended);
    co_return;
  }
  const pid started = outcome.process.id();
  note_restart(before.spec, outcome.process);
  keep(std::move(before.spec), std::move(outcome.process), before.failures);
  child_moved(ended, started);
}

void dynamic_supervisor::try_again(duration delay, pid ended, std::function<task<>()> how) {
  child_entry& waiting = children_.find(ended)->second;
  waiting.rest(child_state::restarting);
  run_later(delay, [this, ended, how = std::move(how), attempt = waiting.attempt] {
    const auto still = children_.find(ended);
    // It may have been terminated meanwhile.
    if (still == children_.end() || still->second.attempt != attempt) return;
    run_callback("restart_child", how());
  });
}

std::vector<child_info> dynamic_supervisor::list() const {
  std::vector<child_info> all;
  for (const auto& [who, each] : children_) {
    all.push_back({each.spec.id, each.state, each.process, each.spec.type});
  }
  return all;
}

child_counts dynamic_supervisor::count() const {
  child_counts counts{.specs = children_.size()};
  for (const auto& [who, each] : children_) {
    counts.active += each.state == child_state::running ? 1U : 0U;
    ++(each.spec.type == child_type::supervisor ? counts.supervisors : counts.workers);
  }
  return counts;
}

/// The way from the free functions to the supervisor's own.
struct dynamic_operations {
  static task<result<process_ref>> start_child(dynamic_supervisor& asked, child_spec child) {
    return asked.add_child(std::move(child));
  }
  static task<result<void>> terminate_child(dynamic_supervisor& asked, pid child) {
    return asked.terminate_child(child);
  }
  static task<result<std::vector<child_info>>> which_children(dynamic_supervisor& asked) {
    co_return asked.list();
  }
  static task<result<child_counts>> count_children(dynamic_supervisor& asked) {
    co_return asked.count();
  }
};

namespace detail {

void start_child_and_tell(const ref<dynamic_supervisor>& asked, child_spec child,
                          std::move_only_function<void(result<process_ref>)> told) {
  asked.process().send(std::make_unique<supervisor_request<dynamic_supervisor, process_ref>>(
      "start_child",
      [child = std::move(child)](dynamic_supervisor& here) mutable {
        return dynamic_operations::start_child(here, std::move(child));
      },
      std::move(told)));
}

}  // namespace detail

operation<process_ref> start_child(const ref<dynamic_supervisor>& asked, child_spec child) {
  auto [far, near] = make_operation<process_ref>();
  detail::start_child_and_tell(asked, std::move(child), [reply = far](result<process_ref> outcome) {
    reply.complete(std::move(outcome));
  });
  return std::move(near);
}

operation<void> terminate_child(const ref<dynamic_supervisor>& asked, pid child) {
  return detail::ask_supervisor<dynamic_supervisor, void>(
      asked, "terminate_child", [child](dynamic_supervisor& here) {
        return dynamic_operations::terminate_child(here, child);
      });
}

operation<std::vector<child_info>> which_children(const ref<dynamic_supervisor>& asked) {
  return detail::ask_supervisor<dynamic_supervisor, std::vector<child_info>>(
      asked, "which_children", dynamic_operations::which_children);
}

operation<child_counts> count_children(const ref<dynamic_supervisor>& asked) {
  return detail::ask_supervisor<dynamic_supervisor, child_counts>(
      asked, "count_children", dynamic_operations::count_children);
}

child_spec supervised(std::string id, dynamic_supervisor_spec spec) {
  child_spec made{.id = id, .start = {}, .name = std::move(id)};
  made.start = [spec = std::move(spec)](runtime& where, spawn_options options) {
    return where.spawn(std::make_unique<dynamic_supervisor>(spec), std::move(options));
  };
  made.shutdown = std::nullopt;
  made.type = child_type::supervisor;
  return made;
}

result<ref<dynamic_supervisor>> start_supervisor(runtime& where, dynamic_supervisor_spec spec,
                                                 spawn_options options) {
  auto spawned =
      where.spawn(std::make_unique<dynamic_supervisor>(std::move(spec)), std::move(options));
  if (!spawned) return std::unexpected{std::move(spawned.error())};
  return ref<dynamic_supervisor>{std::move(*spawned)};
}

}  // namespace genstage::inline v0
