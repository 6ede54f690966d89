#pragma once

#include <genstage/http/detail/socket_interests.hpp>

#include <curl/curl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace genstage::inline v0::http::detail {

/// One multi handle of libcurl, whose sockets and timer are waited for by the reactor.
///
/// The sockets are in an epoll set of their own, and the reactor waits for the set: libcurl lets go
/// of a socket after each answer and takes it again for the next request, which costs several calls
/// each time if the reactor itself has to learn and to forget it.
///
/// Threads: everything happens on the reactor's thread. `on_finished` is called from the event loop
/// and never from inside `add` or `remove`; it has to `remove` the handle it is given.
class curl_multi_driver : public std::enable_shared_from_this<curl_multi_driver> {
 public:
  using finished = std::move_only_function<void(CURL*, CURLcode)>;

  struct limits {
    std::size_t max_connections;
    std::size_t max_host_connections;
  };

  curl_multi_driver(boost::asio::io_context& io, limits bounds, finished on_finished);
  ~curl_multi_driver();

  curl_multi_driver(const curl_multi_driver&) = delete;
  curl_multi_driver& operator=(const curl_multi_driver&) = delete;

  [[nodiscard]] CURLMcode add(CURL* easy);
  void remove(CURL* easy) noexcept;

  /// Tells of a socket that a handle has opened for one of its connections.
  void opened(curl_socket_t socket) { interests_.opened(socket); }

 private:
  using clock = std::chrono::steady_clock;

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* known);
  static int on_close_socket(void* self, curl_socket_t socket);
  static int on_timer(CURLM* multi, long milliseconds, void* self);

  void wait_for_sockets();
  void handle_sockets();
  void set_timer(long milliseconds);
  void wait_for_timer(clock::time_point when);
  void act_soon();
  void act(curl_socket_t socket, int ready);

  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor sockets_;  ///< the epoll set
  socket_interests interests_;
  boost::asio::steady_timer timer_;
  // Invariant: while libcurl wants to be called at `due_`, the timer is armed for then or earlier,
  // or a call is posted.
  std::optional<clock::time_point> due_;
  std::optional<clock::time_point> armed_;
  bool is_posted_ = false;
  bool is_waiting_ = false;
  finished on_finished_;
  CURLM* multi_;
};

}  // namespace genstage::inline v0::http::detail
