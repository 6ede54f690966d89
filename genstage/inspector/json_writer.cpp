#include "genstage/inspector/json_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace genstage::inline v0::detail {

namespace {

/// How many bytes the UTF-8 sequence at the beginning of `text` has; 0 if there is none.
/// Source: RFC 3629, section 4.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto follows = [&](std::size_t at, unsigned low, unsigned high) {
    return at < text.size() && byte(at) >= low && byte(at) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& to, std::string_view text) {
  while (!text.empty()) {
    const char next = text.front();
    const std::size_t length = sequence_length(text);
    if (next == '"' || next == '\\') {
      to += {'\\', next};
    } else if (next == '\n') {
      to += "\\n";
    } else if (static_cast<unsigned char>(next) < 0x20) {
      fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned char>(next));
    } else if (length == 0) {
      to += "\xEF\xBF\xBD";
    } else {
      to += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace

json_writer& json_writer::key(std::string_view name) {
  value(name);
  text_ += ':';
  is_first_ = true;  // What follows is the member's value.
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  text_ += '"';
  append_escaped(text_, text);
  text_ += '"';
  return *this;
}

json_writer& json_writer::value(double number) {
  return raw(fmt::format("{:.3f}", number));
}

json_writer& json_writer::open(char bracket) {
  separate();
  text_ += bracket;
  is_first_ = true;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  text_ += bracket;
  is_first_ = false;
  return *this;
}

json_writer& json_writer::raw(std::string_view written) {
  separate();
  text_ += written;
  return *this;
}

void json_writer::separate() {
  if (!is_first_) text_ += ',';
  is_first_ = false;
}

}  // namespace genstage::inline v0::detail
