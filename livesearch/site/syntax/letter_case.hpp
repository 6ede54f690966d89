#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace livesearch {

/// A to Z made small, and every other byte left alone.
[[nodiscard]] constexpr char small_letter(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `text` with the ASCII letters made small, which is how HTML, HTTP and CSS compare names,
/// whatever the locale.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lowered{text};
  std::ranges::transform(lowered, lowered.begin(), small_letter);
  return lowered;
}

}  // namespace livesearch
