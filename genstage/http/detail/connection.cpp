#include <genstage/http/detail/connection.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <iterator>
#include <utility>

namespace genstage::inline v0::http::detail {

namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

constexpr std::size_t read_ahead = 64U << 10U;
constexpr std::size_t piece_size = 64U << 10U;
constexpr std::chrono::milliseconds linger_limit{2'000};
constexpr std::string_view allowed_methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

std::string text(boost::core::string_view view) {
  return {view.data(), view.size()};
}

bool is_allowed(beast_http::verb method) {
  switch (method) {
    case beast_http::verb::get:
    case beast_http::verb::head:
    case beast_http::verb::post:
    case beast_http::verb::put:
    case beast_http::verb::patch:
    case beast_http::verb::delete_:
    case beast_http::verb::options:
      return true;
    default:
      return false;
  }
}

/// What stands before and after the bytes of a chunk, and what ends the last one.
/// Source: RFC 9112, section 7.1.
std::string begin_of_chunk(std::size_t bytes) {
  return fmt::format("{:x}\r\n", bytes);
}
constexpr std::string_view end_of_chunk = "\r\n";
constexpr std::string_view end_of_chunks = "0\r\n\r\n";

std::string peer_of(const asio::ip::tcp::socket& socket) {
  boost::system::error_code failed;
  const auto endpoint = socket.remote_endpoint(failed);
  if (failed) return "unknown";
  const bool is_v6 = endpoint.address().is_v6();
  return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", endpoint.address().to_string(),
                     is_v6 ? "]" : "", endpoint.port());
}

}  // namespace

connection::connection(std::shared_ptr<server_core> core, asio::ip::tcp::socket socket)
    : core_{std::move(core)},
      socket_{std::move(socket)},
      deadline_{socket_.get_executor()},
      buffer_{core_->options().max_header + read_ahead},
      peer_{peer_of(socket_)} {
  boost::system::error_code ignored;  // An option that cannot be set costs speed only.
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);  // For the watch, which may have been woken for nothing.
  if (core_->options().send_buffer > 0) {
    socket_.set_option(asio::socket_base::send_buffer_size{core_->options().send_buffer}, ignored);
  }
}

void connection::start() {
  read_request();
}

void connection::refuse_connection() {
  refuse_request(503, "server is at its limit of connections; request not read");
}

void connection::stop_when_idle() {
  const bool idle = state_ == state::reading && buffer_.size() == 0 && !parser_->got_some();
  if (idle) close(exchange_end::server_stopped);
}

void connection::close(exchange_end how) {
  if (state_ == state::closed) return;
  state_ = state::closed;
  clear_deadline();
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (const auto ended = std::exchange(exchange_, nullptr)) ended->end(how);
  core_->remove(shared_from_this());
}

void connection::read_request() {
  if (core_->is_stopping()) return close(exchange_end::server_stopped);
  state_ = state::reading;
  is_head_ = false;
  unread_input_ = false;
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_->options().max_header));
  parser_->body_limit(core_->options().max_body);
  set_deadline(core_->options().idle_limit);
  beast_http::async_read_header(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](error_code failed, std::size_t) { self->on_header(failed); });
}

void connection::on_header(error_code failed) {
  if (state_ == state::closed) return;
  if (failed) return on_unreadable(failed);
  const auto& request = parser_->get();
  frame_.version = request.version() == 10 ? 10 : 11;
  if (!is_allowed(request.method())) {
    core_->count_bad_request();
    return refuse_request(405, "method is not supported; request refused",
                          {{"Allow", std::string{allowed_methods}}});
  }
  if (request.version() >= 11 && request.count(beast_http::field::host) != 1) {
    core_->count_bad_request();
    return refuse_request(400, "request must have one Host header; request refused");
  }
  if (equal_without_case(text(request[beast_http::field::expect]), "100-continue") &&
      request.version() >= 11) {
    return write("HTTP/1.1 100 Continue\r\n\r\n");  // on_all_written reads the body then.
  }
  read_body();
}

void connection::read_body() {
  beast_http::async_read(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](error_code failed, std::size_t) { self->on_body(failed); });
}

void connection::on_body(error_code failed) {
  if (state_ == state::closed) return;
  if (failed) return on_unreadable(failed);
  dispatch();
}

