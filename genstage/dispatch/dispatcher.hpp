#pragma once

#include <concepts>
#include <cstdint>
#include <expected>
#include <genstage/core/demand.hpp>
#include <genstage/core/error.hpp>
#include <genstage/core/exit_reason.hpp>
#include <genstage/dispatch/subscription_options.hpp>
#include <genstage/process/pid.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/process/state_digest.hpp>
#include <span>

/// The contract of dispatchers: who gets how many of the events that a stage emits.
///
/// A dispatcher is a pure value. It is told of subscriptions, asks and events, and answers what is
/// to be done; the stage does it. A stage says which one it uses by a function, whose result's type
/// the library uses as it is, so nothing is called indirectly:
///
///     auto dispatcher() const { return gs::broadcast_dispatcher{}; }
///
/// One that is none of the library's has to be a `counting_dispatcher` or a `routing_dispatcher`.
/// Source: section 13, with the deliverable count that G-230 asks for.
namespace genstage::inline v0 {

/// The next `count` events go to the subscription `to`; to nobody, if it is `unique_id::none`.
struct delivery {
  unique_id to;
  std::uint64_t count;
  friend bool operator==(const delivery&, const delivery&) = default;
};

/// Who wants to join, and how.
struct joining {
  unique_id tag;
  pid consumer;
  const subscription_options& options;
};

/// Whether a dispatcher takes a consumer. If not, the reason is told to both ends, and only this
/// subscription ends (recommendation G-098).
using admission = std::expected<void, exit_reason>;

/// The reasons that stages give each other.
namespace cancel_reason {
[[nodiscard]] inline exit_reason unknown_subscription() {
  return exit_reason::user("unknown_subscription");
}
[[nodiscard]] inline exit_reason duplicated_subscription() {
  return exit_reason::user("duplicated_subscription");
}
/// Ends no consumer, not even a permanent one (G-114).
[[nodiscard]] inline exit_reason already_subscribed() {
  return exit_reason::user("already_subscribed");
}
}  // namespace cancel_reason

/// What every dispatcher has.
///
/// `deliverable()` is how many events could be sent at this moment, whatever they are. The stage
/// sends what is buffered as far as it reaches, and asks the producer's code for the rest of it,
/// less what was asked before. `outstanding(tag)` is what a consumer has asked for and not been
/// sent.
template <class D>
concept dispatcher = std::movable<D> && requires(D& made, const D& seen, const joining& wish,
                                                 unique_id tag, demand asked) {
  { made.subscribe(wish) } -> std::same_as<admission>;
  made.cancel(tag);  // Only of those that it has taken.
  made.ask(tag, asked);
  { seen.deliverable() } -> std::same_as<demand>;
  { seen.outstanding(tag) } -> std::same_as<demand>;
};

/// Decides by numbers alone. The deliveries cut the events in order, name each subscription at most
/// once, and cover `deliverable()` events or all; what they don't cover is buffered.
template <class D>
concept counting_dispatcher = dispatcher<D> && requires(D& made, std::uint64_t count) {
  { made.dispatch(count) } -> std::convertible_to<std::span<const delivery>>;
};

/// Looks at the events. The deliveries cut them in order; those for the same subscription travel as
/// one message. What they don't cover is buffered, and comes again when there is more demand.
template <class D, class T>
concept routing_dispatcher = dispatcher<D> && requires(D& made, std::span<T> events) {
  { made.dispatch(events) } -> std::convertible_to<std::span<const delivery>>;
};

/// A dispatcher that can tell what it acts by, so that an exploration finds equal states.
template <class D>
concept digestible_dispatcher = requires(const D& made, state_digest& into) { made.digest(into); };

/// A dispatcher that can be given options which make no sense says so when the stage starts.
template <class D>
concept checked_dispatcher = requires(const D& made) {
  { made.check() } -> std::same_as<result<void>>;
};

}  // namespace genstage::inline v0
