#pragma once

#include <genstage/http/message.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace genstage::inline v0::http {

namespace detail {

class recipient;

}  // namespace detail

/// A whole answer of the server.
///
/// `Content-Length`, `Connection`, `Transfer-Encoding`, `Date` and `Content-Type` among the headers
/// are left out: the server writes them itself.
struct http_reply {
  unsigned status{200};
  std::string content_type{"text/plain; charset=utf-8"};
  http_headers headers{};
  std::string body{};
};

/// How an exchange of request and answer ended.
enum class exchange_end : std::uint8_t {
  finished,        ///< everything was handed to the operating system
  client_left,     ///< the client closed its side or the connection broke
  stalled,         ///< the client took nothing for the server's idle limit
  abandoned,       ///< the stream was dropped without `finish`
  server_stopped,  ///< the server was destroyed, or the grace of its stop was over
};

enum class stream_write : std::uint8_t {
  accepted,
  closed,  ///< the stream has ended; nothing can be written any more
  full,    ///< the stream's bound is reached; the chunk is left with the caller
};

/// An answer that is written piece by piece, such as a stream of server-sent events.
///
/// The queue of bytes that the client has not taken yet is bounded by
/// `server_options::max_stream_bytes`; a chunk larger than that is taken only into an empty queue.
///
/// Lifetime: dropping the stream without `finish` cuts the connection after what is queued, so that
/// the client can tell that the answer is not whole. It may outlive the server, not its reactor.
/// Threads: every member may be called from any thread, one at a time for `write` and `finish`.
class response_stream {
 public:
  response_stream() noexcept = default;
  response_stream(response_stream&&) noexcept = default;
  response_stream& operator=(response_stream&& other) noexcept;
  ~response_stream();

  /// Queues a chunk; the string is moved from only when it is accepted.
  [[nodiscard]] stream_write write(std::string&& chunk);

  /// Ends the answer after what is queued.
  void finish();

  /// The bytes that wait in the queue or are being written.
  [[nodiscard]] std::size_t pending_bytes() const noexcept;

  /// Calls back on the reactor's thread each time that, after a write was answered `full`, half of
  /// the bound is free again.
  void on_drained(std::move_only_function<void()> callback);

  /// Calls back exactly once when the exchange is over, for whatever reason.
  ///
  /// It replaces a callback set before. It runs on the reactor's thread, and inside this call if
  /// the exchange is over already.
  void on_closed(std::move_only_function<void(exchange_end)> callback);

 private:
  friend class responder;
  explicit response_stream(std::shared_ptr<detail::recipient> owned) noexcept;

  std::shared_ptr<detail::recipient> recipient_;
};

/// The right, and the duty, to answer one request.
///
/// Lifetime: a responder that is dropped answers 500. It may outlive the server, not its reactor.
/// Threads: every member may be called from any thread, one at a time. Calling one after `respond`
/// or `begin_stream` is a bug and ends the program.
class responder {
 public:
  responder(responder&&) noexcept = default;
  responder& operator=(responder&& other) noexcept;
  ~responder();

  /// Answers; when the client has left already, the answer is dropped.
  void respond(http_reply reply);

  /// Sends the header, chunked on HTTP/1.1, and gives the rest to a stream.
  [[nodiscard]] response_stream begin_stream(unsigned status, std::string content_type,
                                             http_headers headers = {});

  /// As `response_stream::on_closed`, for work that ends when the client leaves; it stays in place
  /// when a stream begins.
  void on_closed(std::move_only_function<void(exchange_end)> callback);

  /// What the server gives its handler; no interface.
  explicit responder(std::shared_ptr<detail::recipient> owned) noexcept;

 private:
  std::shared_ptr<detail::recipient> take();

  std::shared_ptr<detail::recipient> recipient_;
};

}  // namespace genstage::inline v0::http
