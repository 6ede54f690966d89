#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace livesearch {

/// Sixteen characters of a text, for questions about all of them at once: one instruction each
/// where the processor has it. An answer says of which characters something is true.
class sixteen_bytes {
 public:
  static constexpr std::size_t count = 16;

  class answer;

  explicit sixteen_bytes(const char* from) noexcept { std::memcpy(&value_, from, count); }

  /// ASCII but for control characters.
  [[nodiscard]] answer printable() const noexcept;
  [[nodiscard]] answer equal(char c) const noexcept;

 private:
  // Signed, so that what is beyond ASCII is below all of it.
  using characters [[gnu::vector_size(count)]] = signed char;

  characters value_;
};

class sixteen_bytes::answer {
 public:
  [[nodiscard]] bool is_for_all() const noexcept {
    const auto [low, high] = std::bit_cast<std::array<std::uint64_t, 2>>(true_of_);
    return (low & high) == ~std::uint64_t{0};
  }

  friend answer operator&(answer left, answer right) noexcept {
    return answer{left.true_of_ & right.true_of_};
  }
  friend answer operator|(answer left, answer right) noexcept {
    return answer{left.true_of_ | right.true_of_};
  }
  friend answer operator~(answer of) noexcept { return answer{~of.true_of_}; }

 private:
  friend class sixteen_bytes;
  explicit answer(characters true_of) noexcept : true_of_{true_of} {}

  characters true_of_;
};

inline sixteen_bytes::answer sixteen_bytes::printable() const noexcept {
  return answer{(value_ > '\x1F') & ~(value_ == '\x7F')};
}

inline sixteen_bytes::answer sixteen_bytes::equal(char c) const noexcept {
  return answer{value_ == static_cast<signed char>(c)};
}

/// Whether `fits` is true of all of a text's characters, of which it is asked by sixteen; the last
/// ones may have been asked about before. False for less than sixteen.
template <class Fits>
[[nodiscard]] bool all_fit(std::string_view text, Fits fits) noexcept {
  if (text.size() < sixteen_bytes::count) return false;
  const char* const last = text.data() + text.size() - sixteen_bytes::count;
  sixteen_bytes::answer all = fits(sixteen_bytes{last});
  for (const char* at = text.data(); at < last; at += sixteen_bytes::count) {
    all = all & fits(sixteen_bytes{at});
  }
  return all.is_for_all();
}

/// As `all_fit`, of each two neighbours: `fits` is given sixteen characters and the ones after each
/// of them. False for less than seventeen.
template <class Fits>
[[nodiscard]] bool all_neighbours_fit(std::string_view text, Fits fits) noexcept {
  if (text.size() <= sixteen_bytes::count) return false;
  const char* const last = text.data() + text.size() - sixteen_bytes::count - 1;
  sixteen_bytes::answer all = fits(sixteen_bytes{last}, sixteen_bytes{last + 1});
  for (const char* at = text.data(); at < last; at += sixteen_bytes::count) {
    all = all & fits(sixteen_bytes{at}, sixteen_bytes{at + 1});
  }
  return all.is_for_all();
}

}  // namespace livesearch
