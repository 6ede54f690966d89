#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace livesearch {

/// The form that all addresses of one page have in common: by it results are recognised as the
/// same. It is no address to open.
///
/// Without difference are http and https, the host's letter case and final dot, user information,
/// the ports 80 and 443, dot segments, slashes at the end of the path, needless percent-encoding,
/// the order of parameters with different names, parameters that only say where a reader came from
/// (`utm_*`, `gclid` and their like), and the fragment, unless it is a page's own address
/// (`#/` or `#!`).
///
/// What is no http or https URL is left as it is. Taking it twice changes nothing.
/// Source: RFC 3986, section 6.2.
[[nodiscard]] std::string canonical_url(std::string_view url);

/// Its hash (FNV-1a, 64 bits), mostly without making it.
[[nodiscard]] std::uint64_t page_key(std::string_view url);

}  // namespace livesearch
