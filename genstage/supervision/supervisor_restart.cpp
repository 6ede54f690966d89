#include <fmt/format.h>

#include <genstage/supervision/supervisor.hpp>
#include <utility>

// What a supervisor does when a child has ended by itself.
namespace genstage::inline v0 {

void supervisor::child_ended(const exit_message& signal) {
  child_entry* const ended = children_.find(signal.from);
  if (ended == nullptr) return;  // One that was stopped, or never a child (A59).
  const child_spec child = ended->spec;
  const end_decision decision = decide_end(child.restart, signal.reason);
  if (decision.report == end_report::child_terminated) {
    report(child, signal.from, report_context::child_terminated, signal.reason);
  }
  if (child.backoff && now() - ended->since >= child.backoff->forgiven_after) ended->failures = 0;
  ended->rest(child_state::stopped);
  if (decision.verdict == end_verdict::restart) {
    run_callback("restart_child", restart(child.id, signal.reason));
    return;
  }
  if (decision.verdict == end_verdict::forget) children_.remove(child.id);
  if (ends_supervisor(spec_.ending, child, children_)) {
    run_callback("stop_children",
                 leave(exit_reason::shutdown().because(
                     fmt::format("significant child {} ended", child.id), signal.reason)));
  }
}

/// Counts a restart, and makes it now or after the child's wait.
task<> supervisor::restart(std::string failed, exit_reason why) {
  if (!budget_.spend(now())) {
    task<> giving_up = give_up(std::move(failed), std::move(why));
    co_await std::move(giving_up);
    co_return;
  }
  child_entry& waiting = *children_.find(failed);
  if (!waiting.spec.backoff) {
    task<> starting = start_again(std::move(failed));
    co_await std::move(starting);
    co_return;
  }
  const duration wait =
      waiting.spec.backoff->wait(++waiting.failures, owner().scheduler().random());
  // The siblings that it takes with it do not run without it meanwhile.
  task<> stopping = stop_for(failed);
  co_await std::move(stopping);
  try_again(wait, failed, [this, failed] { return start_again(failed); });
}

task<> supervisor::stop_for(std::string failed) {
  const restart_plan plan = plan_restart(spec_.strategy, children_, failed);
  for (const std::string& id : plan.stop) {
    task<> stopping = stop_one(id);
    co_await std::move(stopping);
  }
  for (const std::string& id : plan.forget) children_.remove(id);
}

/// Stops and starts as the strategy says. What fails is tried again through the own mailbox, so
/// that a stop request can get in between (A53).
task<> supervisor::start_again(std::string failed) {
  task<> stopping = stop_for(failed);
  co_await std::move(stopping);
  const restart_plan plan = plan_restart(spec_.strategy, children_, failed);
  for (const std::string& id : plan.start) {
    task<std::optional<exit_reason>> starting = start_one(id);
    const std::optional<exit_reason> failure = co_await std::move(starting);
    if (!failure) {
      const child_entry* const started = children_.find(id);
      if (started != nullptr) note_restart(started->spec, started->process);
      continue;
    }
    try_again(duration::zero(), id, [this, id, why = *failure] { return restart(id, why); });
    co_return;
  }
}

void supervisor::try_again(duration delay, std::string failed, std::function<task<>()> how) {
  child_entry& waiting = *children_.find(failed);
  waiting.rest(child_state::restarting);
  run_later(delay, [this, failed, how = std::move(how), attempt = waiting.attempt] {
    const child_entry* const still = children_.find(failed);
    // It may have been terminated, deleted, or started with a sibling meanwhile.
    if (still == nullptr || still->attempt != attempt) return;
    run_callback("restart_child", how());
  });
}

task<> supervisor::give_up(std::string failed, exit_reason why) {
  child_entry& last = *children_.find(failed);
  const exit_reason reason =
      exit_reason::shutdown().because(too_many_restarts(last.spec, spec_.limits), std::move(why));
  report(last.spec, last.last, report_context::shutdown, reason);
  last.rest(child_state::stopped);
  return leave(reason);
}

}  // namespace genstage::inline v0
