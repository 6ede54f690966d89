#pragma once

#include <chrono>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <optional>

namespace genstage::inline v0 {

/// The time of a thread that a driver keeps: read for nothing, and as old as the driver lets it be.
///
/// The thread pool's workers set it when they come back from parking and every 31 activations; a
/// simulation sets it to its own time. A thread that nobody keeps reads the system's clock.
/// Threads: each has its own.
class coarse_clock {
 public:
  /// Nanoseconds; of what, is up to the driver.
  [[nodiscard, gnu::always_inline]] static std::uint64_t now() noexcept {
    if (kept_ == 0) [[unlikely]]
      return of_system();
    return kept_;
  }
  /// How long ago `then` was; no value if it never was. Clocks of two threads may differ a little,
  /// so it is never less than nothing.
  [[nodiscard]] static std::optional<duration> since(std::uint64_t then) noexcept {
    if (then == 0) return std::nullopt;
    const std::uint64_t here = now();
    return duration{here > then ? here - then : 0};
  }
  /// The same if a driver keeps it, or 0.
  [[nodiscard]] static std::uint64_t kept() noexcept { return kept_; }
  static void keep(std::uint64_t now) noexcept { kept_ = now; }
  /// Nobody keeps it any more.
  static void leave() noexcept { kept_ = 0; }

 private:
  [[nodiscard, gnu::noinline]] static std::uint64_t of_system() noexcept {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::nanoseconds{now}.count());
  }

  static inline constinit thread_local std::uint64_t kept_ = 0;
};

/// A moment of the coarse clock in half the room: to about a millisecond, and right for 52 days.
class coarse_stamp {
 public:
  constexpr coarse_stamp() = default;
  [[nodiscard]] static coarse_stamp now() noexcept {
    coarse_stamp taken;
    taken.units_ = static_cast<std::uint32_t>(coarse_clock::now() >> unit_bits);
    return taken;
  }
  [[nodiscard]] duration age() const noexcept {
    const auto units = static_cast<std::int32_t>(now().units_ - units_);
    return duration{units > 0 ? std::int64_t{units} << unit_bits : 0};
  }

 private:
  static constexpr int unit_bits = 20;
  std::uint32_t units_ = 0;
};

}  // namespace genstage::inline v0
