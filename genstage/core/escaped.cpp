#include <fmt/format.h>

#include <genstage/core/escaped.hpp>
#include <iterator>

namespace genstage::inline v0 {

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

}  // namespace

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

std::string escaped(std::string_view text) {
  std::string safe;
  append_escaped(safe, text);
  return safe;
}

}  // namespace genstage::inline v0
