#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/process/name.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/request.hpp>
#include <genstage/task/operation.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// A look into a running process, and a hand on it: what OTP calls sys.
//
// Requests travel on the control lane: they are answered however long the queue of messages is,
// between two callbacks. While a callback that is a coroutine waits, `status`, `resume` and
// `terminate` are handled at once; the others wait for its end, as they need a state that nobody is
// changing.
//
//     auto asked = gs::get_state(counter, [](const counter_server& state) { return state.count();
//     }); const auto count = co_await std::move(asked);
//
// Threads: any. Failure: process_ended if the process ends first, timed_out after `within`
// (suspending and replacing may then still happen), refused when a process inspects itself.
// Source: A27, A28, A32 to A35.
namespace genstage::inline v0 {

enum class process_activity : std::uint8_t {
  starting,     ///< `init` has not ended
  ready,        ///< between callbacks
  waiting,      ///< a callback is suspended
  suspended,    ///< by `suspend`
  terminating,  ///< it is about to end
};

[[nodiscard]] std::string_view to_string(process_activity activity) noexcept;

/// What is known of a process and cheap enough to be asked of all of them.
struct process_summary {
  pid id{};
  std::string label{};  ///< the name, or the pid as text
  std::string name{};   ///< the registered one; empty for none
  pid parent{};
  process_activity activity = process_activity::ready;
  std::string callback{};                    ///< the one that waits; empty for none
  std::optional<duration> waits{};           ///< for how long, or has been suspended
  std::size_t queue_length = 0;              ///< messages that have arrived and were not taken up
  std::size_t queue_bytes = 0;               ///< about, by those that are to come first
  std::optional<duration> oldest_message{};  ///< how long it has been waiting, to a millisecond

  friend bool operator==(const process_summary&, const process_summary&) = default;
};

/// What is known of a process. Source: A34.
struct process_status : process_summary {
  exit_signals exits = exit_signals::end_the_process;
  std::vector<pid> links;
  std::vector<pid> monitors;      ///< one entry for each monitor
  std::vector<pid> monitored_by;  ///< processes; watchers outside of processes are not named
  std::size_t outside_watchers = 0;
  std::size_t memory =
      0;              ///< bytes of its own objects and queue entries, not of what they refer to
  std::string state;  ///< what `describe_state` of the user's object says; empty without it
};

/// For people, several lines.
[[nodiscard]] std::string to_string(const process_status& status);

namespace detail {

template <class R, class Act>
class system_request final : public system_message {
 public:
  system_request(const char* what, moment earliest, Act act, completion<R> reply)
      : system_message{earliest}, what_{what}, act_{std::move(act)}, reply_{std::move(reply)} {}
  ~system_request() override {
    reply_.complete(
        fail(errc::process_ended, what_ + std::string{": the process has ended; not done"}));
  }

  void act(process& receiver) override {
    try {
      reply_.complete(act_(receiver));
    } catch (...) {
      const exit_reason thrown = exit_reason::exception(std::current_exception(), what_);
      reply_.complete(
          fail(errc::invalid_argument, what_ + (": the function threw " + thrown.exception_type() +
                                                ": " + thrown.text() + "; the process goes on")));
    }
  }

