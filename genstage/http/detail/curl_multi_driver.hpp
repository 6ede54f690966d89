#pragma once

#include <curl/curl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_map>

namespace genstage::inline v0::http::detail {

/// One multi handle of libcurl, whose sockets and timer are waited for by the reactor.
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

 private:
  // Invariant: a watched socket is in sockets_ from libcurl's first request until its REMOVE; the
  // descriptor is released, never closed, because the socket belongs to libcurl.
  struct watched_socket {
    explicit watched_socket(boost::asio::io_context& io) : descriptor{io} {}

    boost::asio::posix::stream_descriptor descriptor;
    int wanted{0};
    bool read_pending{false};
    bool write_pending{false};
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* hint);
  static int on_timer(CURLM* multi, long milliseconds, void* self);

  bool watch(curl_socket_t socket, int what);
  void forget(curl_socket_t socket) noexcept;
  void arm(const std::shared_ptr<watched_socket>& watched, curl_socket_t socket);
  void on_ready(const std::weak_ptr<watched_socket>& waited, curl_socket_t socket, int direction);
  void set_timer(long milliseconds);
  void act(curl_socket_t socket, int ready);

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  std::unordered_map<curl_socket_t, std::shared_ptr<watched_socket>> sockets_;
  finished on_finished_;
  CURLM* multi_;
};

}  // namespace genstage::inline v0::http::detail
