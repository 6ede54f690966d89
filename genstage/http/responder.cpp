#include <genstage/http/detail/recipient.hpp>
#include <genstage/http/responder.hpp>

#include <cstdio>
#include <exception>
#include <utility>

namespace genstage::inline v0::http {

response_stream::response_stream(std::shared_ptr<detail::recipient> owned) noexcept
    : recipient_{std::move(owned)} {}

response_stream& response_stream::operator=(response_stream&& other) noexcept {
  response_stream dropped{std::exchange(recipient_, std::move(other.recipient_))};
  return *this;
}

response_stream::~response_stream() {
  if (recipient_) recipient_->abandon();
}

stream_write response_stream::write(std::string&& chunk) {
  return recipient_ ? recipient_->write(std::move(chunk)) : stream_write::closed;
}

void response_stream::finish() {
  if (recipient_) recipient_->finish();
}

std::size_t response_stream::pending_bytes() const noexcept {
  return recipient_ ? recipient_->pending_bytes() : 0;
}

void response_stream::on_drained(std::move_only_function<void()> callback) {
  if (recipient_) recipient_->on_drained(std::move(callback));
}

void response_stream::on_closed(std::move_only_function<void(exchange_end)> callback) {
  if (recipient_) recipient_->on_closed(std::move(callback));
}

responder::responder(std::shared_ptr<detail::recipient> owned) noexcept
    : recipient_{std::move(owned)} {}

responder& responder::operator=(responder&& other) noexcept {
  responder dropped{std::exchange(recipient_, std::move(other.recipient_))};
  return *this;
}

responder::~responder() {
  if (recipient_) recipient_->abandon();
}

void responder::respond(http_reply reply) {
  take()->respond(std::move(reply));
}

response_stream responder::begin_stream(unsigned status, std::string content_type,
                                        http_headers headers) {
  auto owned = take();
  owned->begin_stream(
      {.status = status, .content_type = std::move(content_type), .headers = std::move(headers)});
  return response_stream{std::move(owned)};
}

void responder::on_closed(std::move_only_function<void(exchange_end)> callback) {
  if (recipient_) recipient_->on_closed(std::move(callback));
}

std::shared_ptr<detail::recipient> responder::take() {
  if (!recipient_) {
    std::fputs("http responder: answered twice, one answer is allowed; this is a bug\n", stderr);
    std::terminate();
  }
  return std::exchange(recipient_, nullptr);
}

}  // namespace genstage::inline v0::http
