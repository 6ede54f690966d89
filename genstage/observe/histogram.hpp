#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <vector>

namespace genstage::inline v0 {

/// How long something took, many times: counts in buckets that grow with the duration, so that
/// nanoseconds and hours fit and every quantile is right to a sixteenth.
///
/// A pure value. Merging two is the same as having added all to one, in any order.
/// Cost: no memory until the first is added, then 8 bytes a bucket from the shortest to the
/// longest: 1.3 KiB from a microsecond to a millisecond, 4 KiB from nothing to an hour. Source: the
/// log-linear buckets of HdrHistogram: sixteen of equal width in each power of two.
class histogram {
 public:
  /// A negative duration counts as none.
  void add(duration took, std::uint64_t times = 1);
  histogram& operator+=(const histogram& other);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// Or the longest duration that there is, if that is less.
  [[nodiscard]] duration sum() const noexcept { return sum_; }
  [[nodiscard]] duration longest() const noexcept { return longest_; }
  /// At least `part` of all, 0 to 1, took no longer; zero if there are none.
  [[nodiscard]] duration quantile(double part) const noexcept;

  struct bucket {
    duration most;  ///< the longest that it counts
    std::uint64_t count;

    friend bool operator==(const bucket&, const bucket&) = default;
  };
  /// Those that are not empty, by their durations.
  [[nodiscard]] std::vector<bucket> buckets() const;

  friend bool operator==(const histogram&, const histogram&) = default;

 private:
  /// Grows to it.
  [[nodiscard]] std::uint64_t& bucket_at(std::size_t place);

  std::size_t first_ = 0;              ///< the place of the first of them
  std::vector<std::uint64_t> counts_;  ///< neither the first nor the last is zero
  std::uint64_t count_ = 0;
  duration sum_{};
  duration longest_{};
};

}  // namespace genstage::inline v0
