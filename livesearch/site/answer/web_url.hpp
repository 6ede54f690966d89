#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace livesearch {

inline constexpr std::size_t longest_url = std::size_t{8} * 1024;

/// The URL that `reference` means on the page `base`, if it is an http or https URL with a host.
///
/// As browsers do, whitespace around it is dropped and characters that may not stand in a URL are
/// percent-encoded. User information is removed, because it makes a URL look like another host's.
/// Every other scheme (`javascript:`, `data:`, ...) gives nothing.
///
/// Source: RFC 3986, section 5.2.
[[nodiscard]] std::optional<std::string> resolved_url(std::string_view base,
                                                      std::string_view reference);

/// The host of an absolute http or https URL, without brackets; nothing if it is not one.
[[nodiscard]] std::optional<std::string> host_of(std::string_view url);

}  // namespace livesearch
