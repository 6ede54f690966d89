#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace livesearch {

/// `text` with the ASCII letters A to Z made small and everything else left alone, which is how
/// HTML, HTTP and CSS compare names, whatever the locale.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lowered{text};
  std::ranges::transform(lowered, lowered.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lowered;
}

}  // namespace livesearch
