#include <fmt/format.h>

#include <algorithm>
#include <genstage/core/escaped.hpp>
#include <genstage/telemetry/trace_context.hpp>
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

std::unexpected<error> refuse(std::string_view text, std::string_view why) {
  // Who sends such a thing may send much of it.
  return fail(errc::invalid_argument,
              fmt::format("traceparent \"{}\": {}; not taken", escaped(text.substr(0, 80)), why));
}

void put(std::uint64_t word, std::span<std::uint8_t> into) noexcept {
  if (word == 0) word = 1;
  for (std::size_t each = into.size(); each > 0; word >>= 8U) {
    into[--each] = static_cast<std::uint8_t>(word);
  }
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

trace_context span_under(const trace_context& parent, std::uint64_t span) noexcept {
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

}  // namespace genstage::inline v0
