#pragma once

#include <algorithm>
#include <chrono>
#include <genstage/core/instant.hpp>

namespace livesearch {

/// Lets a number of requests through each second, with no more than one second's worth, and at
/// least one, at once.
///
/// A pure value; the time is given to it.
class token_bucket {
 public:
  explicit token_bucket(double per_second)
      : interval_{static_cast<std::int64_t>(1e9 / per_second)},
        burst_{std::max(std::chrono::nanoseconds{std::chrono::seconds{1}}, interval_) - interval_} {
  }

  /// When the next request may leave.
  [[nodiscard]] genstage::instant next(genstage::instant now) const noexcept {
    return std::max(now, full_at_ - burst_);
  }
  /// When the last of `count` further requests could leave.
  [[nodiscard]] genstage::instant after(std::size_t count, genstage::instant now) const noexcept {
    const auto start = std::max(full_at_, now);
    return std::max(now, start + static_cast<std::int64_t>(count) * interval_ - interval_ - burst_);
  }
  /// Takes a token; only when `next(now)` is not later than `now`.
  void take(genstage::instant now) noexcept { full_at_ = std::max(full_at_, now) + interval_; }

 private:
  std::chrono::nanoseconds interval_;
  std::chrono::nanoseconds burst_;
  /// When the bucket will be full again: the "theoretical arrival time" of the leaky bucket as a
  /// meter (generic cell rate algorithm, ITU-T I.371).
  genstage::instant full_at_{};
};

}  // namespace livesearch
