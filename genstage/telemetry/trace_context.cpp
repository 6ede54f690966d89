#include <fmt/format.h>

#include <algorithm>
#include <genstage/core/escaped.hpp>
#include <genstage/telemetry/trace_context.hpp>
#include <set>
#include <span>

namespace genstage::inline v0 {

namespace {

constexpr std::size_t length_of_00 = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2

std::string hexadecimal(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t each : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", each);
  return text;
}

/// No value for what is no lower-case digit.
constexpr int digit(char from) noexcept {
  if (from >= '0' && from <= '9') return from - '0';
  if (from >= 'a' && from <= 'f') return from - 'a' + 10;
  return -1;
}

/// Takes two digits a byte from the front of `text`; false if they are none.
bool take(std::string_view& text, std::span<std::uint8_t> into) noexcept {
  for (std::uint8_t& each : into) {
    const int high = digit(text[0]);
    const int low = digit(text[1]);
    if (high < 0 || low < 0) return false;
    each = static_cast<std::uint8_t>(high * 16 + low);
    text.remove_prefix(2);
  }
  return true;
}

bool take_dash(std::string_view& text) noexcept {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

bool is_zero(std::span<const std::uint8_t> bytes) noexcept {
  return std::ranges::all_of(bytes, [](std::uint8_t each) { return each == 0; });
}

std::unexpected<error> refuse(std::string_view header, std::string_view text,
                              std::string_view why) {
  // Who sends such a thing may send much of it.
  return fail(errc::invalid_argument,
              fmt::format("{} \"{}\": {}; not taken", header, escaped(text.substr(0, 80)), why));
}
std::unexpected<error> refuse(std::string_view text, std::string_view why) {
  return refuse("traceparent", text, why);
}

void put(std::uint64_t word, std::span<std::uint8_t> into) noexcept {
  if (word == 0) word = 1;
  for (std::size_t each = into.size(); each > 0; word >>= 8U) {
    into[--each] = static_cast<std::uint8_t>(word);
  }
}

constexpr bool is_lower_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

constexpr std::size_t longest_state_part = 256;

/// Level 2 of the standard lets a key begin with a digit, and @ stand anywhere.
bool is_state_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= longest_state_part && is_lower_or_digit(key.front()) &&
         std::ranges::all_of(key, [](char c) {
           return is_lower_or_digit(c) ||
                  std::string_view{"_-*/@"}.find(c) != std::string_view::npos;
         });
}

bool is_state_value(std::string_view value) noexcept {
  return !value.empty() && value.size() <= longest_state_part && value.back() != ' ' &&
         std::ranges::all_of(value,
                             [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

std::string_view without_blanks(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace

bool trace_context::is_valid() const noexcept {
  return !is_zero(trace_id) && !is_zero(span_id);
}

std::string trace_context::trace_text() const {
  return hexadecimal(trace_id);
}

std::string trace_context::span_text() const {
  return hexadecimal(span_id);
}

trace_context make_trace(std::uint64_t first, std::uint64_t second, std::uint64_t span) noexcept {
  trace_context made;
  put(first, std::span{made.trace_id}.first<8>());
  put(second, std::span{made.trace_id}.last<8>());
  put(span, made.span_id);
  return made;
}

trace_context span_under(const trace_context& parent, std::uint64_t span) {
  trace_context made = parent;
  put(span, made.span_id);
  return made;
}

result<trace_context> parse_traceparent(std::string_view text) {
  std::string_view left = text;
  if (left.size() < length_of_00) {
    return refuse(text, fmt::format("has {} characters, must have {}", text.size(), length_of_00));
  }
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  trace_context read;
  if (!take(left, version) || !take_dash(left)) {
    return refuse(text, "must begin with a version, two digits 0 to 9 or a to f, and a dash");
  }
  if (version[0] == 0xff) return refuse(text, "version ff is forbidden");
  if (version[0] == 0 && text.size() != length_of_00) {
    return refuse(text, fmt::format("has {} characters, must have {}", text.size(), length_of_00));
  }
  if (!take(left, read.trace_id) || !take_dash(left)) {
    return refuse(text, "the trace id must be 32 digits 0 to 9 or a to f, and a dash");
  }
  if (!take(left, read.span_id) || !take_dash(left)) {
    return refuse(text, "the parent id must be 16 digits 0 to 9 or a to f, and a dash");
  }
  if (!take(left, flags)) return refuse(text, "the flags must be two digits 0 to 9 or a to f");
  if (!left.empty() && !take_dash(left)) {
    return refuse(text, "what follows the flags must begin with a dash");
  }
  if (is_zero(read.trace_id)) return refuse(text, "the trace id must not be all zeros");
  if (is_zero(read.span_id)) return refuse(text, "the parent id must not be all zeros");
  read.is_sampled = (flags[0] & 1U) != 0;
  return read;
}

std::string to_traceparent(const trace_context& context) {
  return fmt::format("00-{}-{}-{:02x}", context.trace_text(), context.span_text(),
                     context.is_sampled ? 1 : 0);
}

result<std::string> parse_tracestate(std::string_view text) {
  const auto wrong = [text](std::string_view why) { return refuse("tracestate", text, why); };
  std::set<std::string_view> keys;
  for (std::string_view left = text; !left.empty();) {
    const std::size_t end = std::min(left.find(','), left.size());
    const std::string_view member = without_blanks(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
    if (member.empty()) continue;  // The standard allows it.
    const std::size_t equals = member.find('=');
    if (equals == std::string_view::npos) return wrong("each member must be key=value");
    if (!is_state_key(member.substr(0, equals))) {
      return wrong(
          "a key must be up to 256 of a to z, 0 to 9, _ - * / @, and begin with one of "
          "the first");
    }
    if (!is_state_value(member.substr(equals + 1))) {
      return wrong("a value must be 1 to 256 printable characters other than , and =");
    }
    if (!keys.insert(member.substr(0, equals)).second) return wrong("a key stands there twice");
    if (keys.size() > most_trace_states) {
      return wrong(fmt::format("has more than {} members", most_trace_states));
    }
  }
  return std::string{text};
}

}  // namespace genstage::inline v0
