#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace livesearch {

/// Eight characters of a text in one number, for questions about all of them at once. Each answer
/// is zero for no, and what it is beyond that depends on the machine.
class eight_bytes {
 public:
  static constexpr std::size_t count = 8;

  explicit eight_bytes(const char* from) noexcept { std::memcpy(&value_, from, count); }

  [[nodiscard]] std::uint64_t beyond_ascii() const noexcept { return value_ & highest; }
  /// Any below `limit`, which is at most 128, among characters of ASCII.
  [[nodiscard]] std::uint64_t below(std::uint8_t limit) const noexcept {
    return (value_ - each(limit)) & ~value_ & highest;
  }
  /// The characters that are `c`.
  [[nodiscard]] std::uint64_t equal(char c) const noexcept {
    const std::uint64_t zeros = value_ ^ each(static_cast<std::uint8_t>(c));
    return ~(((zeros & lower) + lower) | zeros | lower);
  }
  /// Two that follow each other and are `c`.
  [[nodiscard]] std::uint64_t twice(char c) const noexcept {
    const std::uint64_t found = equal(c);
    return found & (found >> 8U);
  }

 private:
  static constexpr std::uint64_t each(std::uint8_t byte) noexcept {
    return ~std::uint64_t{0} / 0xFF * byte;
  }
  static constexpr std::uint64_t highest = ~std::uint64_t{0} / 0xFF * 0x80;
  static constexpr std::uint64_t lower = ~highest;

  std::uint64_t value_ = 0;
};

/// Whether `fits` says so of each eight characters of `text`, of which the last ones may have been
/// asked about before; neighbours are in one eight at least once. False for less than eight.
template <class Fits>
[[nodiscard]] bool all_fit(std::string_view text, Fits fits) noexcept {
  if (text.size() < eight_bytes::count) return false;
  const std::size_t last = text.size() - eight_bytes::count;
  for (std::size_t at = 0; at < last; at += eight_bytes::count - 1) {
    if (!fits(eight_bytes{text.data() + at})) return false;
  }
  return fits(eight_bytes{text.data() + last});
}

}  // namespace livesearch
