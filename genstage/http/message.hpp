#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0::http {

/// One header line of a request or an answer.
struct http_header {
  std::string name{};
  std::string value{};

  friend bool operator==(const http_header&, const http_header&) = default;
};

/// Header lines in the order of the wire; a name may stand there more than once.
using http_headers = std::vector<http_header>;

/// The value of the first header of this name, compared without case; empty when there is none.
[[nodiscard]] std::string_view find_header(const http_headers& headers,
                                           std::string_view name) noexcept;

[[nodiscard]] bool has_header(const http_headers& headers, std::string_view name) noexcept;

/// Whether the header can be put on the wire: a token as name, and no line break in the value.
///
/// Source: RFC 9110 section 5.5 and 5.6.2.
[[nodiscard]] bool is_valid(const http_header& header) noexcept;

/// Whether two header names, schemes or hosts are equal without regard to ASCII case.
[[nodiscard]] bool equal_without_case(std::string_view left, std::string_view right) noexcept;

}  // namespace genstage::inline v0::http
