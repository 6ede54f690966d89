#include "livesearch/server/json_text.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace livesearch {

namespace {

enum class handling : std::uint8_t { as_it_is, escaped, checked };

constexpr auto handlings = [] {
  std::array<handling, 256> made{};
  for (std::size_t byte = 0; byte < made.size(); ++byte) {
    if (byte < 0x20 || byte == '"' || byte == '\\') made[byte] = handling::escaped;
    if (byte >= 0x80) made[byte] = handling::checked;
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
  const std::size_t before = to.size();
  to += '"';
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    switch (handlings[static_cast<unsigned char>(c)]) {
      case handling::as_it_is:
        continue;
      case handling::escaped:
        if (c != '"' && c != '\\') break;
        to.append(text, begin, at - begin);
        to += '\\';
        begin = at;
        continue;
      case handling::checked:
        break;
    }
    // A control character, or something beyond ASCII.
    to.resize(before);
    return append_any(to, text);
  }
  to.append(text, begin);
  to += '"';
}

}  // namespace livesearch
