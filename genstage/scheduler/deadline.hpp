#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/scheduler/driver.hpp>
#include <genstage/task/operation.hpp>
#include <memory>
#include <utility>

namespace genstage::inline v0 {

/// Withdraws an operation with `why` at `when`, unless it is settled before. Uses the operation's
/// `on_settled`, to disarm the timer.
template <class T>
void limit(driver& scheduler, const completion<T>& limited, instant when, error why) {
  auto timer = std::make_shared<std::atomic<std::uint64_t>>(0);
  limited.on_settled([&scheduler, timer]() noexcept { scheduler.disarm(timer_id{timer->load()}); });
  const timer_id armed =
      scheduler.arm(when, [limited, why = std::move(why)]() noexcept { limited.withdraw(why); });
  timer->store(static_cast<std::uint64_t>(armed));
  // It may have been settled before the timer's name was known.
  if (limited.is_settled()) scheduler.disarm(armed);
}

/// An operation that completes after `delay`.
///
/// Cancel: destroying it disarms the timer.
[[nodiscard]] inline operation<void> sleep_for(driver& scheduler, duration delay) {
  auto [far, near] = make_operation<void>();
  auto timer = std::make_shared<std::atomic<std::uint64_t>>(0);
  far.on_cancel([&scheduler, timer]() noexcept { scheduler.disarm(timer_id{timer->load()}); });
  timer->store(static_cast<std::uint64_t>(scheduler.arm(
      scheduler.now() + delay, [wake = far]() noexcept { wake.complete(result<void>{}); })));
  return std::move(near);
}

}  // namespace genstage::inline v0
