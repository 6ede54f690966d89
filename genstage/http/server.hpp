#pragma once

#include <genstage/core/error.hpp>
#include <genstage/core/fnv1a.hpp>
#include <genstage/http/message.hpp>
#include <genstage/http/responder.hpp>
#include <genstage/http/target.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

class port_log;
class reactor;

}  // namespace genstage::inline v0

namespace genstage::inline v0::http {

namespace detail {

class request_tape;
class server_core;

}  // namespace detail

struct replayed_answer;

struct server_options {
  std::string address{"127.0.0.1"};
  /// 0 takes any free port.
  std::uint16_t port{0};
  std::size_t max_header{16U << 10U};
  std::size_t max_body{64U << 10U};
  /// Bytes of one stream that the client has not taken yet.
  std::size_t max_stream_bytes{256U << 10U};
  /// One connection more is answered 503.
  std::size_t max_connections{1024};
  /// For a whole request to arrive, for the next one, and for a client to take what is written.
  std::chrono::milliseconds idle_limit{30'000};
  /// The kernel's send buffer of each connection in bytes; 0 leaves it to the system.
  int send_buffer{0};
  /// The body of an answer that the server gives by itself; empty means
  /// `{"error":{"message":...}}`. Its content type is application/json.
  std::function<std::string(unsigned status, std::string_view message)> error_body{};
  /// Keeps what comes, of a run that is recorded; tells it in one that is had again, in which
  /// nobody listens. See `replayed_answer`.
  port_log* log{nullptr};
  /// As which it is kept; each server of a program needs another.
  std::string log_name{"http server"};
  /// Told of each answer in a run that is had again, when its exchange ends there.
  std::function<void(const replayed_answer&)> on_replayed{};
};

/// One request as the handler sees it.
struct server_request {
  std::string method{};
  /// Path and query, decoded; repeated names are kept.
  request_target target{};
  /// The target as it was sent.
  std::string raw_target{};
  http_headers headers{};
  std::string body{};
  /// The client's address and port.
  std::string peer{};
};

/// An answer as a status, how many bytes its body had, and a digest of them.
struct answer_digest {
  unsigned status{0};      ///< 0 while there is none
  bool is_whole{false};    ///< it was ended by the program
  std::uint64_t bytes{0};  ///< of the body, as far as the connection took it
  std::uint64_t hash{fnv1a_of_nothing};

  friend bool operator==(const answer_digest&, const answer_digest&) = default;
};

/// What a recorded run and the one that has it again answered to a request.
///
/// A recording has each request that the handler was given, whole, in the order of everything; what
/// a reader has not taken, how much of an answer a connection took and how the exchange ended; and
/// of the answer a digest, since the program makes it again. What the server refuses by itself is
/// not there, since the program has no part in it. The handler runs as one happening of the
/// program: whatever it looks at that only processes change is the same in both runs.
struct replayed_answer {
  const server_request& request;
  std::string content_type{};
  std::string body{};
  answer_digest now{};
  answer_digest recorded{};

  [[nodiscard]] bool is_same() const noexcept { return now == recorded; }
};

struct server_counters {
  std::size_t connections{0};     ///< open now
  std::uint64_t requests{0};      ///< given to the handler so far
  std::uint64_t refused{0};       ///< connections refused for want of room so far
  std::uint64_t bad_requests{0};  ///< answered 4xx by the server itself so far
};

/// An HTTP/1.1 server on the reactor; what it is asked goes to one handler.
///
/// Requests of one connection are handled one after the other. Requests that cannot be read are
/// answered by the server: 400, 405 (CONNECT, TRACE and unknown methods), 413 and 431. A client
/// that closes its sending side is taken to have left.
///
/// Lifetime: the reactor and the log must outlive the server and everything it handed out. The
/// destructor closes all connections, so that each `on_closed` is called, and waits until no
/// callback can run; it must not run on the reactor's thread. While it is recorded, and in a
/// process that ends, each `on_closed` is called there, as a part of that end. Threads: every
/// member may be called from any thread. The handler runs on the reactor's thread; it must not
/// block, and an exception that leaves it ends the program.
class http_server {
 public:
  using handler = std::move_only_function<void(server_request, responder)>;

  /// Binds, listens and begins to accept.
  ///
  /// Failure: `already_exists` for an address in use, `invalid_argument` for one that cannot be
  /// read, `refused` for a port that needs more rights, `unavailable` for anything else.
  [[nodiscard]] static result<std::unique_ptr<http_server>> listen(reactor& driver,
                                                                   server_options options,
                                                                   handler on_request);
  ~http_server();

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Accepts no more, closes idle connections, lets running exchanges end, and closes what is left
  /// after `grace`; then calls back on the reactor's thread.
  void stop(std::chrono::milliseconds grace, std::move_only_function<void()> on_stopped = {});

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// "http://127.0.0.1:8080", say.
  [[nodiscard]] std::string url() const;

  [[nodiscard]] server_counters counters() const noexcept;

 private:
  http_server(std::shared_ptr<detail::server_core> core,
              std::shared_ptr<detail::request_tape> tape) noexcept;

  std::shared_ptr<detail::server_core> core_;
  std::shared_ptr<detail::request_tape> tape_;  ///< Null unless there is a log.
};

}  // namespace genstage::inline v0::http
