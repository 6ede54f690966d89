#pragma once

#include <genstage/http/detail/exchange.hpp>
#include <genstage/http/detail/reply_head.hpp>
#include <genstage/http/detail/server_core.hpp>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0::http::detail {

/// One connection of the server: reads a request, waits for its answer, writes it, again.
///
/// Threads: the reactor's thread.
/// Invariants:
/// 1. At most one read is under way: the parser's in `reading`, the watch's in other states. The
///    watch notices that the client leaves; what it reads early is kept for the next request. It
///    waits without a buffer: most connections have nothing to say while they wait.
/// 2. At most one write is under way; `wire_` is what it writes.
/// 3. `exchange_` is set from the handler's call until the exchange's end.
class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(std::shared_ptr<server_core> core, boost::asio::ip::tcp::socket socket);

  void start();
  void refuse_connection();
  void stop_when_idle();
  void close(exchange_end how);

  // For the exchange.
  void reply(http_reply answer);
  void open_stream(http_reply head);
  void flush();
  void refuse_request(unsigned status, std::string_view message, http_headers headers = {});

 private:
  using error_code = boost::system::error_code;
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  enum class state : std::uint8_t {
    reading,
    handling,
    replying,
    streaming,
    between,    ///< the answer is out; the watch is being called back
    lingering,  ///< our side is closed; reads what the client still sends, so that it sees the end
    closed,
  };

  void read_request();
  void on_header(error_code failed);
  void read_body();
  void on_body(error_code failed);
  void on_unreadable(error_code failed);
  void dispatch();
  void watch();
  void on_watched(error_code failed);
  [[nodiscard]] error_code read_early();
  void write(std::string bytes);
  void write_some();
  [[nodiscard]] std::span<const boost::asio::const_buffer> on_wire();
  void took(std::size_t bytes);
  void on_written(error_code failed, std::size_t bytes);
  void on_all_written();
  void end_exchange();
  void linger();
  void set_deadline(std::chrono::milliseconds limit);
  void clear_deadline();
  void on_deadline();

  const std::shared_ptr<server_core> core_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  std::uint64_t deadline_serial_{0};  // A handler queued before a newer deadline is told by it.
  boost::asio::cancellation_signal watch_cancel_;
  boost::beast::flat_buffer buffer_;
  std::optional<parser> parser_;
  std::shared_ptr<exchange> exchange_;
  std::string peer_;
  std::vector<std::string> wire_;
  std::array<boost::asio::const_buffer, 8> buffers_;  // The parts of wire_ that are written now.
  std::size_t sent_{0};                               // Of the front of wire_.
  std::size_t in_flight_{0};                          // Bytes of the stream within wire_.
  reply_frame frame_;
  state state_{state::reading};
  bool watching_{false};
  bool writing_{false};
  bool is_head_{false};
  bool is_last_{false};  // What is on the wire ends the stream.
  // Closing while the client still sends would reset the connection and take our answer with it.
  bool unread_input_{false};
};

}  // namespace genstage::inline v0::http::detail
