#include <fmt/format.h>

#include <genstage/process/runtime.hpp>
#include <genstage/scheduler/deadline.hpp>
#include <genstage/supervision/restart_plan.hpp>
#include <genstage/supervision/supervising.hpp>
#include <genstage/supervision/supervision_events.hpp>

namespace genstage::inline v0 {

namespace {

// Far deeper than trees are, and shallow enough to say so early.
constexpr std::size_t deepest_tree = 100;

class action_message final : public user_message {
 public:
  explicit action_message(std::move_only_function<void()> action) : action_{std::move(action)} {}
  void deliver(process&) override { action_(); }
  [[nodiscard]] const char* type() const noexcept override { return "restart"; }

 private:
  std::move_only_function<void()> action_;
};

}  // namespace

supervising::supervising(supervising_options options) : options_{std::move(options)} {
  const auto* const above = dynamic_cast<const supervising*>(process::current());
  depth_ = above != nullptr ? above->depth_ + 1 : 0;
}

std::optional<std::string> supervising::refuse_start(const restart_limits& limits) const {
  if (depth_ >= deepest_tree) {
    return fmt::format(
        "supervisor {}: there are {} supervisors above it, fewer than {} are allowed, so the tree "
        "probably contains itself; not started",
        label(), depth_, deepest_tree);
  }
  if (limits.within <= duration::zero()) {
    return fmt::format(
        "supervisor {}: restarts are limited within {} ms, a time above zero is allowed; not "
        "started",
        label(), std::chrono::duration<double, std::milli>{limits.within}.count());
  }
  return std::nullopt;
}

std::string supervising::too_many_restarts(const child_spec& child, const restart_limits& limits) {
  return fmt::format("child {} failed after {} restarts within {}, no more are allowed", child.id,
                     limits.restarts, to_string(shutdown_limit{limits.within}));
}

task<supervising::start_outcome> supervising::start_process(const child_spec& child) {
  while (process_ref orphan = owner().find_orphan(child.name)) {
    task<> waiting = outlast(child, std::move(orphan));
    co_await std::move(waiting);
  }
  auto [far, near] = make_operation<std::optional<exit_reason>>();
  start_outcome outcome;
  outcome.verdict = start_verdict::failed;
  spawn_options options{.name = child.name, .parent = self(), .started = far};
  try {
    result<process_ref> spawned = child.start(owner(), std::move(options));
    if (!spawned) {
      outcome.reason = exit_reason::user(spawned.error().message);
      co_return outcome;
    }
    outcome.process = std::move(*spawned);
  } catch (...) {
    outcome.reason = exit_reason::exception(std::current_exception(), "start");
    co_return outcome;
  }
  if (!outcome.process) {
    outcome.verdict = start_verdict::ignored;
    co_return outcome;
  }
  operation<std::optional<exit_reason>> waiting = std::move(near);
  const result<std::optional<exit_reason>> seen = co_await std::move(waiting);
  if (!seen) {
    outcome.reason = exit_reason::user(seen.error().message);
  } else if (!*seen) {
    outcome.verdict = start_verdict::started;
    report(child, outcome.process.id(), report_context::progress, exit_reason::normal());
    co_return outcome;
  } else if ((*seen)->is_ignored()) {
    outcome.verdict = start_verdict::ignored;
  } else {
    outcome.reason = **seen;
  }
  outcome.process = process_ref{};
  co_return outcome;
}

/// A monitor as an operation that also ends at a limit. A monitor and not the link, so that a child
/// that has unlinked itself is waited for as well.
operation<exit_reason> supervising::watch(const process_ref& child, shutdown_limit within) {
  auto [far, near] = make_operation<exit_reason>();
  // Before anybody can complete it.
  if (within) {
    limit(owner().scheduler(), far, now() + *within,
          error{errc::timed_out, "the child did not end in time"});
  }
  child.send(std::make_unique<monitor_message>(std::move(far)));
  return std::move(near);
}

/// A child that had ended before it was watched says why in its exit signal, which is on its way.
task<exit_reason> supervising::true_reason(process_ref ended, exit_reason seen) {
  if (seen.kind() == exit_kind::noproc) {
    operation<void> all_fetched = sleep_for(owner().scheduler(), duration::zero());
    co_await std::move(all_fetched);
    if (std::optional<exit_reason> queued = take_exit(ended.id())) co_return *queued;
  }
  co_return seen;
}

task<> supervising::stop_process(const child_spec& child, process_ref leaving) {
  const bool is_brutal = child.shutdown == duration::zero();
  result<exit_reason> ended = genstage::fail(errc::timed_out, "");
  if (!is_brutal) {
    operation<exit_reason> waiting = watch(leaving, child.shutdown);
    exit(leaving, exit_reason::shutdown());
    ended = co_await std::move(waiting);
  }
  if (!ended) {
    task<result<exit_reason>> killing = kill(child, leaving);
    ended = co_await std::move(killing);
  }
  if (!ended) co_return;
  task<exit_reason> asking = true_reason(leaving, *ended);
  const exit_reason reason = co_await std::move(asking);
  const stop_request asked = is_brutal ? stop_request::kill : stop_request::shutdown;
  if (is_unexpected(asked, child.restart, reason)) {
    report(child, leaving.id(), report_context::shutdown_error, reason);
  }
}

/// A supervisor that is killed stops nobody: its children end by themselves, in their own time,
/// when they hear of it. Each gets as long for that as it would get to stop.
task<> supervising::outlast(const child_spec& child, process_ref orphan) {
  operation<exit_reason> waiting = watch(orphan, child.shutdown);
  const result<exit_reason> ended = co_await std::move(waiting);
  if (ended) co_return;
  task<result<exit_reason>> killing = kill(child, orphan);
  (void)co_await std::move(killing);
}

/// Fails for one that had to be abandoned.
task<result<exit_reason>> supervising::kill(const child_spec& child, process_ref leaving) {
  operation<exit_reason> waiting = watch(leaving, options_.abandon_after);
  exit(leaving, exit_reason::kill());
  result<exit_reason> ended = co_await std::move(waiting);
  if (!ended) abandon(child, leaving);
  co_return ended;
}

/// Its name is free from here on, and whoever watches it is told; the callback may return or not.
void supervising::abandon(const child_spec& child, const process_ref& leaving) {
  if (!owner().abandon(leaving)) return;  // It has ended meanwhile.
  log(log_level::error,
      fmt::format("child {} {}: its callback has not returned {} after it was killed; abandoned",
                  child.id, to_string(leaving.id()),
                  to_string(shutdown_limit{options_.abandon_after})));
}

task<> supervising::leave(exit_reason reason) {
  task<> ending = end_children();
  co_await std::move(ending);
  stop(std::move(reason));
}

void supervising::report(const child_spec& child, pid who, report_context context,
                         exit_reason reason) {
  supervisor_report made = report_about(child, who, context, std::move(reason));
  made.supervisor = label();
  if (context != report_context::progress) {
    log(log_level::error, to_string(made));
    if (context == report_context::shutdown) {
      owner().tell({incident_kind::gave_up, id(), made.supervisor, to_string(made)});
    }
  } else if (options_.progress == progress_reports::logged) {
    log(log_level::info, to_string(made));
  }
  telemetry().emit(made);
  if (options_.on_report) options_.on_report(made);
}

void supervising::note_restart(const child_spec& child, const process_ref& started) noexcept {
  if (!started) return;
  telemetry().emit_made([&] { return child_restarted{identity(), child.id, started.id()}; });
  recorder* const there = records();
  if (there == nullptr) return;
  note(*there, record_kind::restarted, as_word(started.id()), there->names().number_of(child.id));
}

void supervising::run_later(duration delay, std::move_only_function<void()> action) {
  auto later = std::make_unique<action_message>(std::move(action));
  if (delay == duration::zero()) {
    self().send(std::move(later));
  } else {
    send_after(delay, std::move(later));
  }
}

void supervising::receive(message_ptr received) {
  if (received->kind == message_kind::user) {
    static_cast<user_message&>(*received).deliver(*this);
    if (is_suspended()) keep(std::move(received));
  } else if (received->kind == message_kind::exit) {
    const auto& signal = static_cast<exit_message&>(*received);
    if (signal.from == parent()) {
      run_callback("stop_children", leave(signal.reason));
    } else {
      child_ended(signal);
    }
  } else {
    receive_other(std::move(received));
  }
}

void supervising::receive_other(message_ptr) {
  log(log_level::error, "received an unexpected message; ignored");
}

/// After an exception of its own; every other end has stopped the children before.
void supervising::terminate(const exit_reason&) {
  run_callback("stop_children", end_children());
}

}  // namespace genstage::inline v0