void connection::on_unreadable(error_code failed) {
  using reason = beast_http::error;
  const auto& category = make_error_code(reason::end_of_stream).category();
  const bool left = failed == reason::end_of_stream || failed == reason::partial_message;
  if (failed.category() != category || left) return close(exchange_end::client_left);
  core_->count_bad_request();
  if (failed == reason::header_limit || failed == reason::buffer_overflow) {
    return refuse_request(431, fmt::format("request header is larger than {} bytes; not read",
                                           core_->options().max_header));
  }
  if (failed == reason::body_limit) {
    return refuse_request(413, fmt::format("request body is larger than {} bytes; not read",
                                           core_->options().max_body));
  }
  refuse_request(400, fmt::format("request cannot be read: {}; refused", failed.message()));
}

void connection::dispatch() {
  auto message = parser_->release();
  is_head_ = message.method() == beast_http::verb::head;
  frame_.then = message.keep_alive() ? after_reply::keep_alive : after_reply::close;
  auto target = parse_target({message.target().data(), message.target().size()});
  if (!target) {
    core_->count_bad_request();
    return refuse_request(400, target.error().message);
  }
  server_request request{.method = text(message.method_string()),
                         .target = *std::move(target),
                         .raw_target = text(message.target()),
                         .body = std::move(message.body()),
                         .peer = peer_};
  for (const auto& field : message) {
    request.headers.push_back({text(field.name_string()), text(field.value())});
  }
  clear_deadline();  // How long the program thinks is its own affair.
  state_ = state::handling;
  exchange_ = std::make_shared<exchange>(core_->home(), weak_from_this(),
                                         core_->options().max_stream_bytes);
  watch();
  core_->handle(std::move(request), responder{exchange_});
}

void connection::watch() {
  const bool room = buffer_.size() < buffer_.max_size();
  if (watching_ || !room) return;  // Invariant 1; a full buffer is the client's own pipelining.
  watching_ = true;
  socket_.async_wait(asio::socket_base::wait_read,
                     asio::bind_cancellation_slot(watch_cancel_.slot(),
                                                  [self = shared_from_this()](error_code failed) {
                                                    self->on_watched(failed);
                                                  }));
}

void connection::on_watched(error_code failed) {
  watching_ = false;
  if (!failed && state_ != state::reading && state_ != state::closed) failed = read_early();
  switch (state_) {
    case state::reading:
    case state::closed:
      return;
    case state::between:
      return read_request();
    case state::lingering:
      if (failed) return close(exchange_end::finished);
      buffer_.clear();
      return watch();
    case state::replying:
      // The answer may still be wanted by a client that has only closed its sending side.
      if (failed) frame_.then = after_reply::close;
      if (!failed) watch();
      return;
    case state::handling:
    case state::streaming:
      if (failed) return close(exchange_end::client_left);
      return watch();
  }
}

/// Takes what has come into the buffer; no failure if that is nothing.
connection::error_code connection::read_early() {
  const auto space = std::min<std::size_t>(4096, buffer_.max_size() - buffer_.size());
  error_code failed;
  buffer_.commit(socket_.read_some(buffer_.prepare(space), failed));
  if (failed == asio::error::would_block || failed == asio::error::try_again) failed.clear();
  return failed;
}

void connection::reply(http_reply answer) {
  if (state_ != state::handling) return;
  if (!is_writable(answer)) {
    return refuse_request(500, "answer of the program has an invalid status or header; not sent");
  }
  if (core_->is_stopping()) frame_.then = after_reply::close;
  frame_.framing = has_no_body(answer.status) ? body_framing::none : body_framing::length;
  state_ = state::replying;
  wire_.push_back(write_head(answer, frame_));
  if (is_head_ || frame_.framing == body_framing::none) answer.body.clear();
  write(std::move(answer.body));
}

void connection::refuse_request(unsigned status, std::string_view message, http_headers headers) {
  if (state_ != state::reading && state_ != state::handling) return;
  // What is left of the request is not told from the next one, except for an answer of ours to a
  // request that was read whole.
  unread_input_ = status != 500;
  if (unread_input_) frame_.then = after_reply::close;
  if (core_->is_stopping()) frame_.then = after_reply::close;
  http_reply answer{.status = status,
                    .content_type = "application/json",
                    .headers = std::move(headers),
                    .body = core_->error_body(status, message)};
  frame_.framing = body_framing::length;
  state_ = state::replying;
  auto bytes = write_head(answer, frame_);
  if (!is_head_) bytes += answer.body;
  write(std::move(bytes));
}

