#pragma once

#include <concepts>
#include <genstage/process/request.hpp>
#include <genstage/stage/spawn.hpp>
#include <genstage/task/operation.hpp>
#include <memory>
#include <utility>

/// What can be asked of a running stage, besides `subscribe` and `cancel`.
///
/// Threads: any. Ordering: with the casts and calls of the same sender.
namespace genstage::inline v0 {

namespace detail {

template <class S, class M>
concept plain_info_handler = requires(S& made, M info) { made.handle_info(std::move(info)); };
template <class S, class M>
concept emitting_info_handler = requires(S& made, M info, typename S::output_type& out) {
  made.handle_info(std::move(info), out);
};

template <class S, class M>
class info_message final : public user_message {
 public:
  explicit info_message(M info) : info_{std::move(info)} {}

  void deliver(process& receiver) override {
    if constexpr (is_task<decltype(run(receiver))>) {
      receiver.run_callback("handle_info", run(receiver));
    } else {
      receiver.call_back("handle_info", [&] { run(receiver); });
    }
  }
  [[nodiscard]] const char* type() const noexcept override { return typeid(M).name(); }
  [[nodiscard]] std::size_t footprint() const noexcept override { return sizeof *this; }

 private:
  auto run(process& receiver) {
    S& user = *static_cast<S*>(receiver.user());
    if constexpr (emitting_info_handler<S, M>) {
      return user.handle_info(std::move(info_),
                              *static_cast<typename S::output_type*>(receiver.output()));
    } else {
      return user.handle_info(std::move(info_));
    }
  }

  M info_;
};

/// A request that is a function of the stage, with a reply or none.
template <class Reply, class Action>
class stage_question final : public stage_request {
 public:
  stage_question(Action action, completion<Reply> told)
      : action_{std::move(action)}, reply_{std::move(told)} {}
  ~stage_question() override {
    reply_.complete(fail(errc::process_ended, "the stage has ended; not answered"));
  }
  void act(stage_requests& receiver) override {
    if constexpr (std::is_void_v<Reply>) {
      action_(receiver);
      reply_.complete(result<void>{});
    } else {
      reply_.complete(result<Reply>{action_(receiver)});
    }
  }

 private:
  Action action_;
  completion<Reply> reply_;
};

/// Failure: process_ended; refused if a stage would wait for itself.
template <class Reply, class Action>
[[nodiscard]] operation<Reply> ask_stage(const process_ref& stage, Action action) {
  auto [far, near] = make_operation<Reply>();
  if (auto why = cannot_call(stage.cell())) {
    far.complete(std::unexpected{*std::move(why)});
  } else {
    stage.post(std::make_unique<stage_question<Reply, Action>>(std::move(action), far));
  }
  return std::move(near);
}
/// The same without a reply.
template <class Action>
void tell_stage(const process_ref& stage, Action action) {
  auto [far, near] = make_operation<void>();
  stage.post(std::make_unique<stage_question<void, Action>>(std::move(action), std::move(far)));
}

/// What has a stage receive `info` behind its events.
template <class S, class M>
[[nodiscard]] auto behind_events(M info) {
  return [queued = message_ptr{std::make_unique<info_message<S, M>>(std::move(info))}](
             stage_requests& to) mutable { to.tell_behind_events(std::move(queued)); };
}

}  // namespace detail

/// S has a `handle_info(M)`, or one that emits: `handle_info(M, output<T>&)`.
template <class S, class M>
concept handles_info = detail::plain_info_handler<S, M> || detail::emitting_info_handler<S, M>;

/// Has the stage's `handle_info` called with `info` once all events that it has made so far have
/// been sent. The usual way to end a producer: emit the last events, send this to oneself, and stop
/// when it comes. Completes when the info is queued.
///
/// Ordering: several come in the order they were sent, and after what is in the mailbox already.
/// What was sent need not have been handled by the consumers.
/// Failure: process_ended. Source: G-209 to G-218.
template <class S, class M>
  requires handles_info<S, M>
[[nodiscard]] operation<void> sync_info(const ref<S>& stage, M info) {
  return detail::ask_stage<void>(stage.process(), detail::behind_events<S>(std::move(info)));
}
/// The same without waiting; what a stage sends to itself.
template <class S, class M>
  requires handles_info<S, M>
void async_info(const ref<S>& stage, M info) {
  detail::tell_stage(stage.process(), detail::behind_events<S>(std::move(info)));
}

/// How many events wait for consumers to ask: in the buffer of a producer or producer_consumer, and
/// in the queues of its partitions; not those that it has received and not begun.
template <emitting S>
[[nodiscard]] operation<std::size_t> estimate_buffered_count(const ref<S>& stage) {
  return detail::ask_stage<std::size_t>(stage.process(),
                                        [](stage_requests& to) { return to.buffered_count(); });
}

/// Whether a producer passes on demand; `forward` for other stages (recommendation G-155).
template <class S>
[[nodiscard]] operation<demand_mode> get_demand(const ref<S>& stage) {
  return detail::ask_stage<demand_mode>(stage.process(),
                                        [](stage_requests& to) { return to.get_demand(); });
}

/// Changes it. On `forward`, what was buffered leaves first, then each accumulated ask leads to its
/// own `handle_demand`. Source: G-156 to G-167.
template <emitting S>
void set_demand(const ref<S>& stage, demand_mode mode) {
  static_assert(!receiving<S>, "The demand mode can only be set for producers.");
  detail::tell_stage(stage.process(), [mode](stage_requests& to) { to.set_demand(mode); });
}

/// The stage's kind, dispatcher and subscriptions. What the user's object says of its state is in
/// `status`, with what is known of every process.
template <std::derived_from<stage> S>
[[nodiscard]] operation<stage_status> get_stage_status(const ref<S>& asked) {
  return detail::ask_stage<stage_status>(asked.process(),
                                         [](stage_requests& to) { return to.describe(); });
}

/// As `subscribe`, without waiting for it. Failure: only seen in the log, or in the consumer's end.
template <class Consumer, class Producer>
void async_subscribe(const ref<Consumer>& consumer, const ref<Producer>& producer,
                     subscription_options options = {}) {
  detail::check_wiring<Consumer, Producer>();
  detail::send_subscription(consumer.process(), {{}, producer.process(), std::move(options)});
}

/// Subscribes anew and has the producer end `previous` for it, in one step, so that demand and
/// events of both do not mix. The end of the old subscription is judged by the old one's cancel
/// mode: a permanent consumer stops. A tag that the producer does not know is not looked at.
/// Source: G-069 to G-073.
template <class Consumer, class Producer>
[[nodiscard]] operation<unique_id> resubscribe(const ref<Consumer>& consumer,
                                               const ref<Producer>& producer, unique_id previous,
                                               exit_reason reason,
                                               subscription_options options = {}) {
  detail::check_wiring<Consumer, Producer>();
  return detail::request_subscription(
      consumer.process(),
      {{}, producer.process(), std::move(options), replacement{previous, std::move(reason)}});
}
template <class Consumer, class Producer>
void async_resubscribe(const ref<Consumer>& consumer, const ref<Producer>& producer,
                       unique_id previous, exit_reason reason, subscription_options options = {}) {
  detail::check_wiring<Consumer, Producer>();
  detail::send_subscription(
      consumer.process(),
      {{}, producer.process(), std::move(options), replacement{previous, std::move(reason)}});
}

}  // namespace genstage::inline v0
