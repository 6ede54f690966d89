#pragma once

#include <chrono>
#include <genstage/core/error.hpp>
#include <genstage/process/later_reply.hpp>
#include <genstage/process/name.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/scheduler/deadline.hpp>
#include <genstage/task/operation.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace genstage::inline v0 {

namespace detail {

template <class S, class M>
concept plain_cast_handler =
    requires(S& server, M request) { server.handle_cast(std::move(request)); };
template <class S, class M>
concept emitting_cast_handler = requires(S& server, M request, typename S::output_type& out) {
  server.handle_cast(std::move(request), out);
};
template <class S, class M>
concept plain_call_handler =
    requires(S& server, M request) { server.handle_call(std::move(request)); };
template <class S, class M>
concept emitting_call_handler = requires(S& server, M request, typename S::output_type& out) {
  server.handle_call(std::move(request), out);
};

template <class S, class M>
auto run_cast(process& receiver, M& request) {
  S& server = *static_cast<S*>(receiver.user());
  if constexpr (emitting_cast_handler<S, M>) {
    return server.handle_cast(std::move(request),
                              *static_cast<typename S::output_type*>(receiver.output()));
  } else {
    return server.handle_cast(std::move(request));
  }
}

template <class S, class M>
auto run_call(process& receiver, M& request) {
  S& server = *static_cast<S*>(receiver.user());
  if constexpr (emitting_call_handler<S, M>) {
    return server.handle_call(std::move(request),
                              *static_cast<typename S::output_type*>(receiver.output()));
  } else {
    return server.handle_call(std::move(request));
  }
}

template <class T>
struct value_of {
  using type = T;
};
template <class T>
struct value_of<task<T>> {
  using type = T;
};
template <class T>
struct value_of<later_reply<T>> {
  using type = T;
};

template <class S, class M>
using reply_of =
    typename value_of<decltype(run_call<S, M>(std::declval<process&>(), std::declval<M&>()))>::type;

template <class S, class M>
class cast_message final : public user_message {
 public:
  explicit cast_message(M request) : request_{std::move(request)} {}

  void deliver(process& receiver) override {
    if constexpr (is_task<decltype(run_cast<S, M>(receiver, request_))>) {
      receiver.enter("handle_cast");  // A handler may throw before it is a coroutine.
      receiver.run_callback("handle_cast", run_cast<S, M>(receiver, request_));
    } else {
      receiver.call_back("handle_cast", [&] { run_cast<S, M>(receiver, request_); });
    }
  }
  [[nodiscard]] const char* type() const noexcept override { return typeid(M).name(); }
  [[nodiscard]] std::size_t footprint() const noexcept override { return sizeof *this; }

 private:
  M request_;
};

/// What the handler emitted leaves before its reply (G-037, G-310).
template <class R>
task<> answer_later(process& receiver, task<R> handler, completion<R> reply) {
  if constexpr (std::is_void_v<R>) {
    co_await std::move(handler);
    receiver.send_output();
    reply.complete(result<void>{});
  } else {
    R value = co_await std::move(handler);
    receiver.send_output();
    reply.complete(result<R>{std::move(value)});
  }
}

template <class S, class M, class R>
class call_message final : public user_message {
 public:
  call_message(M request, completion<R> reply)
      : request_{std::move(request)}, reply_{std::move(reply)} {}
  /// The process has ended, or its handler failed, before it answered.
  ~call_message() override {
    if (is_handed_over_ || reply_.is_settled()) return;
    reply_.complete(
        fail(errc::process_ended, "call: the process ended before it answered; no reply"));
  }

  void deliver(process& receiver) override {
    using returned = decltype(run_call<S, M>(receiver, request_));
    if constexpr (is_task<returned>) {
      receiver.enter("handle_call");
      receiver.run_callback("handle_call",
                            answer_later<R>(receiver, run_call<S, M>(receiver, request_), reply_));
    } else if constexpr (is_later_reply<returned>) {
      const returned answer = handle(receiver);
      receiver.send_output();
      is_handed_over_ = true;
      answer.connect(reply_);
    } else {
      if constexpr (std::is_void_v<R>) {
        handle(receiver);
        receiver.send_output();
        reply_.complete(result<void>{});
      } else {
        result<R> answer{handle(receiver)};
        receiver.send_output();
        reply_.complete(std::move(answer));
      }
    }
  }
  [[nodiscard]] const char* type() const noexcept override { return typeid(M).name(); }
  [[nodiscard]] std::size_t footprint() const noexcept override { return sizeof *this; }

 private:
  auto handle(process& receiver) {
    return receiver.call_back("handle_call", [&] { return run_call<S, M>(receiver, request_); });
  }

  M request_;
  completion<R> reply_;
  bool is_handed_over_ = false;  ///< To a reply that comes later.
};

[[nodiscard]] inline error no_reply_in_time() {
  return {errc::timed_out, "call: no reply within the limit; given up"};
}

[[nodiscard]] result<process_ref> resolve(const runtime& where, std::string_view name,
                                          const void* user_type);
[[nodiscard]] runtime& current_runtime();
/// In the records of the process that runs on this thread, if there is one.
void note_timer(duration delay) noexcept;
/// Why a process cannot be called from here, or no value.
[[nodiscard]] std::optional<error> cannot_call(const process_cell* called);

}  // namespace detail

