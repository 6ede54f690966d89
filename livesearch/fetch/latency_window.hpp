#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <utility>

namespace livesearch {

/// How long answers took of late: quantiles of the last five to ten minutes, each at most an eighth
/// too large.
///
/// A pure value; the time is given to it. Source: buckets as in HdrHistogram, log-linear.
class latency_window {
 public:
  void add(std::chrono::nanoseconds taken, genstage::instant now) noexcept {
    turn(now);
    ++young_[bucket_of(taken)];
  }

  /// The least time that at least this share of the answers did not exceed; zero without any.
  [[nodiscard]] std::chrono::nanoseconds quantile(double share, genstage::instant now) noexcept {
    turn(now);
    std::uint64_t all = 0;
    for (std::size_t at = 0; at < buckets; ++at) all += young_[at] + old_[at];
    if (all == 0) return std::chrono::nanoseconds{0};
    const auto wanted = std::max(1.0, share * static_cast<double>(all));
    std::uint64_t seen = 0;
    std::size_t at = 0;
    for (; at < buckets - 1; ++at) {
      seen += young_[at] + old_[at];
      if (static_cast<double>(seen) >= wanted) break;
    }
    return upper_bound_of(at);
  }

 private:
  static constexpr std::size_t parts = 8;  ///< of each power of two
  static constexpr std::size_t buckets = 30 * parts;
  static constexpr std::chrono::minutes half{5};
  using counts = std::array<std::uint32_t, buckets>;

  void turn(genstage::instant now) noexcept {
    if (now - since_ < half) return;
    old_ = now - since_ < 2 * half ? young_ : counts{};
    young_ = {};
    since_ = now;
  }
  static std::size_t bucket_of(std::chrono::nanoseconds taken) noexcept {
    const auto count = std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
    const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
    if (micros < parts) return static_cast<std::size_t>(micros);
    const auto power = static_cast<std::size_t>(std::bit_width(micros)) - 4;  // 0 from 8 to 15
    return std::min((power + 1) * parts + ((micros >> power) - parts), buckets - 1);
  }
  static std::chrono::nanoseconds upper_bound_of(std::size_t bucket) noexcept {
    const std::size_t power = bucket / parts == 0 ? 0 : bucket / parts - 1;
    const std::size_t base = bucket / parts == 0 ? bucket : parts + bucket % parts;
    return std::chrono::microseconds{(base + 1) << power};
  }

  counts young_{};
  counts old_{};
  genstage::instant since_{};
};

}  // namespace livesearch