 private:
  const char* what_;
  Act act_;
  completion<R> reply_;
};

/// Why `to` cannot be asked, or no value.
[[nodiscard]] std::optional<error> cannot_ask(const process_ref& to, const char* what);
/// The user's object, or the failure that there is none (any more).
[[nodiscard]] result<void*> state_of(process& receiver, const char* what);

/// Sends `act`, to be called with the process, and completes with what it returns.
template <class R, class Act>
operation<R> ask_system(const process_ref& to, const char* what, system_message::moment earliest,
                        Act act, duration within) {
  auto [far, near] = make_operation<R>();
  if (auto why = cannot_ask(to, what)) {
    far.complete(std::unexpected{*std::move(why)});
    return std::move(near);
  }
  driver& scheduler = to.cell()->owner().scheduler();
  limit(scheduler, far, scheduler.now() + within,
        error{errc::timed_out, what + std::string{": no answer within the limit; given up"}});
  to.post(std::make_unique<system_request<R, Act>>(what, earliest, std::move(act), far));
  return std::move(near);
}

template <class R, class S, class F>
operation<R> visit_state(const ref<S>& owner, const char* what, F visit, duration within) {
  auto act = [what, visit = std::move(visit)](process& receiver) mutable -> result<R> {
    const result<void*> state = state_of(receiver, what);
    if (!state) return std::unexpected{state.error()};
    if constexpr (std::is_void_v<R>) {
      std::invoke(visit, *static_cast<S*>(*state));
      return {};
    } else {
      return result<R>{std::invoke(visit, *static_cast<S*>(*state))};
    }
  };
  return ask_system<R>(owner.process(), what, system_message::moment::between_callbacks,
                       std::move(act), within);
}

}  // namespace detail

/// Calls `read` with the user's object between two callbacks, and completes with a copy of what it
/// returns. Failure: what `read` throws becomes invalid_argument; the process goes on.
template <class S, std::invocable<const S&> F>
[[nodiscard]] auto get_state(const ref<S>& owner, F read, duration within = default_call_limit) {
  using value = std::remove_cvref_t<std::invoke_result_t<F&, const S&>>;
  return detail::visit_state<value>(
      owner, "get_state",
      [read = std::move(read)](const S& state) mutable { return std::invoke(read, state); },
      within);
}

/// Calls `change` with the user's object between two callbacks, and completes with what it returns.
/// Failure: what it throws becomes invalid_argument and the process goes on; what it has changed
/// before stays changed, so let it do first what may throw.
template <class S, std::invocable<S&> F>
[[nodiscard]] auto replace_state(const ref<S>& owner, F change,
                                 duration within = default_call_limit) {
  using value = std::remove_cvref_t<std::invoke_result_t<F&, S&>>;
  return detail::visit_state<value>(owner, "replace_state", std::move(change), within);
}

/// From its completion on the process takes up no message until `resume`: messages queue, calls
/// time out and are still handled later. System requests, a kill and its parent's exit still work.
/// Suspending what is suspended changes nothing.
[[nodiscard]] operation<void> suspend(const process_ref& halted,
                                      duration within = default_call_limit);
/// The process goes on with what has queued, in order. Nothing happens if it is not suspended.
[[nodiscard]] operation<void> resume(const process_ref& halted,
                                     duration within = default_call_limit);
[[nodiscard]] operation<process_status> status(const process_ref& asked,
                                               duration within = default_call_limit);
/// Ends the process with this reason, after its `terminate` callback, even if it is suspended.
/// Completes when the request is taken up.
[[nodiscard]] operation<void> terminate(const process_ref& ended, exit_reason reason,
                                        duration within = default_call_limit);

/// The same, and completes once the process has ended with this reason.
///
/// Failure: process_ended if it had ended before, or ended with another reason; timed_out after
/// `within`, and then it is still about to end. Source: A20.
[[nodiscard]] operation<void> stop(const process_ref& ended,
                                   exit_reason reason = exit_reason::normal(),
                                   duration within = default_call_limit);

template <class S>
[[nodiscard]] operation<void> suspend(const ref<S>& halted, duration within = default_call_limit) {
  return suspend(halted.process(), within);
}
template <class S>
[[nodiscard]] operation<void> resume(const ref<S>& halted, duration within = default_call_limit) {
  return resume(halted.process(), within);
}
template <class S>
[[nodiscard]] operation<process_status> status(const ref<S>& asked,
                                               duration within = default_call_limit) {
  return status(asked.process(), within);
}
template <class S>
[[nodiscard]] operation<void> terminate(const ref<S>& ended, exit_reason reason,
                                        duration within = default_call_limit) {
  return terminate(ended.process(), std::move(reason), within);
}

template <class S>
[[nodiscard]] operation<void> stop(const ref<S>& ended, exit_reason reason = exit_reason::normal(),
                                   duration within = default_call_limit) {
  return stop(ended.process(), std::move(reason), within);
}

}  // namespace genstage::inline v0