/// S has a `handle_cast(M)`, or one that emits: `handle_cast(M, output<T>&)`.
template <class S, class M>
concept handles_cast = detail::plain_cast_handler<S, M> || detail::emitting_cast_handler<S, M>;

/// S has a `handle_call(M)`, or one that emits. Its result is the reply.
template <class S, class M>
concept handles_call = detail::plain_call_handler<S, M> || detail::emitting_call_handler<S, M>;

/// The process that has this name now.
///
/// Failure: not_found if nobody has it, invalid_argument if the holder is of another type.
template <class S>
[[nodiscard]] result<ref<S>> find(const runtime& where, name<S> wanted) {
  auto found = detail::resolve(where, wanted.text(), detail::type_key<S>());
  if (!found) return std::unexpected{std::move(found.error())};
  return ref<S>{std::move(*found)};
}

/// Sends a request that has no reply. False if the receiver has ended.
///
/// Threads: any. Ordering: requests of one sender arrive in the order sent.
template <class S, class M>
  requires handles_cast<S, M>
bool cast(const ref<S>& receiver, M request) {
  return receiver.process().post(std::make_unique<detail::cast_message<S, M>>(std::move(request)));
}

template <class S, class M>
  requires handles_cast<S, M>
result<void> cast(const runtime& where, name<S> receiver, M request) {
  const result<ref<S>> found = find(where, receiver);
  if (!found) return std::unexpected{found.error()};
  cast(*found, std::move(request));
  return {};
}

/// How long a call waits for its reply.
inline constexpr duration default_call_limit = std::chrono::seconds{5};
/// For a call that waits until its receiver answers or ends. Costs no timer.
inline constexpr duration no_limit = duration::max();

/// Sends a request and completes with the reply.
///
///     auto asked = gs::call(counter, get_count{});
///     const auto count = co_await std::move(asked);
///
/// Failure: process_ended if the receiver ends first or has ended, timed_out after `within`; the
/// receiver still handles a request that timed out, and its late reply is dropped. refused if a
/// process calls itself. The caller gets the failure as a value and goes on, where OTP's exits.
/// Threads: any. Source: A7, A16.
template <class S, class M>
  requires handles_call<S, M>
[[nodiscard]] auto call(const ref<S>& receiver, M request, duration within = default_call_limit) {
  using reply = detail::reply_of<S, M>;
  auto [far, near] = make_operation<reply>();
  process_cell* const cell = receiver.process().cell();
  if (std::optional<error> why = detail::cannot_call(cell)) {
    far.complete(std::unexpected{*std::move(why)});
    return std::move(near);
  }
  driver& scheduler = cell->owner().scheduler();
  if (within != no_limit) {
    limit<detail::no_reply_in_time>(scheduler, far, scheduler.now() + within);
  }
  receiver.process().post(
      std::make_unique<detail::call_message<S, M, reply>>(std::move(request), std::move(far)));
  return std::move(near);
}

/// The same to whoever has this name now. Failure: not_found and invalid_argument besides.
template <class S, class M>
  requires handles_call<S, M>
[[nodiscard]] auto call(const runtime& where, name<S> receiver, M request,
                        duration within = default_call_limit) {
  const result<ref<S>> found = find(where, receiver);
  if (found) return call(*found, std::move(request), within);
  auto [far, near] = make_operation<detail::reply_of<S, M>>();
  far.complete(std::unexpected{found.error()});
  return std::move(near);
}

/// Sends a request after `delay`, never before. The timer can be disarmed until it fires; it does
/// nothing if the receiver has ended. Source: A21.
template <class S, class M>
  requires handles_cast<S, M>
timer_id cast_after(duration delay, const ref<S>& receiver, M request) {
  driver& scheduler = receiver.process().cell()->owner().scheduler();
  detail::note_timer(delay);
  return scheduler.arm(scheduler.now() + delay,
                       [receiver, late = std::make_unique<detail::cast_message<S, M>>(
                                      std::move(request))]() mutable noexcept {
                         receiver.process().send(std::move(late));
                       });
}

/// The same to whoever has the name when the time has come; nothing happens if nobody has.
template <class S, class M>
  requires handles_cast<S, M>
timer_id cast_after(duration delay, const runtime& where, name<S> receiver, M request) {
  driver& scheduler = where.scheduler();
  detail::note_timer(delay);
  return scheduler.arm(scheduler.now() + delay,
                       [&where, receiver, late = std::move(request)]() mutable noexcept {
                         (void)cast(where, receiver, std::move(late));
                       });
}

/// An operation that completes after `delay`, for use in callbacks that are coroutines.
[[nodiscard]] inline operation<void> sleep_for(duration delay) {
  detail::note_timer(delay);
  return sleep_for(detail::current_runtime().scheduler(), delay);
}

}  // namespace genstage::inline v0
