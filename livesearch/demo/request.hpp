#pragma once

#include <genstage/core/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace livesearch::demo {

/// What a demonstration site is asked, read from the target of an HTTP request.
struct demo_request {
  std::string path;       ///< decoded, without the query
  std::string query;      ///< the parameter q; empty if there is none
  std::size_t limit{10};  ///< the parameter limit, at most 50
};

/// Reads a target such as `/handbook/search?q=back+pressure&limit=5`.
///
/// Failure: `invalid_argument` if it is no target, or what it says is not valid UTF-8.
[[nodiscard]] genstage::result<demo_request> parse_demo_request(std::string_view target);

}  // namespace livesearch::demo
