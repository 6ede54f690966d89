#include "livesearch/site/answer/web_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <algorithm>
#include <array>
#include <exception>

#include "livesearch/site/syntax/sixteen_bytes.hpp"

namespace livesearch {
namespace {

bool is_hex_digit(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Characters to be told from others, one by one or by sixteen.
template <char... Each>
struct character_set {
  static constexpr bool has(char c) noexcept { return ((c == Each) || ...); }
  static sixteen_bytes::answer has(sixteen_bytes text) noexcept { return (text.equal(Each) | ...); }
};

/// What is printable and may not stand in a URL. `%` may where it begins an escape, which is for
/// others to look at.
using strange_to_urls =
    character_set<' ', '"', '%', '<', '>', '[', '\\', ']', '^', '`', '{', '|', '}'>;

constexpr auto url_characters = [] {
  std::array<bool, 256> may_stand{};
  for (char c = '!'; c <= '~'; ++c) {
    may_stand[static_cast<unsigned char>(c)] = !strange_to_urls::has(c);
  }
  return may_stand;
}();

bool may_stand_in_url(char c) noexcept {
  return url_characters[static_cast<unsigned char>(c)];
}

bool may_stand_in_host(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool may_all_stand_in_url(std::string_view url) noexcept {
  const bool is_easy = all_fit(
      url, [](sixteen_bytes each) { return each.printable() & ~strange_to_urls::has(each); });
  return is_easy || std::ranges::all_of(url, may_stand_in_url);
}

/// Whether a path has an empty segment, or one that begins with a dot.
bool may_need_normalising(std::string_view path) noexcept {
  for (auto slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    if (slash + 1 < path.size() && (path[slash + 1] == '.' || path[slash + 1] == '/')) return true;
  }
  return false;
}

/// Whether a URL is absolute and as plain as most are: nothing in it is to be repaired, resolved or
/// normalised. Whatever this does not know is for the parser.
bool is_plain(std::string_view url) noexcept {
  const std::size_t start = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  std::size_t at = start;
  while (at < url.size() && may_stand_in_host(url[at])) ++at;
  if (start == 0 || at == start || at >= url.size() || url[at] != '/') return false;
  if (!may_all_stand_in_url(url)) return false;
  const std::string_view rest = url.substr(at);
  const auto fragment = rest.find('#');
  if (fragment != std::string_view::npos && rest.find('#', fragment + 1) != std::string_view::npos)
    return false;
  const std::string_view before_fragment = rest.substr(0, fragment);
  return !may_need_normalising(before_fragment.substr(0, before_fragment.find('?')));
}

void append_encoded(std::string& url, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  url += '%';
  url += digits[byte >> 4U];
  url += digits[byte & 0xFU];
}

std::size_t end_of_authority(std::string_view url) noexcept {
  const auto start = url.find("//");
  if (start == std::string_view::npos || url.find_first_of("/?#") < start) return 0;
  const auto end = url.find_first_of("/?#", start + 2);
  return end == std::string_view::npos ? url.size() : end;
}

// Brackets may stand only around an IPv6 address, which only an authority holds; there the last @
// ends the user's name, and any before is part of it (WHATWG URL, authority state).
std::string repaired(std::string_view reference) {
  constexpr std::string_view outer = " \t\r\n\f\v";
  const auto first = reference.find_first_not_of(outer);
  if (first == std::string_view::npos) return {};
  reference = reference.substr(first, reference.find_last_not_of(outer) - first + 1);
  const auto authority = end_of_authority(reference);
  const auto last_at = reference.substr(0, authority).rfind('@');
  std::string url;
  bool has_fragment = false;
  for (std::size_t at = 0; at < reference.size(); ++at) {
    const char c = reference[at];
    if (c == '\t' || c == '\n' || c == '\r') continue;
    const bool is_escape = c == '%' && at + 2 < reference.size() &&
                           is_hex_digit(reference[at + 1]) && is_hex_digit(reference[at + 2]);
    const bool is_bracket = (c == '[' || c == ']') && at < authority;
    const bool is_second_hash = c == '#' && has_fragment;
    const bool is_inner_at = c == '@' && at < authority && at != last_at;
    if (c == '#') has_fragment = true;
    if (is_escape || is_bracket || (may_stand_in_url(c) && !is_second_hash && !is_inner_at)) {
      url += c;
    } else {
      append_encoded(url, c);
    }
  }
  return url;
}

bool is_web(boost::urls::url_view_base const& url) {
  const auto scheme = url.scheme_id();
  return (scheme == boost::urls::scheme::http || scheme == boost::urls::scheme::https) &&
         !url.encoded_host().empty();
}

}  // namespace

std::optional<std::string> resolved_url(std::string_view base, std::string_view reference) try {
  if (reference.size() > longest_url) return std::nullopt;
  if (is_plain(reference)) return std::string{reference};
  const auto wanted = repaired(reference);
  if (wanted.empty()) return std::nullopt;
  const auto to = boost::urls::parse_uri_reference(wanted);
  if (!to) return std::nullopt;
  boost::urls::url resolved;
  if (to->has_scheme()) {
    resolved = *to;
    resolved.normalize_path();
  } else {
    const auto start = repaired(base);  // what is parsed refers to it
    const auto from = boost::urls::parse_uri(start);
    if (!from || !boost::urls::resolve(*from, *to, resolved)) return std::nullopt;
  }
  if (!is_web(resolved)) return std::nullopt;
  resolved.remove_userinfo();
  if (resolved.size() > longest_url) return std::nullopt;
  return std::string{resolved.buffer().data(), resolved.buffer().size()};
} catch (const std::exception&) {
  // Boost.URL throws only at its own size limit, which `longest_url` stays far below.
  return std::nullopt;
}

std::optional<std::string> host_of(std::string_view url) try {
  const auto parsed = boost::urls::parse_uri(boost::core::string_view{url.data(), url.size()});
  if (!parsed || !is_web(*parsed)) return std::nullopt;
  const auto host = parsed->host_name().empty() ? parsed->host_address() : parsed->host_name();
  return std::string{host.data(), host.size()};
} catch (const std::exception&) {
  return std::nullopt;
}

}  // namespace livesearch
