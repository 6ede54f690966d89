#include <genstage/http/detail/connection.hpp>
#include <genstage/http/detail/exchange.hpp>

#include <utility>

namespace genstage::inline v0::http::detail {

namespace {

constexpr std::size_t small = 1024;

}  // namespace

exchange::exchange(reactor& driver, std::weak_ptr<connection> owner, std::size_t max_pending)
    : reactor_{driver}, owner_{std::move(owner)}, max_pending_{max_pending} {}

void exchange::post(std::move_only_function<void(connection&)> work) {
  reactor_.post([owner = owner_, work = std::move(work)]() mutable {
    if (const auto alive = owner.lock()) work(*alive);
  });
}

void exchange::post_flush() {
  if (std::exchange(flush_posted_, true)) return;
  post([](connection& owner) { owner.flush(); });
}

void exchange::respond(http_reply reply) {
  const std::lock_guard lock{mutex_};
  if (phase_ != phase::waiting) return;
  phase_ = phase::replying;
  post([reply = std::move(reply)](connection& owner) mutable { owner.reply(std::move(reply)); });
}

void exchange::begin_stream(http_reply head) {
  const std::lock_guard lock{mutex_};
  if (phase_ != phase::waiting) return;
  phase_ = phase::streaming;
  post([head = std::move(head)](connection& owner) mutable { owner.open_stream(std::move(head)); });
}

stream_write exchange::write(std::string&& chunk) {
  const std::lock_guard lock{mutex_};
  if (phase_ != phase::streaming) return stream_write::closed;
  if (pending_ > 0 && chunk.size() > max_pending_ - std::min(pending_, max_pending_)) {
    was_full_ = true;
    return stream_write::full;
  }
  if (chunk.empty()) return stream_write::accepted;  // An empty chunk would end the answer.
  pending_ += chunk.size();
  queue_.push_back(std::move(chunk));
  post_flush();
  return stream_write::accepted;
}

void exchange::finish() {
  const std::lock_guard lock{mutex_};
  if (phase_ != phase::streaming) return;
  phase_ = phase::finishing;
  post_flush();
}

void exchange::abandon() {
  const std::lock_guard lock{mutex_};
  if (phase_ == phase::waiting) {
    phase_ = phase::replying;
    post([](connection& owner) {
      owner.refuse_request(500, "request was given up by the program; no answer");
    });
  } else if (phase_ == phase::streaming) {
    phase_ = phase::abandoned;
    post_flush();
  }
}

std::size_t exchange::pending_bytes() const noexcept {
  const std::lock_guard lock{mutex_};
  return pending_;
}

void exchange::on_drained(std::move_only_function<void()> callback) {
  auto shared = std::make_shared<drained_callback>(std::move(callback));
  const std::lock_guard lock{mutex_};
  if (phase_ != phase::ended) on_drained_.swap(shared);
}

void exchange::on_closed(std::move_only_function<void(exchange_end)> callback) {
  {
    const std::lock_guard lock{mutex_};
    if (phase_ != phase::ended) {
      on_closed_.swap(callback);  // The old one is destroyed after the lock is gone.
      return;
    }
  }
  if (callback) callback(*ended_how_);
}

exchange::piece exchange::take(std::size_t at_most) {
  const std::lock_guard lock{mutex_};
  flush_posted_ = false;
  piece taken;
  auto chunk = queue_.begin();
  for (; chunk != queue_.end(); ++chunk) {
    if (taken.bytes > 0 && taken.bytes + chunk->size() > at_most) break;
    taken.bytes += chunk->size();
    // Small ones are cheaper to copy than to hand to the kernel one by one.
    if (!taken.chunks.empty() && taken.chunks.back().size() + chunk->size() <= small) {
      taken.chunks.back() += *chunk;
    } else {
      taken.chunks.push_back(std::move(*chunk));
    }
  }
  queue_.erase(queue_.begin(), chunk);
  if (phase_ == phase::finishing && queue_.empty()) taken.then = next_step::finish;
  if (phase_ == phase::abandoned && taken.bytes == 0) taken.then = next_step::cut;
  return taken;
}

void exchange::written(std::size_t bytes) {
  std::shared_ptr<drained_callback> drained;
  {
    const std::lock_guard lock{mutex_};
    pending_ -= std::min(bytes, pending_);
    flush_posted_ = false;  // One that came while the wire was busy has done nothing.
    if (!queue_.empty() || phase_ == phase::finishing || phase_ == phase::abandoned) post_flush();
    if (was_full_ && pending_ <= max_pending_ / 2 && phase_ == phase::streaming) {
      was_full_ = false;
      drained = on_drained_;
    }
  }
  if (drained && *drained) (*drained)();
}

void exchange::end(exchange_end how) {
  std::move_only_function<void(exchange_end)> closed;
  std::shared_ptr<drained_callback> drained;
  std::vector<std::string> dropped;
  {
    const std::lock_guard lock{mutex_};
    if (phase_ == phase::ended) return;
    phase_ = phase::ended;
    ended_how_ = how;
    pending_ = 0;
    queue_.swap(dropped);
    on_closed_.swap(closed);
    on_drained_.swap(drained);
  }
  if (closed) closed(how);
}

}  // namespace genstage::inline v0::http::detail
