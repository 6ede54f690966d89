#pragma once

#include <genstage/core/error.hpp>
#include <genstage/http/address_guard.hpp>
#include <genstage/http/message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace genstage::inline v0::http {

/// Which connection a request may use.
enum class connection_use : std::uint8_t {
  pooled,  ///< one that an earlier request left open; if it turns out dead, a new one
  fresh,   ///< a new one
};

/// What to ask of which address, and the bounds of the answer.
struct http_request {
  /// GET, HEAD, POST, PUT, PATCH or DELETE.
  std::string method{"GET"};
  /// An absolute http or https URL.
  std::string url{};
  /// Sent to every host of a redirect too, except `Authorization` and `Cookie`.
  http_headers headers{};
  std::string body{};
  /// From start to the last byte, redirects included. A backstop: a caller's own deadline cancels.
  std::chrono::milliseconds total_limit{30'000};
  /// For looking up the host, connecting and the TLS handshake, for each connection.
  std::chrono::milliseconds connect_limit{10'000};
  /// From start until an answer begins, redirects included; 0 means no limit of its own.
  std::chrono::milliseconds first_byte_limit{0};
  connection_use connection{connection_use::pooled};
  /// Counts decoded bytes, so that a compressed bomb ends here too.
  std::size_t max_body{4U << 20U};
  /// 0 means that a redirect is itself the answer.
  unsigned max_redirects{5};
  network_scope scope{network_scope::public_only};
};

/// What a site answered, of whatever status.
struct http_response {
  unsigned status{0};
  /// The header lines of the last answer, without those of redirects before it.
  http_headers headers{};
  /// Decoded: gzip, brotli and zstd are undone.
  std::string body{};
  /// Where the redirects ended.
  std::string final_url{};
  /// The `Content-Type` as it was sent, parameters included.
  std::string content_type{};
  /// "HTTP/1.0", "HTTP/1.1" or "HTTP/2".
  std::string http_version{};
  std::chrono::nanoseconds elapsed{0};
};

/// Names one started transfer of one client; never reused by it.
enum class transfer_id : std::uint64_t {};

/// The port through which the program asks sites; replaced by a scripted client in simulation.
///
/// Threads: `start` and `cancel` may be called from any thread.
class http_client {
 public:
  using completion = std::move_only_function<void(result<http_response>)>;

  http_client() = default;
  virtual ~http_client() = default;

  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Begins a transfer and calls `on_done` exactly once, never inside this call.
  ///
  /// Failure: `invalid_argument` (URL, method or header), `refused` (address guard, scheme),
  /// `timed_out`, `unreachable` (look-up, connection, TLS), `bad_answer` (too large, too many
  /// redirects, broken), `over_capacity`, `cancelled`. Any HTTP status is an answer, no failure.
  [[nodiscard]] virtual transfer_id start(http_request request, completion on_done) = 0;

  /// Ends a transfer, which then completes with `errc::cancelled`; its connection is closed.
  ///
  /// Cancel: a transfer that completed before this call took effect keeps its outcome; an unknown
  /// or finished transfer is left alone.
  virtual void cancel(transfer_id transfer) noexcept = 0;
};

}  // namespace genstage::inline v0::http
