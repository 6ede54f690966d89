#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace genstage::inline v0::http {

/// Reads the value of a Retry-After header: a number of seconds, or a date in one of HTTP's three
/// forms. A date that has passed is no time to wait; nothing if the value is neither.
///
/// A pure function; the time of day is given to it.
/// Source: RFC 9110, sections 10.2.3 and 5.6.7.
[[nodiscard]] std::optional<std::chrono::seconds> read_retry_after(std::string_view value,
                                                                   std::chrono::sys_seconds now);

}  // namespace genstage::inline v0::http
