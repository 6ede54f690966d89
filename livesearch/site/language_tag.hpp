#pragma once

#include <algorithm>
#include <string_view>

namespace livesearch {

/// Whether this is a language as queries and definitions name it: two or three small letters, and
/// perhaps a region or script of 2 to 8 characters, such as `en` and `pt-br`.
[[nodiscard]] constexpr bool is_language_tag(std::string_view text) noexcept {
  constexpr auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  constexpr auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const std::size_t dash = text.find('-');
  const std::string_view language = text.substr(0, dash);
  if (language.size() < 2 || language.size() > 3) return false;
  if (!std::ranges::all_of(language, is_letter)) return false;
  if (dash == std::string_view::npos) return true;
  const std::string_view region = text.substr(dash + 1);
  return region.size() >= 2 && region.size() <= 8 && std::ranges::all_of(region, is_part);
}

}  // namespace livesearch
