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

/// Starts a stage process; what `gs::spawn` and children have in common.
template <class S>
[[nodiscard]] std::unique_ptr<process> make_stage(
    std::move_only_function<std::unique_ptr<S>()> make, std::vector<subscription_plan> plans) {
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
/// Failure: invalid options, in words that name both stages; process_ended.
template <class Consumer, class Producer>
[[nodiscard]] operation<unique_id> subscribe(const ref<Consumer>& consumer,
                                             const ref<Producer>& producer,
                                             subscription_options options = {}) {
  detail::check_wiring<Consumer, Producer>();
  auto [far, near] = make_operation<unique_id>();
  subscription_plan plan{{}, producer.process(), options};
  consumer.process().send(std::make_unique<subscription_request>(std::move(plan), far));
  return std::move(near);
}

/// Asks a producer to end a subscription. The consumer reacts when the producer has confirmed, so
/// events on the way are still handled. Source: G-091.
template <class Producer>
void cancel(const ref<Producer>& producer, unique_id tag, exit_reason reason) {
  producer.process().send(
      std::make_unique<cancel_message>(message_kind::cancel, tag, std::move(reason)));
}

}  // namespace genstage::inline v0
