#include "livesearch/server/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <nlohmann/json.hpp>

#include "livesearch/site/syntax/sixteen_bytes.hpp"

namespace livesearch {

using namespace std::string_view_literals;

namespace {

bool needs_escape(char c) noexcept {
  return c == '"' || c == '\\';
}

/// ASCII without control characters, which needs no more than an escape.
bool is_easy(char c) noexcept {
  return static_cast<signed char>(c) >= ' ';
}

/// Whether text may stand between quotation marks as it is.
bool is_plain(std::string_view text) noexcept {
  if (text.size() < sixteen_bytes::count) {
    return std::ranges::all_of(text, [](char c) { return is_easy(c) && !needs_escape(c); });
  }
  return all_fit(text, [](sixteen_bytes each) {
    return each.printable() & ~(each.equal('"') | each.equal('\\'));
  });
}

enum class comma : std::uint8_t { none, before };

/// Appends all pieces in one go. Inline, so that the size of those that are literals is known.
template <std::same_as<std::string_view>... Pieces>
[[gnu::always_inline]] inline void append(std::string& to, comma which, Pieces... pieces) {
  const std::size_t begin = to.size();
  const std::size_t size = (pieces.size() + ...);
  to.resize_and_overwrite(begin + 1 + size, [=](char* text, std::size_t) {
    char* at = text + begin;
    *at = ',';
    if (which == comma::before) ++at;
    ((at += pieces.copy(at, pieces.size())), ...);
    return static_cast<std::size_t>(at - text);
  });
}

comma comma_after(std::string_view text) noexcept {
  if (text.empty()) return comma::none;
  const char last = text.back();
  return last != '{' && last != '[' && last != ':' ? comma::before : comma::none;
}

constexpr auto hexadecimal_pairs = [] {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> made{};
  for (std::size_t byte = 0; byte < made.size(); ++byte) {
    made[byte] = {digits[byte >> 4U], digits[byte & 0xFU]};
  }
  return made;
}();

/// Any text, with what JSON needs and UTF-8 does not allow.
void append_any(std::string& to, std::string_view text) {
  const nlohmann::json value(text);
  to += value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void append_json(std::string& to, std::string_view text) {
  if (is_plain(text)) return append(to, comma::none, "\""sv, text, "\""sv);
  if (!std::ranges::all_of(text, is_easy)) return append_any(to, text);
  to += '"';
  for (const char c : text) {
    if (needs_escape(c)) to += '\\';
    to += c;
  }
  to += '"';
}

json_writer& json_writer::open(char bracket) {
  if (comma_after(to_) == comma::before) to_ += ',';
  to_ += bracket;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  to_ += bracket;
  return *this;
}

json_writer& json_writer::name(std::string_view name) {
  append(to_, comma_after(to_), "\""sv, name, "\":"sv);
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  if (comma_after(to_) == comma::before) to_ += ',';
  append_json(to_, text);
  return *this;
}

json_writer& json_writer::text_member(std::string_view named, std::string_view text) {
  if (!is_plain(text)) return name(named).value(text);
  append(to_, comma_after(to_), "\""sv, named, "\":\""sv, text, "\""sv);
  return *this;
}

json_writer& json_writer::plain(std::string_view text) {
  append(to_, comma_after(to_), "\""sv, text, "\""sv);
  return *this;
}

json_writer& json_writer::plain(std::string_view text, std::uint32_t number) {
  std::array<char, 10> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  append(to_, comma_after(to_), "\""sv, text, ":"sv, std::string_view{digits.data(), written.ptr},
         "\""sv);
  return *this;
}

json_writer& json_writer::raw(std::string_view text) {
  append(to_, comma_after(to_), text);
  return *this;
}

json_writer& json_writer::value(double number) {
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return raw({digits.data(), written.ptr});
}

json_writer& json_writer::whole(std::int64_t number) {
  std::array<char, 24> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return raw({digits.data(), written.ptr});
}

json_writer& json_writer::hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits;
  for (std::size_t end = digits.size(); end > 0; end -= 2, number >>= 8U) {
    std::ranges::copy(hexadecimal_pairs[number & 0xFFU], digits.data() + end - 2);
  }
  return plain({digits.data(), digits.size()});
}

}  // namespace livesearch
