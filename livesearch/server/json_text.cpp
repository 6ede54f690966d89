#include "livesearch/server/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "livesearch/site/syntax/sixteen_bytes.hpp"

namespace livesearch {

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

/// Any text, with what JSON needs and UTF-8 does not allow.
void append_any(std::string& to, std::string_view text) {
  const nlohmann::json value(text);
  to += value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void append_json(std::string& to, std::string_view text) {
  const bool is_done = is_plain(text);
  if (!is_done && !std::ranges::all_of(text, is_easy)) return append_any(to, text);
  to += '"';
  if (is_done) {
    to += text;
  } else {
    for (const char c : text) {
      if (needs_escape(c)) to += '\\';
      to += c;
    }
  }
  to += '"';
}

void json_writer::part() {
  if (to_.empty()) return;
  const char last = to_.back();
  if (last != '{' && last != '[' && last != ':') to_ += ',';
}

json_writer& json_writer::open(char bracket) {
  part();
  to_ += bracket;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  to_ += bracket;
  return *this;
}

json_writer& json_writer::name(std::string_view name) {
  part();
  to_ += '"';
  to_ += name;
  to_ += "\":";
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  part();
  append_json(to_, text);
  return *this;
}

json_writer& json_writer::plain(std::string_view text) {
  part();
  to_ += '"';
  to_ += text;
  to_ += '"';
  return *this;
}

json_writer& json_writer::raw(std::string_view text) {
  part();
  to_ += text;
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
  constexpr std::string_view all = "0123456789abcdef";
  std::array<char, 16> digits;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, number >>= 4U) {
    *digit = all[number & 0xFU];
  }
  return plain({digits.data(), digits.size()});
}

}  // namespace livesearch
