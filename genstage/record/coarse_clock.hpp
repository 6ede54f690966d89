#pragma once

#include <chrono>
#include <cstdint>

namespace genstage::inline v0 {

/// The time of a thread that a driver keeps: read for nothing, and as old as the driver lets it be.
///
/// The thread pool's workers set it when they come back from parking and every 32 activations; a
/// simulation sets it to its own time. A thread that nobody keeps reads the system's clock.
/// Threads: each has its own.
class coarse_clock {
 public:
  /// Nanoseconds; of what, is up to the driver.
  [[nodiscard]] static std::uint64_t now() noexcept { return kept_ != 0 ? kept_ : of_system(); }
  static void keep(std::uint64_t now) noexcept { kept_ = now; }
  /// Nobody keeps it any more.
  static void leave() noexcept { kept_ = 0; }

 private:
  [[nodiscard]] static std::uint64_t of_system() noexcept {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::nanoseconds{now}.count());
  }

  static inline constinit thread_local std::uint64_t kept_ = 0;
};

}  // namespace genstage::inline v0
