#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <vector>

namespace genstage::inline v0 {

/// How many restarts a supervisor makes within how long before it gives up.
struct restart_limits {
  std::size_t restarts = 3;
  duration within = std::chrono::seconds{5};
};

/// Counts restarts in a sliding window.
///
/// A pure value. With a limit of 3 the fourth restart within the window is refused; a restart
/// exactly as old as the window still counts. A window of whole seconds is counted in whole seconds
/// of the clock, as OTP does; a finer one exactly. Source: A52.
class restart_budget {
 public:
  explicit restart_budget(restart_limits limits) : limits_{limits} {}

  /// Counts a restart at `now`. False if that is one too many.
  [[nodiscard]] bool spend(instant now) {
    const instant counted = rounded(now);
    std::erase_if(spent_, [&](instant when) { return counted - when > limits_.within; });
    spent_.push_back(counted);
    ++total_;
    return spent_.size() <= limits_.restarts;
  }
  /// What was spent so far counts against the new limits.
  void change(restart_limits limits) noexcept { limits_ = limits; }
  /// All that were ever counted.
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] const restart_limits& limits() const noexcept { return limits_; }

 private:
  [[nodiscard]] instant rounded(instant now) const {
    if (limits_.within % std::chrono::seconds{1} != duration::zero()) return now;
    return instant{std::chrono::floor<std::chrono::seconds>(now.time_since_epoch())};
  }

  restart_limits limits_;
  std::vector<instant> spent_;
  std::uint64_t total_ = 0;
};

}  // namespace genstage::inline v0
