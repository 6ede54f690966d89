#pragma once

#include <algorithm>
#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/dispatch/dispatcher.hpp>
#include <optional>
#include <span>
#include <vector>

namespace genstage::inline v0 {

/// Whether an ask was within what the dispatcher expects as the largest one.
enum class ask_size : std::uint8_t { as_expected, larger_than_expected };

struct demand_options {
  /// The largest ask that is expected; more is honoured, and warned about. Without it, the first
  /// ask of all.
  std::optional<demand> max_demand{};
  /// A seed. With it, consumers that have asked for equally much take their turns in random order
  /// from the first dispatch on, so that many producers do not all begin with the same consumer.
  std::optional<std::uint64_t> shuffle_on_first_dispatch{};
};

/// Sends each event to one consumer, the one with the largest unfulfilled demand first.
///
/// What a stage uses that says nothing else. Knows no event.
/// Cost: an ask and a delivery are O(consumers); nothing is allocated but at a subscription.
/// Source: rules G-232 to G-248, with the recommendation G-244.
class demand_dispatcher {
 public:
  explicit demand_dispatcher(demand_options options = {})
      : expected_{options.max_demand}, shuffle_{options.shuffle_on_first_dispatch} {}

  /// A consumer joins with no demand.
  void subscribe(unique_id tag);
  admission subscribe(const joining& wish) {
    subscribe(wish.tag);
    return {};
  }
  /// A consumer leaves. What it had asked for stays as credit against later asks.
  void cancel(unique_id tag);
  /// Notes that `tag` takes `asked` more events. Returns the demand that is new to the producer.
  [[gnu::always_inline]] demand ask(unique_id tag, demand asked) {
    if (consumers_.size() != 1 || consumers_.front().tag != tag) return ask_among_many(tag, asked);
    return note(consumers_.front(), asked);
  }
  /// Distributes `count` events. What the deliveries don't cover is left over. The result is valid
  /// until the next call.
  [[gnu::always_inline]] std::span<const delivery> dispatch(std::uint64_t count) {
    if (consumers_.size() != 1 || count > consumers_.front().left.count() || count == 0 ||
        shuffle_) {
      return dispatch_among_many(count);
    }
    consumers_.front().left -= demand{count};
    deliverable_ -= demand{count};
    only_ = {consumers_.front().tag, count};
    return {&only_, 1};
  }

  /// How many events could be delivered now.
  [[nodiscard]] demand deliverable() const noexcept { return deliverable_; }
  /// Nobody waits for anything, now or as credit, and the next decision is like all others.
  [[nodiscard]] bool is_at_rest() const noexcept {
    return deliverable_.is_zero() && credit_.is_zero() && !shuffle_;
  }
  /// Demand of consumers that left, which the producer still owes to nobody in particular.
  [[nodiscard]] demand credit() const noexcept { return credit_; }
  /// The largest ask expected; none before the first one, unless it was given.
  [[nodiscard]] std::optional<demand> expected_ask() const noexcept { return expected_; }
  [[nodiscard]] ask_size size_of(demand asked) const noexcept {
    return expected_ && asked > *expected_ ? ask_size::larger_than_expected : ask_size::as_expected;
  }
  [[nodiscard]] std::size_t consumer_count() const noexcept { return consumers_.size(); }
  /// The demand of one consumer that is not fulfilled yet.
  [[nodiscard]] demand outstanding(unique_id tag) const noexcept;
  void digest(state_digest& into) const;

 private:
  struct consumer {
    unique_id tag;
    demand left;
  };

  // The conversation with one consumer is inlined where it is held; the others are not.
  [[gnu::always_inline]] demand note(consumer& asker, demand asked) noexcept {
    if (!expected_) expected_ = asked;
    asker.left += asked;
    deliverable_ += asked;
    const demand used = std::min(credit_, asked);
    credit_ -= used;
    return asked - used;
  }
  demand ask_among_many(unique_id tag, demand asked);
  std::span<const delivery> dispatch_among_many(std::uint64_t count);
  void shuffle();
  /// Restores the order after the demand of one entry has changed: it goes behind its equals.
  void reinsert(std::size_t position);

  std::vector<consumer> consumers_;  // In descending demand.
  std::vector<delivery> deliveries_;
  delivery only_{};  ///< The only one, while there is one consumer.
  demand deliverable_{};
  demand credit_{};
  std::optional<demand> expected_;
  std::optional<std::uint64_t> shuffle_;
};

}  // namespace genstage::inline v0
