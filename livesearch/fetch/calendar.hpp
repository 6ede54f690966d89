#pragma once

#include <chrono>
#include <genstage/core/instant.hpp>

namespace livesearch {

/// Turns the driver's instants, which begin with the program, into times of day, which sites speak
/// of and which last over a restart.
///
/// A pure value: the time of day is taken once, so a test chooses it. A clock that is set while the
/// program runs is not noticed.
class calendar {
 public:
  using time = std::chrono::sys_time<std::chrono::milliseconds>;

  /// The program began at the epoch; for tests.
  constexpr calendar() noexcept = default;
  constexpr calendar(time at, genstage::instant now) noexcept
      : start_{at - std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch())} {}

  [[nodiscard]] constexpr time at(genstage::instant when) const noexcept {
    return start_ + std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch());
  }
  [[nodiscard]] constexpr genstage::instant instant_of(time when) const noexcept {
    return genstage::instant{when - start_};
  }

 private:
  time start_{};
};

}  // namespace livesearch
