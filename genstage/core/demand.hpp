#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <utility>

namespace genstage::inline v0 {

namespace detail {
[[noreturn]] void refuse_demand(std::int64_t count);
}  // namespace detail

/// A number of events that somebody is ready to take.
///
/// A unit of its own, so that demand is never mixed up with a size or an index. There is none above
/// `most`, which stands for all that will ever come; so every demand fits into a signed number.
/// Failure: throws std::invalid_argument for a number below zero.
/// Source: G-089, Reactive Streams 3.9 and 3.17.
class demand {
 public:
  static constexpr std::uint64_t most = INT64_MAX;

  constexpr demand() = default;
  template <std::integral Integer>
  constexpr explicit demand(Integer count) : count_{checked(count)} {}

  [[nodiscard]] constexpr std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] constexpr bool is_zero() const noexcept { return count_ == 0; }

  template <std::integral Integer>
  constexpr explicit operator Integer() const noexcept {
    return static_cast<Integer>(count_);
  }

  constexpr demand& operator+=(demand other) noexcept {
    // Two demands together fit into an unsigned number.
    count_ += other.count_;
    if (count_ > most) [[unlikely]]
      count_ = most;
    return *this;
  }
  /// Stops at zero: nobody can owe a negative number of events.
  constexpr demand& operator-=(demand other) noexcept {
    count_ = other.count_ < count_ ? count_ - other.count_ : 0;
    return *this;
  }
  friend constexpr demand operator+(demand left, demand right) noexcept { return left += right; }
  friend constexpr demand operator-(demand left, demand right) noexcept { return left -= right; }
  friend constexpr auto operator<=>(demand, demand) noexcept = default;

 private:
  template <std::integral Integer>
  static constexpr std::uint64_t checked(Integer count) {
    if (std::cmp_less(count, 0)) detail::refuse_demand(static_cast<std::int64_t>(count));
    return std::cmp_less(count, most) ? static_cast<std::uint64_t>(count) : most;
  }

  std::uint64_t count_ = 0;
};

}  // namespace genstage::inline v0
