#pragma once

#include <genstage/stage/stage_process.hpp>

namespace genstage::inline v0 {

namespace detail {

/// Called only for a wrong wiring, so that the compiler's message names both stages and both types.
/// A static_assert cannot carry them, and clang names no arguments of a class around the function.
template <class Consumer, class Producer, class ConsumerTakes, class ProducerEmits>
void the_producer_does_not_emit_the_events_that_the_consumer_takes() = delete;

template <class Consumer, class Producer, class Event>
void the_producer_broadcasts_events_that_cannot_be_copied_to_a_consumer_that_owns_them() = delete;

template <class Consumer, class Producer>
constexpr void check_wiring() {
  static_assert(receiving<Consumer>, "The subscriber is a producer; it takes no events.");
  static_assert(emitting<Producer>, "The stage subscribed to is a consumer; it emits no events.");
  if constexpr (receiving<Consumer> && emitting<Producer>) {
    using takes = std::remove_const_t<typename Consumer::input_event>;
    using emits = typename Producer::output_event;
    if constexpr (!std::same_as<takes, emits>) {
      the_producer_does_not_emit_the_events_that_the_consumer_takes<Consumer, Producer, takes,
                                                                    emits>();
    }
    if constexpr (broadcasting_stage<Producer> && !std::copy_constructible<emits> &&
                  !std::is_const_v<typename Consumer::input_event>) {
      the_producer_broadcasts_events_that_cannot_be_copied_to_a_consumer_that_owns_them<
          Consumer, Producer, emits>();
    }
  }
}

/// Has a consumer subscribe itself. Failure: as `subscribe` says.
[[nodiscard]] operation<unique_id> request_subscription(const process_ref& consumer,
                                                        subscription_plan plan);
/// The same without waiting.
void send_subscription(const process_ref& consumer, subscription_plan plan);

/// Options are functions of the stage; one that its kind does not have would be overlooked.
/// Source: G-018, G-019, G-022.
template <class S>
constexpr void check_options() {
  constexpr bool has_dispatcher = requires(const S& made) { made.dispatcher(); };
  constexpr bool has_buffer = requires(const S& made) { made.buffer(); };
  constexpr bool has_mode = requires(const S& made) { made.initial_demand(); };
  static_assert(emitting<S> || !has_dispatcher, "A consumer emits no events; no dispatcher().");
  static_assert(emitting<S> || !has_buffer, "A consumer emits no events; no buffer().");
  static_assert((emitting<S> && !receiving<S>) || !has_mode,
                "Only producers have a demand mode; no initial_demand().");
}

/// Starts a stage process; what `gs::spawn` and children have in common.
template <class S>
[[nodiscard]] std::unique_ptr<process> make_stage(
    std::move_only_function<std::unique_ptr<S>()> make, std::vector<subscription_plan> plans) {
  check_options<S>();
  return std::make_unique<stage_process<S>>(std::move(make), std::move(plans));
}

}  // namespace detail

/// Starts a stage without an application. Its object is made inside the new process, from copies of
/// the arguments.
template <std::derived_from<stage> S, class... Arguments>
result<ref<S>> spawn(runtime& where, spawn_options options, Arguments... arguments) {
  auto make = [... kept = std::move(arguments)]() mutable {
    return std::make_unique<S>(std::move(kept)...);
  };
  auto spawned = where.spawn(detail::make_stage<S>(std::move(make), {}), std::move(options));
  if (!spawned) return std::unexpected{std::move(spawned.error())};
  return ref<S>{std::move(*spawned)};
}

/// Subscribes a consumer to a producer. Completes with the subscription's tag once the consumer has
/// sent its wish, and its first ask.
///
/// A wrong pair of event types does not compile.
/// Failure: invalid options, in words that name both stages; process_ended; refused if a stage
/// subscribes itself and would wait for itself: that is what `async_subscribe` is for.
template <class Consumer, class Producer>
[[nodiscard]] operation<unique_id> subscribe(const ref<Consumer>& consumer,
                                             const ref<Producer>& producer,
                                             subscription_options options = {}) {
  detail::check_wiring<Consumer, Producer>();
  return detail::request_subscription(consumer.process(),
                                      {{}, producer.process(), std::move(options)});
}
/// The same to whoever has this name when the consumer takes up the request. If nobody has, the
/// consumer stops with noproc, unless `cancel` is temporary. Source: G-033, G-056, G-057.
template <class Consumer, class Producer>
[[nodiscard]] operation<unique_id> subscribe(const ref<Consumer>& consumer, name<Producer> producer,
                                             subscription_options options = {}) {
  detail::check_wiring<Consumer, Producer>();
  return detail::request_subscription(consumer.process(),
                                      {std::string{producer.text()}, {}, std::move(options)});
}

/// Asks a producer to end a subscription. The consumer reacts when the producer has confirmed, so
/// events on the way are still handled. Source: G-091.
template <class Producer>
void cancel(const ref<Producer>& producer, unique_id tag, exit_reason reason) {
  producer.process().post(
      std::make_unique<cancel_message>(message_kind::cancel, tag, std::move(reason)));
}

}  // namespace genstage::inline v0
