#pragma once

#include <genstage/http/client.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace genstage::inline v0 {

class reactor;

}  // namespace genstage::inline v0

namespace genstage::inline v0::http {

/// A host name whose address is given instead of looked up; the address guard still judges it.
struct fixed_address {
  std::string host{};
  std::uint16_t port{0};
  std::string address{};
};

struct curl_client_options {
  std::string user_agent{"genstage/0.1"};
  /// Transfers that are running or wait for a connection; one more completes with `over_capacity`.
  std::size_t max_transfers{1024};
  /// Open connections for each network scope; further transfers wait inside their total limit.
  std::size_t max_connections{256};
  /// Of those, to one host and port; 0 means no bound of its own.
  std::size_t max_host_connections{8};
  /// A connection that nobody has used for longer is not used again: what lies between may have
  /// forgotten it without a word, and a request on it would only time out.
  std::chrono::seconds idle_limit{30};
  /// Header bytes of one answer.
  std::size_t max_header{64U << 10U};
  /// A PEM file of trusted certificates in place of the system's; empty means the system's.
  std::string ca_file{};
  std::vector<fixed_address> fixed_addresses{};
};

/// The HTTP client over libcurl's multi interface, driven by the reactor.
///
/// Every connection passes the address guard with the address that the socket is about to connect
/// to, after redirects as well; scopes never share a connection. Only http and https are spoken,
/// HTTP/2 over TLS where the server offers it; proxies from the environment are ignored.
///
/// Lifetime: the reactor and the guard must outlive the client. The destructor cancels everything,
/// so that each pending `on_done` gets `errc::cancelled`, and waits until no callback can run; it
/// must not run on the reactor's thread.
/// Threads: `on_done` runs on the reactor's thread and must not block.
/// Cost: a look-up takes a thread of libcurl for its duration, even after a cancel. A transfer that
/// waits for its answer takes some 11 KB and a buffer: 16 KiB among up to 256 transfers, less among
/// more, 4 KiB from 1024 on.
class curl_client final : public http_client {
 public:
  curl_client(reactor& driver, address_guard& guard, curl_client_options options = {});
  ~curl_client() override;

  [[nodiscard]] transfer_id start(http_request request, completion on_done) override;
  void cancel(transfer_id transfer) noexcept override;

  /// How many transfers have been started and have not completed yet.
  [[nodiscard]] std::size_t transfers() const noexcept;

 private:
  class engine;
  std::shared_ptr<engine> engine_;
};

}  // namespace genstage::inline v0::http
