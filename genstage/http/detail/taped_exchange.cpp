#include <genstage/core/fnv1a.hpp>
#include <genstage/http/detail/taped_exchange.hpp>

#include <utility>

namespace genstage::inline v0::http::detail {

void add(answer_digest& to, std::string_view bytes) {
  to.hash = fnv1a(bytes, to.hash);
  to.bytes += bytes.size();
}

void taped_exchange::connect(responder to) {
  const std::scoped_lock lock{mutex_};
  to_ = std::move(to);
}

void taped_exchange::drained() {
  std::shared_ptr<std::move_only_function<void()>> callback;
  {
    const std::scoped_lock lock{mutex_};
    callback = on_drained_;
  }
  if (callback && *callback) (*callback)();
}

answer_digest taped_exchange::digest_in_recording(const answer_digest& now) const {
  answer_digest recorded;
  const std::uint64_t first =
      log_.read([&] { return (std::uint64_t{now.is_whole} << 32U) | now.status; });
  recorded.status = static_cast<unsigned>(first);
  recorded.is_whole = (first >> 32U) != 0;
  recorded.bytes = log_.read([&] { return now.bytes; });
  recorded.hash = log_.read([&] { return now.hash; });
  return recorded;
}

void taped_exchange::end(exchange_end how,
                         const std::function<void(const replayed_answer&)>& tell) {
  std::move_only_function<void(exchange_end)> closed;
  std::shared_ptr<std::move_only_function<void()>> drained;
  answer_digest given;
  {
    const std::scoped_lock lock{mutex_};
    ended_how_ = how;
    given = given_;
    closed.swap(on_closed_);
    drained.swap(on_drained_);
  }
  const answer_digest recorded = digest_in_recording(given);
  if (tell && request_) {
    tell({.request = *request_,
          .content_type = std::move(content_type_),
          .body = std::move(body_),
          .now = given,
          .recorded = recorded});
  }
  if (closed) closed(how);
}

void taped_exchange::respond(http_reply reply) {
  const std::scoped_lock lock{mutex_};
  given_.status = reply.status;
  given_.is_whole = true;
  add(given_, reply.body);
  if (to_) return std::exchange(to_, std::nullopt)->respond(std::move(reply));
  content_type_ = std::move(reply.content_type);
  body_ = std::move(reply.body);
}

void taped_exchange::begin_stream(http_reply head) {
  const std::scoped_lock lock{mutex_};
  given_.status = head.status;
  content_type_ = head.content_type;
  if (!to_) return;
  stream_ = std::exchange(to_, std::nullopt)
                ->begin_stream(head.status, std::move(head.content_type), std::move(head.headers));
  stream_.on_drained([told = when_drained] { told(); });
}

stream_write taped_exchange::write(std::string&& chunk) {
  const std::scoped_lock lock{mutex_};
  answer_digest longer = given_;
  add(longer, chunk);
  const auto how = static_cast<stream_write>(
      log_.read([&] { return static_cast<std::uint64_t>(stream_.write(std::move(chunk))); }));
  if (how != stream_write::accepted) return how;
  given_ = longer;
  if (log_.plays()) body_ += chunk;
  return how;
}

void taped_exchange::finish() {
  const std::scoped_lock lock{mutex_};
  given_.is_whole = true;
  stream_.finish();
}

void taped_exchange::abandon() {
  const std::scoped_lock lock{mutex_};
  to_.reset();
  stream_ = response_stream{};
}

std::size_t taped_exchange::pending_bytes() const noexcept {
  const std::scoped_lock lock{mutex_};
  return log_.read([&] { return std::uint64_t{stream_.pending_bytes()}; });
}

void taped_exchange::on_drained(std::move_only_function<void()> callback) {
  auto shared = std::make_shared<std::move_only_function<void()>>(std::move(callback));
  const std::scoped_lock lock{mutex_};
  if (!ended_how_) on_drained_.swap(shared);
}

void taped_exchange::on_closed(std::move_only_function<void(exchange_end)> callback) {
  {
    const std::scoped_lock lock{mutex_};
    if (!ended_how_) {
      on_closed_.swap(callback);  // The old one is destroyed after the lock is gone.
      return;
    }
  }
  if (callback) callback(*ended_how_);
}

}  // namespace genstage::inline v0::http::detail
