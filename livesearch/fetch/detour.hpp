#pragma once

#include <cstdint>
#include <genstage/core/error.hpp>
#include <genstage/http/client.hpp>
#include <optional>
#include <string>

namespace livesearch {

/// Where a site sends a request on to. The lane follows it as a request of its own, so that it
/// waits for a turn like every other.
struct detour {
  std::string url{};
  bool keeps_body = true;  ///< and the method; otherwise it goes on as a GET
  std::uint32_t hops = 0;  ///< with this one

  friend bool operator==(const detour&, const detour&) = default;
};

inline constexpr std::uint32_t most_hops = 5;

/// The detour that an answer asks for, after those `before`; nothing if it asks for none.
///
/// Failure: refused, for an address that is not http or https; bad_answer, for one hop too many.
/// Source: RFC 9110, section 15.4.
[[nodiscard]] genstage::result<std::optional<detour>> read_detour(
    const genstage::http::http_response& response, const std::optional<detour>& before);

/// Turns a request to the address that it goes on to. Another host, scheme or port gets no
/// `Authorization` and no `Cookie`, and is not told which trace it belongs to.
void go_on(genstage::http::http_request& request, const detour& to);

}  // namespace livesearch
