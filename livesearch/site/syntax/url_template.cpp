#include "livesearch/site/syntax/url_template.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace livesearch {
namespace {

constexpr bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string json_escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '"':
        escaped += "\\\"";
        break;
      case '\\':
        escaped += "\\\\";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(escaped), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
          escaped += c;
        }
    }
  }
  return escaped;
}

std::string encoded(std::string_view value, value_encoding encoding) {
  switch (encoding) {
    case value_encoding::percent:
      return percent_encoded(value);
    case value_encoding::json_string:
      return json_escaped(value);
    case value_encoding::none:
      break;
  }
  return std::string{value};
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += digits[byte >> 4U];
      encoded += digits[byte & 0xFU];
    }
  }
  return encoded;
}

std::expected<url_template, syntax_error> url_template::parse(
    std::string_view text, std::span<const std::string_view> allowed) {
  const auto wrong = [](std::size_t position, std::string message) {
    return std::unexpected{syntax_error{position, std::move(message)}};
  };
  url_template parsed;
  std::string literal;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '{' && c != '}') {
      literal += c;
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == c) {
      literal += c;
      ++at;
      continue;
    }
    if (c == '}') return wrong(at, "\"}\" closes nothing, \"}}\" stands for a single brace");
    const auto end = text.find_first_of("{}", at + 1);
    if (end == std::string_view::npos || text[end] == '{') {
      return wrong(at, "\"{\" is not closed, \"{{\" stands for a single brace");
    }
    const auto name = text.substr(at + 1, end - at - 1);
    if (std::ranges::find(allowed, name) == allowed.end()) {
      return wrong(at, fmt::format("unknown placeholder {{{}}}, allowed are {{{}}}", name,
                                   fmt::join(allowed, "}, {")));
    }
    parsed.parts_.push_back({std::exchange(literal, {}), std::string{name}});
    at = end;
  }
  parsed.parts_.push_back({std::move(literal), {}});
  return parsed;
}

std::string url_template::expand(std::span<const placeholder_value> values,
                                 value_encoding encoding) const {
  std::string expanded;
  for (const auto& each : parts_) {
    expanded += each.literal;
    const auto given = std::ranges::find(values, each.name, &placeholder_value::name);
    if (each.name.empty() || given == values.end()) continue;
    expanded += encoded(given->value, given->encoding.value_or(encoding));
  }
  return expanded;
}

bool url_template::has(std::string_view name) const noexcept {
  return std::ranges::any_of(
      parts_, [name](const part& each) { return !each.name.empty() && each.name == name; });
}

std::vector<std::string_view> url_template::names() const {
  std::vector<std::string_view> found;
  for (const auto& each : parts_) {
    if (!each.name.empty()) found.push_back(each.name);
  }
  return found;
}

std::string_view url_template::prefix() const noexcept {
  return parts_.empty() ? std::string_view{} : std::string_view{parts_.front().literal};
}

}  // namespace livesearch
