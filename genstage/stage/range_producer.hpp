#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/spawn.hpp>
#include <genstage/task/async_generator.hpp>
#include <genstage/task/generator.hpp>
#include <memory>
#include <optional>
#include <ranges>
#include <utility>

namespace genstage::inline v0 {

/// What a producer made from a range does when the last of its subscriptions ends.
enum class on_last_cancel : std::uint8_t { go_on, stop };

struct range_options {
  /// With several consumers, an early leaver may be the last one for a moment: accumulate demand
  /// until all have subscribed (G-342).
  on_last_cancel on_cancel = on_last_cancel::go_on;
  /// With `accumulate`, nothing is taken from the range before `gs::set_demand`.
  demand_mode demand = demand_mode::forward;
};

namespace detail {

/// A range and how far it has been taken. Element n + 1 is not touched, let alone made, before it
/// is wanted.
template <std::ranges::input_range Range>
class range_cursor {
 public:
  explicit range_cursor(Range range) : range_{std::move(range)} {}

  /// Emits `count` elements; false if there were fewer.
  template <class T>
  bool take(demand count, output<T>& out) {
    for (; !count.is_zero(); count -= demand{1}) {
      if (!next_) {
        next_.emplace(std::ranges::begin(range_));
      } else {
        ++*next_;
      }
      if (*next_ == std::ranges::end(range_)) return false;
      if constexpr (std::ranges::view<Range>) {
        out.emit(T(**next_));
      } else {
        out.emit(T(std::ranges::iter_move(*next_)));  // The range is owned and used once.
      }
    }
    return true;
  }

 private:
  Range range_;
  std::optional<std::ranges::iterator_t<Range>> next_;
};

/// What a stage tells itself when its range has ended: it stops when this comes, behind all events.
struct range_is_over {};

/// Counts the subscriptions of a stage made from a range, and says when it is to stop.
class consumer_count {
 public:
  explicit consumer_count(on_last_cancel wanted) noexcept : on_cancel_{wanted} {}

  void joined() noexcept { ++consumers_; }
  [[nodiscard]] bool ends_stage() noexcept {
    return --consumers_ == 0 && on_cancel_ == on_last_cancel::stop;
  }

 private:
  on_last_cancel on_cancel_;
  std::size_t consumers_ = 0;
};

}  // namespace detail

/// A producer that takes its events from a range, for instance a container, a view or a
/// `gs::generator`. When somebody wants more than the range has, it stops with `normal` as soon as
/// all events have left; with partitions, when the last of them has been sent its own.
///
///     inline constexpr gs::name<gs::range_producer<int>> numbers{"numbers"};
///     gs::child(numbers, std::views::iota(1, 100))
///
/// The range is owned by the stage, and not touched before the first demand. Each demand takes
/// exactly as many elements as were asked for. Elements of a container are moved, those of a view
/// are read. A child's range is copied for each start.
///
/// Failure: an exception of the range ends the stage, as one of `handle_demand` does.
/// Cost: one indirect call for each demand, none for an element. A range that blocks holds a
/// thread: what has to wait is an `async_generator`, and the stage an `async_range_producer`.
/// Source: G-333 to G-345.
template <class T, dispatcher D = demand_dispatcher>
class range_producer final : public producer<T> {
 public:
  template <std::ranges::input_range Range>
    requires std::constructible_from<T, std::ranges::range_rvalue_reference_t<Range>>
  explicit range_producer(Range range, range_options options = {}, D decides = D{})
      : consumers_{options.on_cancel},
        mode_{options.demand},
        decides_{std::move(decides)},
        take_{[cursor = detail::range_cursor<Range>{std::move(range)}](
                  demand count, output<T>& out) mutable { return cursor.take(count, out); }} {}

  void handle_demand(demand asked, output<T>& out) override {
    if (is_over_ || take_(asked, out)) return;
    is_over_ = true;
    async_info(ref<range_producer>{this->self()}, detail::range_is_over{});
  }
  void handle_info(detail::range_is_over) { this->stop(exit_reason::normal()); }
  [[nodiscard]] D dispatcher() const { return decides_; }
  [[nodiscard]] demand_mode initial_demand() const override { return mode_; }
  subscription_mode handle_subscribe(peer_role, const subscription&,
                                     const subscription_options&) override {
    consumers_.joined();
    return subscription_mode::automatic;
  }
  void handle_cancel(const cancellation&) override {
    if (consumers_.ends_stage()) this->stop(exit_reason::normal());
  }

 private:
  detail::consumer_count consumers_;
  demand_mode mode_;
  D decides_;
  bool is_over_ = false;
  std::move_only_function<bool(demand, output<T>&)> take_;
};

/// The same for a sequence that has to wait for its elements. What it has is sent before it waits,
/// so a slow source holds nothing back.
template <class T, dispatcher D = demand_dispatcher>
class async_range_producer final : public async_producer<T> {
 public:
  explicit async_range_producer(async_generator<T> sequence, range_options options = {},
                                D decides = D{})
      : consumers_{options.on_cancel},
        mode_{options.demand},
        decides_{std::move(decides)},
        sequence_{std::move(sequence)} {}

  task<> handle_demand(demand asked, output<T>& out) override {
    for (; !asked.is_zero() && !is_over_; asked -= demand{1}) {
      auto asking = sequence_.next();
      if (!asking.await_ready()) process::current()->send_output();
      std::optional<T> event = co_await std::move(asking);
      if (!event) {
        is_over_ = true;
        async_info(ref<async_range_producer>{this->self()}, detail::range_is_over{});
        co_return;
      }
      out.emit(std::move(*event));
    }
  }
  void handle_info(detail::range_is_over) { this->stop(exit_reason::normal()); }
  [[nodiscard]] D dispatcher() const { return decides_; }
  [[nodiscard]] demand_mode initial_demand() const override { return mode_; }
  task<subscription_mode> handle_subscribe(peer_role, const subscription&,
                                           const subscription_options&) override {
    consumers_.joined();
    co_return subscription_mode::automatic;
  }
  task<> handle_cancel(const cancellation&) override {
    if (consumers_.ends_stage()) this->stop(exit_reason::normal());
    co_return;
  }

 private:
  detail::consumer_count consumers_;
  demand_mode mode_;
  D decides_;
  bool is_over_ = false;
  async_generator<T> sequence_;
};

/// Starts a producer of a range's elements.
template <std::ranges::input_range Range, dispatcher D = demand_dispatcher>
result<ref<range_producer<std::ranges::range_value_t<Range>, D>>> from_range(
    runtime& where, Range range, range_options options = {}, spawn_options how = {},
    D decides = D{}) {
  return spawn<range_producer<std::ranges::range_value_t<Range>, D>>(
      where, std::move(how), std::move(range), options, std::move(decides));
}

template <class T, dispatcher D = demand_dispatcher>
result<ref<async_range_producer<T, D>>> from_range(runtime& where, async_generator<T> sequence,
                                                   range_options options = {},
                                                   spawn_options how = {}, D decides = D{}) {
  return spawn<async_range_producer<T, D>>(where, std::move(how), std::move(sequence), options,
                                           std::move(decides));
}

}  // namespace genstage::inline v0
