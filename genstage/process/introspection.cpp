#include <fmt/format.h>

#include <genstage/process/introspection.hpp>
#include <genstage/process/process_extras.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

/// What a suspended process runs: a callback that waits for ever. So it handles its control lane
/// and nothing else, like any process whose callback waits.
task<> stay_suspended() {
  operation<void> never = make_operation<void>().near;
  (void)co_await std::move(never);
}

/// Handles itself, since going on may call back, and what that throws ends the process.
class resume_request final : public system_message {
 public:
  explicit resume_request(completion<void> reply)
      : system_message{moment::at_once}, reply_{std::move(reply)} {}
  ~resume_request() override {
    reply_.complete(fail(errc::process_ended, "resume: the process has ended; not done"));
  }
  void act(process& receiver) override {
    reply_.complete(result<void>{});
    process_extras::resume(receiver);
  }

 private:
  completion<void> reply_;
};

class stop_request final : public system_message {
 public:
  explicit stop_request(exit_reason reason)
      : system_message{moment::at_once}, reason_{std::move(reason)} {}
  void act(process& receiver) override { process_extras::end(receiver, reason_); }

 private:
  exit_reason reason_;
};

/// A long queue is not walked to its end, since nothing else is done meanwhile.
std::size_t bytes_of(const message_list& queue) {
  constexpr std::size_t looked_at = 64;
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (const message* each = queue.front(); each != nullptr && count < looked_at;
       each = each->next) {
    bytes += each->footprint();
    ++count;
  }
  return count == 0 ? 0 : bytes * queue.size() / count;
}

std::string list(const std::vector<pid>& all) {
  std::string text;
  for (const pid each : all) text += (text.empty() ? "" : " ") + to_string(each);
  return text.empty() ? "none" : text;
}

}  // namespace

void process_extras::handle(process& receiver, message_ptr received) {
  auto& request = static_cast<system_message&>(*received);
  const bool waits = receiver.is_suspended() && !is_suspended(receiver) && !receiver.is_ending();
  if (waits && request.when == system_message::moment::between_callbacks) {
    receiver.extras().deferred_.push(std::move(received));
  } else {
    request.act(receiver);
  }
}

void process_extras::callback_is_over(process& receiver) {
  process_extras& kept = *receiver.extras_;
  while (!kept.deferred_.is_empty() && !receiver.is_ending()) {
    const message_ptr next = kept.deferred_.pop();
    static_cast<system_message&>(*next).act(receiver);
  }
}

bool process_extras::is_suspended(const process& asked) noexcept {
  return asked.extras_ && asked.extras_->is_halted_;
}

void process_extras::suspend(process& halted) {
  process_extras& kept = halted.extras();
  if (kept.is_halted_) return;
  halted.run_callback("suspended", stay_suspended());
  kept.is_halted_ = true;
}

void process_extras::resume(process& halted) {
  if (!is_suspended(halted) || halted.is_ending()) return;
  halted.extras_->is_halted_ = false;
  halted.cancel_callback();
  halted.callback_ended();
  if (halted.phase_ == process::phase::starting && !halted.is_suspended()) halted.started();
}

/// As its parent's exit would.
void process_extras::end(process& ended, exit_reason reason) {
  if (ended.phase_ == process::phase::terminating) return;
  ended.cancel_callback();
  ended.stop(std::move(reason));
}

process_summary process_extras::summary_of(const process& asked) {
  using phase = process::phase;
  process_summary seen;
  seen.id = asked.id();
  seen.label = asked.label();
  seen.name = asked.name_;
  seen.parent = asked.parent();
  const bool waits = asked.is_suspended();
  seen.activity = asked.is_ending()                 ? process_activity::terminating
                  : asked.phase_ == phase::starting ? process_activity::starting
                  : is_suspended(asked)             ? process_activity::suspended
                  : waits                           ? process_activity::waiting
                                                    : process_activity::ready;
  if (const char* const runs = asked.callback(); waits && !is_suspended(asked) && runs != nullptr) {
    seen.callback = runs;
  }
  if (waits) seen.waits = coarse_clock::since(asked.waits_since_);
  seen.queue_length = asked.inbox_.size();
  seen.queue_bytes = bytes_of(asked.inbox_);
  if (!asked.inbox_.is_empty()) seen.oldest_message = asked.inbox_.front()->queued_at.age();
  return seen;
}

process_status process_extras::status_of(const process& asked) {
  process_status seen;
  static_cast<process_summary&>(seen) = summary_of(asked);
  seen.exits = asked.trapping_;
  for (const process_ref& each : asked.links_) seen.links.push_back(each.id());
  for (const auto& each : asked.monitors_) seen.monitors.push_back(each.who);
  for (const auto& each : asked.watchers_) {
    if (each->watcher) {
      seen.monitored_by.push_back(each->watcher.id());
    } else {
      ++seen.outside_watchers;
    }
  }
  seen.memory = sizeof(process_cell) + asked.footprint() + seen.queue_bytes +
                asked.links_.capacity() * sizeof(process_ref) +
                asked.monitors_.capacity() * sizeof(process::monitored) +
                asked.watchers_.size() * sizeof(monitor_message) +
                (asked.extras_ ? sizeof(process_extras) : 0);
  try {
    seen.state = asked.describe_state();
  } catch (...) {
    const exit_reason thrown = exit_reason::exception(std::current_exception(), "describe_state");
    seen.state = fmt::format("describe_state threw {}: {}", thrown.exception_type(), thrown.text());
  }
  return seen;
}

