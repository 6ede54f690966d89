#pragma once

#include <genstage/core/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0::http {

/// One `name=value` of a query, decoded.
struct query_parameter {
  std::string name{};
  std::string value{};

  friend bool operator==(const query_parameter&, const query_parameter&) = default;
};

/// What a request line asks for, taken apart and percent-decoded.
///
/// Decoded text is bytes: it may hold a slash, a NUL or invalid UTF-8, and dot segments of the path
/// are left alone. Whoever maps it to files or text has to check it.
struct request_target {
  std::string path{};
  std::vector<query_parameter> query{};

  /// The value of the first parameter of this name; null when there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;

  /// All values of this name in their order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
};

/// Reads the target of a request line in origin form ("/p?q=x"), absolute form or as "*".
///
/// `+` in the query is a space. A parameter without `=` has an empty value; empty parts between two
/// `&` are skipped. Bytes that should have been encoded (raw UTF-8, say) are taken as they are.
/// Failure: `errc::invalid_argument` for an invalid percent-encoding or a target of another form.
/// Source: RFC 9112 section 3.2; the query by the URL standard's form encoding.
[[nodiscard]] result<request_target> parse_target(std::string_view target);

}  // namespace genstage::inline v0::http
