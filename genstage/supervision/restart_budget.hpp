#pragma once

#include <cstddef>
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
/// exactly as old as the window still counts. Source: A52.
class restart_budget {
 public:
  explicit restart_budget(restart_limits limits) : limits_{limits} {}

  /// Counts a restart at `now`. False if that is one too many.
  [[nodiscard]] bool spend(instant now) {
    std::erase_if(spent_, [&](instant when) { return now - when > limits_.within; });
    spent_.push_back(now);
    return spent_.size() <= limits_.restarts;
  }
  [[nodiscard]] const restart_limits& limits() const noexcept { return limits_; }

 private:
  restart_limits limits_;
  std::vector<instant> spent_;
};

}  // namespace genstage::inline v0