namespace detail {

std::optional<error> cannot_ask(const process_ref& to, const char* what) {
  if (!to) {
    return error{errc::not_found,
                 fmt::format("{}: the reference names no process; not sent", what)};
  }
  const process* const here = process::current();
  if (here == nullptr || here->self() != to) return std::nullopt;
  return error{errc::refused,
               fmt::format("{}: process {} asks for itself, only another one can be waited for; "
                           "refused",
                           what, here->label())};
}

result<void*> state_of(process& receiver, const char* what) {
  void* const state = process_extras::is_ending(receiver) ? nullptr : receiver.user();
  if (state != nullptr) return state;
  return fail(errc::process_ended,
              fmt::format("{}: process {} is about to end; not done", what, receiver.label()));
}

}  // namespace detail

operation<void> suspend(const process_ref& halted, duration within) {
  auto act = [](process& receiver) -> result<void> {
    if (process_extras::is_ending(receiver)) {
      return fail(errc::process_ended,
                  fmt::format("suspend: process {} is about to end; not done", receiver.label()));
    }
    process_extras::suspend(receiver);
    return {};
  };
  return detail::ask_system<void>(halted, "suspend", system_message::moment::between_callbacks, act,
                                  within);
}

operation<void> resume(const process_ref& halted, duration within) {
  auto [far, near] = make_operation<void>();
  if (auto why = detail::cannot_ask(halted, "resume")) {
    far.complete(std::unexpected{*std::move(why)});
    return std::move(near);
  }
  driver& scheduler = halted.cell()->owner().scheduler();
  limit(scheduler, far, scheduler.now() + within,
        error{errc::timed_out, "resume: no answer within the limit; given up"});
  halted.post(std::make_unique<resume_request>(std::move(far)));
  return std::move(near);
}

operation<process_status> status(const process_ref& asked, duration within) {
  auto act = [](process& receiver) -> result<process_status> {
    return process_extras::status_of(receiver);
  };
  return detail::ask_system<process_status>(asked, "status", system_message::moment::at_once, act,
                                            within);
}

operation<void> terminate(const process_ref& ended, exit_reason reason, duration within) {
  auto act = [reason = std::move(reason)](process& receiver) -> result<void> {
    process_extras::end(receiver, reason);
    return {};
  };
  return detail::ask_system<void>(ended, "terminate", system_message::moment::at_once,
                                  std::move(act), within);
}

operation<void> stop(const process_ref& ended, exit_reason reason, duration within) {
  auto [far, near] = make_operation<void>();
  if (auto why = detail::cannot_ask(ended, "stop")) {
    far.complete(std::unexpected{*std::move(why)});
    return std::move(near);
  }
  driver& scheduler = ended.cell()->owner().scheduler();
  limit(scheduler, far, scheduler.now() + within,
        error{errc::timed_out, fmt::format("stop: process {} has not ended within the limit; it is "
                                           "still about to",
                                           to_string(ended.id()))});
  ended.post(std::make_unique<monitor_message>(
      detail::when_ended([far, wanted = reason, who = ended.id()](const exit_reason& seen) {
        if (seen == wanted) {
          far.complete(result<void>{});
        } else if (seen.kind() == exit_kind::noproc) {
          far.complete(fail(
              errc::process_ended,
              fmt::format("stop: process {} had ended before; not stopped again", to_string(who))));
        } else {
          far.complete(fail(errc::process_ended,
                            fmt::format("stop: process {} ended with {}, {} was asked for",
                                        to_string(who), to_string(seen), to_string(wanted))));
        }
      })));
  ended.post(std::make_unique<stop_request>(std::move(reason)));
  return std::move(near);
}

std::string_view to_string(process_activity activity) noexcept {
  switch (activity) {
    case process_activity::starting:
      return "starting";
    case process_activity::ready:
      return "ready";
    case process_activity::waiting:
      return "waiting";
    case process_activity::suspended:
      return "suspended";
    case process_activity::terminating:
      return "terminating";
  }
  return "unknown";
}

std::string to_string(const process_status& status) {
  return fmt::format(
      "process {} {}\n"
      "  {}{}{}, {} in its queue, about {} bytes, {} exits\n"
      "  parent {}, links {}\n"
      "  monitors {}, monitored by {}{}\n"
      "  state: {}\n",
      status.label, to_string(status.id), to_string(status.activity),
      status.callback.empty() ? "" : " in ", status.callback, status.queue_length, status.memory,
      status.exits == exit_signals::arrive_as_messages ? "traps" : "does not trap",
      status.parent ? to_string(status.parent) : "none", list(status.links), list(status.monitors),
      list(status.monitored_by),
      status.outside_watchers > 0 ? fmt::format(" and {} from outside", status.outside_watchers)
                                  : "",
      status.state.empty() ? "not told" : status.state);
}

}  // namespace genstage::inline v0
