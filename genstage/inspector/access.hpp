#pragma once

#include <cstdint>
#include <genstage/core/error.hpp>
#include <genstage/http/server.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

/// Who may look into the program.
struct access_rule {
  /// What every request for data has to carry; empty asks for nothing.
  std::string token{};
  /// Names by which this server may be called, besides addresses and localhost: so that no page of
  /// another host gets at it through a name that it lets point here.
  std::vector<std::string> host_names{};
};

enum class access : std::uint8_t {
  granted,
  foreign_host,  ///< the request calls the server by a name that is not its own
  wrong_method,  ///< only GET and HEAD are answered, and POST where a file can be shown
  wrong_type,    ///< what is posted is not bytes alone, as a form of another page would send it
  wrong_token,
};

/// Whether only this machine reaches an address.
[[nodiscard]] bool is_loopback(std::string_view address);

/// Whether an inspector may listen there.
///
/// Failure: invalid_argument for what is no address, refused for one that others reach as well and
/// no token; both in words that name the option.
[[nodiscard]] result<void> check_address(std::string_view address, std::string_view token);

/// Whether two texts are equal, in a time that depends on the length of the first alone.
[[nodiscard]] bool equal_in_constant_time(std::string_view given, std::string_view secret) noexcept;

/// What becomes of a request. The page itself is no secret and asks for no token: it sends the one
/// that it is given as `Authorization: Bearer TOKEN`.
[[nodiscard]] access judge(const access_rule& rule, const http::server_request& request);

/// Where a trace file is shown that the page sends.
inline constexpr std::string_view recording_path = "/api/recording";

}  // namespace genstage::inline v0
