#pragma once

#include <compare>
#include <concepts>
#include <cstdint>

namespace genstage::inline v0 {

/// A number of events that somebody is ready to take.
///
/// A unit of its own, so that demand is never mixed up with a size or an index.
class demand {
 public:
  constexpr demand() = default;
  template <std::integral Integer>
  constexpr explicit demand(Integer count) noexcept : count_{static_cast<std::uint64_t>(count)} {}

  [[nodiscard]] constexpr std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] constexpr bool is_zero() const noexcept { return count_ == 0; }

  template <std::integral Integer>
  constexpr explicit operator Integer() const noexcept {
    return static_cast<Integer>(count_);
  }

  constexpr demand& operator+=(demand other) noexcept {
    count_ += other.count_;
    return *this;
  }
  /// Stops at zero: nobody can owe a negative number of events.
  constexpr demand& operator-=(demand other) noexcept {
    count_ -= other.count_ < count_ ? other.count_ : count_;
    return *this;
  }
  friend constexpr demand operator+(demand left, demand right) noexcept { return left += right; }
  friend constexpr demand operator-(demand left, demand right) noexcept { return left -= right; }
  friend constexpr auto operator<=>(demand, demand) noexcept = default;

 private:
  std::uint64_t count_ = 0;
};

}  // namespace genstage::inline v0
