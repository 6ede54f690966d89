#include "livesearch/merge/canonical_url.hpp"

#include <algorithm>
#include <array>
#include <genstage/core/fnv1a.hpp>
#include <optional>
#include <tuple>
#include <vector>

#include "livesearch/site/syntax/letter_case.hpp"

namespace livesearch {

namespace {

constexpr std::array<std::string_view, 34> tracking_parameters{
    "_ga",     "_gl",     "_hsenc",        "_hsmi",      "_openstat", "at_campaign", "at_medium",
    "cmpid",   "dclid",   "fb_action_ids", "fb_ref",     "fbclid",    "gad_source",  "gbraid",
    "gclid",   "gclsrc",  "hsctatracking", "igsh",       "igshid",    "mc_cid",      "mc_eid",
    "mkt_tok", "msclkid", "oly_anon_id",   "oly_enc_id", "ref_src",   "ref_url",     "srsltid",
    "ttclid",  "twclid",  "vero_id",       "wbraid",     "wickedid",  "yclid"};

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

/// Unreserved characters as they are, all other escapes with capital digits, and a percent sign
/// that begins no escape as one.
std::string with_plain_escapes(std::string_view text) {
  if (!text.contains('%')) return std::string{text};
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      plain += "%25";
      continue;
    }
    const char decoded = static_cast<char>(high * 16 + low);
    if (is_unreserved(decoded)) {
      plain += decoded;
    } else {
      plain += '%';
      plain += digits[static_cast<std::size_t>(high)];
      plain += digits[static_cast<std::size_t>(low)];
    }
    at += 2;
  }
  return plain;
}

/// Without user information, default ports and final dots, in small letters.
std::string plain_authority(std::string_view authority) {
  if (const auto user = authority.rfind('@'); user != std::string_view::npos) {
    authority.remove_prefix(user + 1);
  }
  for (bool is_changed = true; is_changed;) {
    is_changed = false;
    for (const std::string_view ending : {":", ":80", ":443", "."}) {
      if (!authority.ends_with(ending)) continue;
      authority.remove_suffix(ending.size());
      is_changed = true;
    }
  }
  return lower_case(authority);
}

/// Without dot segments and without slashes at its end; at least "/".
std::string plain_path(std::string_view path) {
  const std::string decoded = with_plain_escapes(path);
  std::vector<std::string_view> segments;
  std::string_view rest = decoded;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // The slash before each segment.
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (segment != ".") {
      segments.push_back(segment);
    }
  }
  while (!segments.empty() && segments.back().empty()) segments.pop_back();
  if (segments.empty()) return "/";
  std::string plain;
  for (const std::string_view segment : segments) plain.append("/").append(segment);
  return plain;
}

/// Whether a parameter only says where a reader came from; in any letter case.
bool is_tracking(std::string_view name) {
  constexpr std::size_t longest =
      std::ranges::max(tracking_parameters, {}, &std::string_view::size).size();
  std::array<char, longest> letters;
  const std::size_t count = std::min(name.size(), longest);
  std::ranges::transform(name.substr(0, count), letters.begin(), small_letter);
  const std::string_view lowered{letters.data(), count};
  if (lowered.starts_with("utm_")) return true;
  return count == name.size() && std::ranges::binary_search(tracking_parameters, lowered);
}

/// `?` and the parameters by name, without those that track; empty if none is left.
std::string plain_query(std::string_view query) {
  struct parameter {
    std::string_view name;
    std::size_t place;
    std::string_view whole;
  };
  // No escape is one of a sign that parts parameters.
  const std::string decoded = query.contains('%') ? with_plain_escapes(query) : std::string{};
  std::vector<parameter> kept;
  for (std::string_view rest = decoded.empty() ? query : decoded; !rest.empty();) {
    const std::string_view each = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), each.size() + 1));
    const std::string_view name = each.substr(0, each.find('='));
    if (!each.empty() && !is_tracking(name)) kept.push_back({name, kept.size(), each});
  }
  // Parameters of one name keep their order: it may mean something.
  std::ranges::sort(kept, [](const parameter& left, const parameter& right) {
    return std::tie(left.name, left.place) < std::tie(right.name, right.place);
  });
  std::string plain;
  for (const parameter& each : kept) plain.append(plain.empty() ? "?" : "&").append(each.whole);
  return plain;
}

constexpr auto host_characters = [] {
  std::array<bool, 256> may_stand{};
  for (const char c : std::string_view{"abcdefghijklmnopqrstuvwxyz0123456789-."}) {
    may_stand[static_cast<unsigned char>(c)] = true;
  }
  return may_stand;
}();

/// Whether nothing is to be changed about host and path: small letters without a port, and no
/// escapes, dot segments and slash at the end. Whatever this does not know is for the long way.
bool is_plain(std::string_view address) noexcept {
  const std::size_t host = address.find('/');
  if (host == std::string_view::npos || host == 0 || address[host - 1] == '.') return false;
  const auto may_stand_in_host = [](char c) {
    return host_characters[static_cast<unsigned char>(c)];
  };
  if (!std::ranges::all_of(address.substr(0, host), may_stand_in_host)) return false;
  const std::string_view path = address.substr(host);
  if ((path.size() > 1 && path.back() == '/') || path.contains('%')) return false;
  for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    if (path[dot - 1] == '/') return false;  // A path begins with a slash, and with no dot.
  }
  return true;
}

std::optional<std::size_t> end_of_scheme(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.starts_with(scheme)) return scheme.size();
    if (lower_case(url.substr(0, scheme.size())) == scheme) return scheme.size();
  }
  return std::nullopt;
}

std::string_view take_until_any(std::string_view ends, std::string_view& rest) noexcept {
  std::size_t length = rest.size();
  for (const char end : ends) length = std::min(length, rest.substr(0, length).find(end));
  const std::string_view taken = rest.substr(0, length);
  rest.remove_prefix(length);
  return taken;
}

constexpr std::string_view canonical_scheme = "https://";

/// Hands the pieces of the form that is for all, but its scheme, to `take`. False if there is no
/// such form, before any piece.
bool take_pieces(std::string_view url, auto take) {
  const auto start = end_of_scheme(url);
  if (!start) return false;
  std::string_view rest = url.substr(*start);
  const std::string_view address = take_until_any("?#", rest);
  if (is_plain(address)) {
    take(address);
  } else {
    const std::string_view host = address.substr(0, address.find('/'));
    const std::string authority = plain_authority(host);
    if (authority.empty()) return false;
    take(authority);
    take(plain_path(address.substr(host.size())));
  }
  const std::string_view query = take_until_any("#", rest);
  if (!query.empty()) take(plain_query(query.substr(1)));
  if (rest.starts_with("#/") || rest.starts_with("#!")) take(rest);
  return true;
}

}  // namespace

std::string canonical_url(std::string_view url) {
  std::string canonical;
  canonical.reserve(url.size() + 1);
  canonical = canonical_scheme;
  const bool has_form = take_pieces(url, [&](std::string_view piece) { canonical += piece; });
  return has_form ? canonical : std::string{url};
}

std::uint64_t page_key(std::string_view url) {
  constexpr std::uint64_t of_scheme = genstage::fnv1a(canonical_scheme);
  std::uint64_t key = of_scheme;
  const bool has_form =
      take_pieces(url, [&](std::string_view piece) { key = genstage::fnv1a(piece, key); });
  return has_form ? key : genstage::fnv1a(url);
}

}  // namespace livesearch
