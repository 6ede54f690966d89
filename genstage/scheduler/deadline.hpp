#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/scheduler/driver.hpp>
#include <genstage/task/operation.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace detail {

// The closures below are no larger than two pointers, so that none is put on the heap.

/// Notes the timer that ends the operation, and disarms it once the operation is settled.
template <class T>
void own_timer(driver& scheduler, const completion<T>& owner, timer_id armed) {
  owner.timer().store(static_cast<std::uint64_t>(armed));
  // It may have been settled before the timer's name was known.
  if (owner.is_settled()) scheduler.disarm(armed);
}

[[nodiscard]] inline auto disarming(driver& scheduler, const std::atomic<std::uint64_t>& timer) {
  return [&scheduler, &timer]() noexcept { scheduler.disarm(timer_id{timer.load()}); };
}

}  // namespace detail

/// Withdraws an operation with the error that `Why` makes at `when`, unless it is settled before.
/// Uses the operation's `on_settled`, to disarm the timer.
template <auto Why, class T>
void limit(driver& scheduler, const completion<T>& limited, instant when) {
  limited.on_settled(detail::disarming(scheduler, limited.timer()));
  detail::own_timer(scheduler, limited,
                    scheduler.arm(when, [limited]() noexcept { limited.withdraw(Why()); }));
}

/// The same with an error that is there already.
template <class T>
void limit(driver& scheduler, const completion<T>& limited, instant when, error why) {
  limited.on_settled(detail::disarming(scheduler, limited.timer()));
  detail::own_timer(
      scheduler, limited,
      scheduler.arm(when, [limited, why = std::move(why)]() noexcept { limited.withdraw(why); }));
}

/// An operation that completes after `delay`.
///
/// Cancel: destroying it disarms the timer.
[[nodiscard]] inline operation<void> sleep_for(driver& scheduler, duration delay) {
  auto [far, near] = make_operation<void>();
  far.on_cancel(detail::disarming(scheduler, far.timer()));
  detail::own_timer(scheduler, far, scheduler.arm(scheduler.now() + delay, [wake = far]() noexcept {
    wake.complete(result<void>{});
  }));
  return std::move(near);
}

}  // namespace genstage::inline v0
