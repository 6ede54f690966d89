#include <genstage/http/message.hpp>

#include <algorithm>

namespace genstage::inline v0::http {

namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_token_char(char c) noexcept {
  const auto low = lower(c);
  if ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9')) return true;
  return std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_value_char(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

auto position(const http_headers& headers, std::string_view name) noexcept {
  return std::ranges::find_if(
      headers, [name](const http_header& header) { return equal_without_case(header.name, name); });
}

}  // namespace

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
  return std::ranges::equal(left, right, {}, lower, lower);
}

std::string_view find_header(const http_headers& headers, std::string_view name) noexcept {
  const auto found = position(headers, name);
  return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

bool has_header(const http_headers& headers, std::string_view name) noexcept {
  return position(headers, name) != headers.end();
}

bool is_valid(const http_header& header) noexcept {
  return !header.name.empty() && std::ranges::all_of(header.name, is_token_char) &&
         std::ranges::all_of(header.value, is_value_char);
}

}  // namespace genstage::inline v0::http