void connection::open_stream(http_reply head) {
  if (state_ != state::handling) return;
  if (!is_writable(head)) {
    return refuse_request(500, "answer of the program has an invalid status or header; not sent");
  }
  if (core_->is_stopping() || frame_.version == 10) frame_.then = after_reply::close;
  frame_.framing = frame_.version == 10 ? body_framing::until_close : body_framing::chunked;
  const bool bodiless = is_head_ || has_no_body(head.status);
  if (bodiless) frame_.framing = body_framing::none;
  state_ = bodiless ? state::replying : state::streaming;
  is_last_ = false;
  wire_.push_back(write_head(head, frame_));
  if (bodiless) return write({});
  flush();
  if (!writing_ && !wire_.empty()) write({});
}

void connection::flush() {
  if (state_ != state::streaming || writing_) return;  // The end of a write asks for another.
  auto [chunks, bytes, then] = exchange_->take(piece_size);
  if (then == exchange::next_step::cut) return close(exchange_end::abandoned);
  is_last_ = then == exchange::next_step::finish;
  in_flight_ = bytes;
  const bool is_chunked = frame_.framing == body_framing::chunked;
  if (is_chunked && bytes > 0) wire_.push_back(begin_of_chunk(bytes));
  std::ranges::move(chunks, std::back_inserter(wire_));
  std::string after;
  if (is_chunked && bytes > 0) after += end_of_chunk;
  if (is_chunked && is_last_) after += end_of_chunks;
  if (bytes > 0 || !after.empty()) return write(std::move(after));
  if (is_last_ && wire_.empty()) end_exchange();
}

/// Most of what is written the kernel takes at once, and then it needs neither a deadline nor a
/// turn of the loop. What fails is tried again and told by the loop.
void connection::write(std::string bytes) {
  if (!bytes.empty()) wire_.push_back(std::move(bytes));
  if (writing_) return;
  error_code failed;
  while (!failed && !wire_.empty()) took(socket_.write_some(on_wire(), failed));
  if (!wire_.empty()) return write_some();
  on_all_written();
}

void connection::write_some() {
  writing_ = true;
  set_deadline(core_->options().idle_limit);  // For each piece of progress.
  socket_.async_write_some(on_wire(),
                           [self = shared_from_this()](error_code failed, std::size_t bytes) {
                             self->on_written(failed, bytes);
                           });
}

std::span<const asio::const_buffer> connection::on_wire() {
  std::size_t count = 0;
  for (const std::string& each : std::span{wire_}.first(std::min(wire_.size(), buffers_.size()))) {
    buffers_[count] = asio::buffer(each) + (count == 0 ? sent_ : 0);
    ++count;
  }
  return std::span{buffers_}.first(count);
}

void connection::took(std::size_t bytes) {
  sent_ += bytes;
  auto gone = wire_.begin();
  for (; gone != wire_.end() && sent_ >= gone->size(); ++gone) sent_ -= gone->size();
  wire_.erase(wire_.begin(), gone);
}

void connection::on_written(error_code failed, std::size_t bytes) {
  writing_ = false;
  if (state_ == state::closed) return;
  if (failed) return close(exchange_end::client_left);
  took(bytes);
  if (!wire_.empty()) return write_some();
  on_all_written();
}

void connection::on_all_written() {
  if (state_ == state::reading) return read_body();  // That was "100 Continue".
  clear_deadline();
  if (state_ == state::replying || is_last_) return end_exchange();
  exchange_->written(std::exchange(in_flight_, 0));
}

void connection::end_exchange() {
  clear_deadline();
  const auto ended = std::exchange(exchange_, nullptr);
  state_ = state::between;
  is_last_ = false;
  if (ended) ended->end(exchange_end::finished);
  if (unread_input_) return linger();
  if (frame_.then == after_reply::close) return close(exchange_end::finished);
  if (!watching_) return read_request();
  watch_cancel_.emit(asio::cancellation_type::all);
}

void connection::linger() {
  state_ = state::lingering;
  boost::system::error_code failed;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, failed);
  if (failed) return close(exchange_end::finished);
  buffer_.clear();
  set_deadline(std::min(linger_limit, core_->options().idle_limit));
  watch();
}

void connection::set_deadline(std::chrono::milliseconds limit) {
  deadline_.expires_after(limit);
  deadline_.async_wait([self = shared_from_this(), serial = ++deadline_serial_](error_code failed) {
    if (!failed && serial == self->deadline_serial_) self->on_deadline();
  });
}

void connection::clear_deadline() {
  ++deadline_serial_;
  deadline_.cancel();
}

void connection::on_deadline() {
  close(state_ == state::lingering ? exchange_end::finished : exchange_end::stalled);
}

}  // namespace genstage::inline v0::http::detail
