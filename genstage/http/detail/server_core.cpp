#include <genstage/http/detail/connection.hpp>
#include <genstage/http/detail/server_core.hpp>
#include <genstage/io/detail/reactor_context.hpp>

#include <fmt/core.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <nlohmann/json.hpp>
#include <utility>

namespace genstage::inline v0::http::detail {

namespace {

namespace asio = boost::asio;

// Connections beyond the limit that are still being told 503; more are just closed.
constexpr std::size_t max_refusals = 64;
constexpr std::chrono::milliseconds accept_pause{100};

errc code_of(const boost::system::error_code& failed) {
  if (failed == asio::error::address_in_use) return errc::already_exists;
  if (failed == asio::error::access_denied) return errc::refused;
  return errc::unavailable;
}

std::string name_of(const asio::ip::tcp::endpoint& endpoint) {
  const bool is_v6 = endpoint.address().is_v6();
  return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", endpoint.address().to_string(),
                     is_v6 ? "]" : "", endpoint.port());
}

}  // namespace

server_core::server_core(reactor& driver, server_options options, http_server::handler on_request)
    : reactor_{driver},
      options_{std::move(options)},
      io_{genstage::detail::io_context_of(driver)},
      acceptor_{io_},
      timer_{io_},
      on_request_{std::move(on_request)} {}

result<void> server_core::stand_for(std::uint16_t port) {
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(options_.address, failed);
  if (failed) {
    return fail(errc::invalid_argument,
                fmt::format("http server: address is \"{}\", an IPv4 or IPv6 address is allowed; "
                            "not listening",
                            options_.address));
  }
  endpoint_ = {address, port};
  return {};
}

result<void> server_core::bind() {
  if (auto read = stand_for(options_.port); !read) return read;
  boost::system::error_code failed;
  acceptor_.open(endpoint_.protocol(), failed);
  if (!failed) acceptor_.set_option(asio::socket_base::reuse_address{true}, failed);
  if (!failed) acceptor_.bind(endpoint_, failed);
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    return fail(code_of(failed), failed == asio::error::address_in_use
                                     ? fmt::format("http server {}: address in use; not listening",
                                                   name_of(endpoint_))
                                     : fmt::format("http server {}: {}; not listening",
                                                   name_of(endpoint_), failed.message()));
  }
  endpoint_ = acceptor_.local_endpoint(failed);
  return {};
}

void server_core::accept() {
  if (stopping_) return;
  acceptor_.async_accept([self = shared_from_this()](const boost::system::error_code& failed,
                                                     asio::ip::tcp::socket socket) {
    if (self->stopping_) return;
    if (!failed) {
      self->on_accepted(std::move(socket));
      return self->accept();
    }
    // Out of descriptors or memory, say: the backlog waits until there are some again.
    self->timer_.expires_after(accept_pause);
    self->timer_.async_wait([self](const boost::system::error_code& cancelled) {
      if (!cancelled) self->accept();
    });
  });
}

void server_core::on_accepted(asio::ip::tcp::socket socket) {
  const bool over = connections_.size() >= options_.max_connections;
  if (over) refused_.fetch_add(1, std::memory_order_relaxed);
  if (connections_.size() >= options_.max_connections + max_refusals) return;  // Closed at once.
  const auto added = std::make_shared<connection>(shared_from_this(), std::move(socket));
  connections_.insert(added);
  open_.store(connections_.size(), std::memory_order_relaxed);
  if (over) {
    added->refuse_connection();
  } else {
    added->start();
  }
}

void server_core::handle(server_request request, responder answer) {
  requests_.fetch_add(1, std::memory_order_relaxed);
  on_request_(std::move(request), std::move(answer));
}

void server_core::remove(const std::shared_ptr<connection>& closed) {
  connections_.erase(closed);
  open_.store(connections_.size(), std::memory_order_relaxed);
  if (stopping_ && connections_.empty()) report_stopped();
}

void server_core::stop(std::chrono::milliseconds grace,
                       std::move_only_function<void()> on_stopped) {
  if (on_stopped) on_stopped_.push_back(std::move(on_stopped));
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  const std::vector<std::shared_ptr<connection>> open{connections_.begin(), connections_.end()};
  for (const auto& each : open) each->stop_when_idle();
  if (connections_.empty()) return report_stopped();
  timer_.expires_after(grace);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
    if (!cancelled) self->close_connections();
  });
}

void server_core::close() {
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  close_connections();
  report_stopped();
  on_request_ = nullptr;
}

void server_core::close_connections() {
  const std::vector<std::shared_ptr<connection>> open{connections_.begin(), connections_.end()};
  for (const auto& each : open) each->close(exchange_end::server_stopped);
}

void server_core::report_stopped() {
  timer_.cancel();
  auto waiting = std::exchange(on_stopped_, {});  // A callback may stop the server again.
  for (auto& callback : waiting) callback();
}

std::string server_core::error_body(unsigned status, std::string_view message) const {
  if (options_.error_body) return options_.error_body(status, message);
  const nlohmann::json body{{"error", {{"message", message}}}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string server_core::url() const {
  return "http://" + name_of(endpoint_);
}

server_counters server_core::counters() const noexcept {
  return {.connections = open_.load(std::memory_order_relaxed),
          .requests = requests_.load(std::memory_order_relaxed),
          .refused = refused_.load(std::memory_order_relaxed),
          .bad_requests = bad_requests_.load(std::memory_order_relaxed)};
}

}  // namespace genstage::inline v0::http::detail
