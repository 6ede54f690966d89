#pragma once

#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace genstage::inline v0::http::detail {

class connection;

/// The listening socket and the set of its connections.
///
/// Threads: the reactor's thread, except `bind` (before anything else runs) and the counters.
class server_core : public std::enable_shared_from_this<server_core> {
 public:
  server_core(reactor& driver, server_options options, http_server::handler on_request);

  [[nodiscard]] result<void> bind();
  /// Has the address that another one listened at, in place of `bind`.
  [[nodiscard]] result<void> stand_for(std::uint16_t port);
  void accept();
  void stop(std::chrono::milliseconds grace, std::move_only_function<void()> on_stopped);

  /// Closes everything at once and lets go of the handler.
  void close();

  // For connections.
  void handle(server_request request, responder answer);
  void count_bad_request() noexcept { bad_requests_.fetch_add(1, std::memory_order_relaxed); }
  void remove(const std::shared_ptr<connection>& closed);
  [[nodiscard]] bool is_stopping() const noexcept { return stopping_; }
  [[nodiscard]] std::string error_body(unsigned status, std::string_view message) const;
  [[nodiscard]] const server_options& options() const noexcept { return options_; }
  [[nodiscard]] reactor& home() noexcept { return reactor_; }

  // For any thread.
  [[nodiscard]] std::uint16_t port() const noexcept { return endpoint_.port(); }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] server_counters counters() const noexcept;

 private:
  void on_accepted(boost::asio::ip::tcp::socket socket);
  void close_connections();
  void report_stopped();

  reactor& reactor_;
  const server_options options_;
  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::endpoint endpoint_;
  boost::asio::steady_timer timer_;
  http_server::handler on_request_;
  std::unordered_set<std::shared_ptr<connection>> connections_;
  std::vector<std::move_only_function<void()>> on_stopped_;
  bool stopping_{false};
  // Gauges for other threads; they publish nothing else.
  std::atomic<std::size_t> open_{0};
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> bad_requests_{0};
};

}  // namespace genstage::inline v0::http::detail
