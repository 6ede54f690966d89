#include <fmt/format.h>

#include <algorithm>
#include <genstage/process/runtime.hpp>
#include <genstage/scheduler/deadline.hpp>
#include <genstage/supervision/supervisor.hpp>

namespace genstage::inline v0 {

namespace {

std::string milliseconds(duration span) {
  return fmt::format("{} ms", std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}

}  // namespace

supervisor::supervisor(supervisor_spec spec) : spec_{std::move(spec)}, budget_{spec_.limits} {
  for (const child_spec& each : spec_.children) {
    if (each.count == 1) {
      children_.push_back({each});
      continue;
    }
    for (std::size_t index = 0; index < each.count; ++index) {
      child_spec one = each;
      one.id = fmt::format("{}/{}", each.id, index);
      if (!each.name.empty()) one.name = fmt::format("{}/{}", each.name, index);
      children_.push_back({std::move(one)});
    }
  }
}

void supervisor::start() {
  trap(exit_signals::arrive_as_messages);
  for (auto each = children_.begin(); each != children_.end(); ++each) {
    const auto same = [&](const child& other) { return other.spec.id == each->spec.id; };
    if (std::any_of(children_.begin(), each, same)) {
      stop(exit_reason::user(fmt::format(
          "supervisor {}: two children have the id \"{}\", ids must differ; not started", label(),
          each->spec.id)));
      return;
    }
  }
  run_callback("start_children", start_all());
}

task<> supervisor::start_all() {
  std::size_t next = 0;
  const std::optional<exit_reason> failure = co_await start_from(next, children_.size());
  if (!failure) co_return;
  const std::string text =
      fmt::format("failed to start child {}: {}", children_[next].spec.id, to_string(*failure));
  log(log_level::error, text);
  co_await stop_from(0);
  stop(exit_reason::shutdown(text));
}

/// Starts the children [next, end). On a failure `next` is the one that failed.
task<std::optional<exit_reason>> supervisor::start_from(std::size_t& next, std::size_t end) {
  for (; next < end; ++next) {
    if (children_[next].process) continue;
    std::optional<exit_reason> failure = co_await start_one(children_[next]);
    if (failure) co_return failure;
  }
  co_return std::nullopt;
}

task<std::optional<exit_reason>> supervisor::start_one(child& started) {
  auto [far, near] = make_operation<std::optional<exit_reason>>();
  spawn_options options{.name = started.spec.name, .parent = self(), .started = far};
  result<process_ref> spawned = started.spec.start(owner(), std::move(options));
  if (!spawned) co_return exit_reason::user(spawned.error().message);
  operation<std::optional<exit_reason>> waiting = std::move(near);
  const result<std::optional<exit_reason>> outcome = co_await std::move(waiting);
  if (outcome && !*outcome) {
    started.process = std::move(*spawned);
    co_return std::nullopt;
  }
  co_return outcome ? **outcome : exit_reason::user(outcome.error().message);
}

task<> supervisor::stop_from(std::size_t first) {
  for (std::size_t index = children_.size(); index > first; --index) {
    if (children_[index - 1].process) co_await stop_one(children_[index - 1]);
  }
}

/// Asks, waits as long as the child may take, kills, and gives up on one that never returns (A46).
task<> supervisor::stop_one(child& stopped) {
  const process_ref leaver = std::exchange(stopped.process, process_ref{});
  const bool brutal = stopped.spec.shutdown == duration::zero();
  driver& scheduler = owner().scheduler();
  if (!brutal) {
    auto [far, near] = make_operation<exit_reason>();
    // Before anybody can complete it.
    if (stopped.spec.shutdown) {
      limit(scheduler, far, scheduler.now() + *stopped.spec.shutdown,
            error{errc::timed_out, "the child did not end in time"});
    }
    if (!leaver.send(std::make_unique<monitor_message>(far))) co_return;
    exit(leaver, exit_reason::shutdown());
    operation<exit_reason> waiting = std::move(near);
    const result<exit_reason> ended = co_await std::move(waiting);
    if (ended) {
      if (!ended->is_orderly() && ended->kind() != exit_kind::noproc) {
        log(log_level::error, fmt::format("child {} ended with {} when told to shut down",
                                          stopped.spec.id, to_string(*ended)));
      }
      co_return;
    }
    log(log_level::error, fmt::format("child {} did not end within {}; killed", stopped.spec.id,
                                      milliseconds(*stopped.spec.shutdown)));
  }
  auto [far, near] = make_operation<exit_reason>();
  limit(scheduler, far, scheduler.now() + spec_.abandon_after,
        error{errc::timed_out, "the child's callback did not return"});
  if (!leaver.send(std::make_unique<monitor_message>(far))) co_return;
  exit(leaver, exit_reason::kill());
  operation<exit_reason> waiting = std::move(near);
  const result<exit_reason> ended = co_await std::move(waiting);
  // Its name is free from here on, and whoever watches it is told.
  if (!ended && owner().abandon(leaver)) {
    log(log_level::error,
        fmt::format("child {} {}: its callback has not returned {} after it was killed; abandoned",
                    stopped.spec.id, to_string(leaver.id()), milliseconds(spec_.abandon_after)));
  }
}

void supervisor::receive(message_ptr received) {
  if (received->kind == message_kind::exit) {
    child_ended(static_cast<exit_message&>(*received));
  } else {
    log(log_level::error, "received an unexpected message; ignored");
  }
}

void supervisor::child_ended(const exit_message& signal) {
  const auto ended = std::ranges::find_if(children_, [&](const child& each) {
    return each.process && each.process.id() == signal.from;
  });
  if (ended == children_.end()) return;  // One that was stopped, or never a child (A59).
  ended->process = process_ref{};
  const bool orderly = signal.reason.is_orderly();
  const restart_type type = ended->spec.restart;
  if (!orderly || type == restart_type::permanent) {
    log(log_level::error,
        fmt::format("child {} ended with {}", ended->spec.id, to_string(signal.reason)));
  }
  if (type == restart_type::temporary) {
    children_.erase(ended);
  } else if (type == restart_type::permanent || !orderly) {
    run_callback("restart_child", restart(static_cast<std::size_t>(ended - children_.begin())));
  }
}

task<> supervisor::restart(std::size_t failed) {
  for (;;) {
    const std::string id = children_[failed].spec.id;
    if (!budget_.spend(owner().scheduler().now())) {
      const restart_limits& limits = budget_.limits();
      co_await give_up(
          fmt::format("child {} was restarted {} times within {}, at most that is "
                      "allowed; gave up",
                      id, limits.restarts, milliseconds(limits.within)));
      co_return;
    }
    std::size_t next = failed;
    std::size_t end = failed + 1;
    if (spec_.strategy != restart_strategy::one_for_one) {
      next = spec_.strategy == restart_strategy::one_for_all ? 0 : failed;
      co_await stop_from(next);
      const std::size_t first = next;
      // Temporary siblings were stopped with the others and don't come back (A49).
      const auto is_gone = [](const child& each) {
        return !each.process && each.spec.restart == restart_type::temporary;
      };
      std::erase_if(children_, is_gone);
      next = std::min(first, children_.size());
      end = children_.size();
    }
    const std::optional<exit_reason> failure = co_await start_from(next, end);
    if (!failure) co_return;
    failed = next;
    log(log_level::error, fmt::format("failed to start child {} again: {}",
                                      children_[failed].spec.id, to_string(*failure)));
  }
}

task<> supervisor::give_up(std::string why) {
  log(log_level::error, std::move(why));
  co_await stop_from(0);
  stop(exit_reason::shutdown());
}

void supervisor::terminate(const exit_reason&) {
  run_callback("stop_children", stop_from(0));
}

child_spec supervised(std::string id, supervisor_spec spec) {
  child_spec made{.id = id, .start = {}, .name = std::move(id)};
  made.start = [spec = std::move(spec)](runtime& where, spawn_options options) {
    return where.spawn(std::make_unique<supervisor>(spec), std::move(options));
  };
  made.shutdown = std::nullopt;
  made.type = child_type::supervisor;
  return made;
}

}  // namespace genstage::inline v0
