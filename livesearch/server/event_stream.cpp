#include "livesearch/server/event_stream.hpp"

#include <utility>

namespace livesearch {

using genstage::http::stream_write;

std::string wire_event(std::uint64_t id, std::string_view event, std::string_view data) {
  constexpr std::size_t around = 64;
  std::string wire;
  wire.reserve(data.size() + event.size() + around);
  wire.append("id: ").append(std::to_string(id)).append("\nevent: ").append(event);
  return wire.append("\ndata: ").append(data).append("\n\n");
}

std::shared_ptr<event_stream> event_stream::open(genstage::http::response_stream connection) {
  std::shared_ptr<event_stream> opened{new event_stream{std::move(connection)}};
  std::weak_ptr<event_stream> weak = opened;
  opened->connection_.on_drained([weak] {
    if (const auto stream = weak.lock()) stream->on_drained();
  });
  return opened;
}

void event_stream::send(std::string_view event, std::string_view data) {
  const std::scoped_lock lock{mutex_};
  add(event, data);
  write_waiting();
}

void event_stream::send_with_next(std::string_view event, std::string_view data) {
  const std::scoped_lock lock{mutex_};
  add(event, data);
}

void event_stream::add(std::string_view event, std::string_view data) {
  waiting_.push_back(wire_event(++events_, event, data));
  waiting_bytes_ += waiting_.back().size();
}

std::size_t event_stream::untaken() const {
  const std::scoped_lock lock{mutex_};
  return waiting_bytes_ + connection_.pending_bytes();
}

void event_stream::when_taken(std::function<void()> notice) {
  const std::scoped_lock lock{mutex_};
  notice_ = std::move(notice);
}

void event_stream::on_drained() {
  std::function<void()> notice;
  {
    const std::scoped_lock lock{mutex_};
    write_waiting();
    notice = notice_;
  }
  if (notice) notice();
}

void event_stream::finish() {
  const std::scoped_lock lock{mutex_};
  is_finished_ = true;
  // Until the last event has gone, the stream keeps itself; the reader's leaving ends it as well.
  if (!waiting_.empty()) {
    connection_.on_drained([self = shared_from_this()] { self->on_drained(); });
  }
  write_waiting();
}

void event_stream::write_waiting() {
  auto next = waiting_.begin();
  for (; next != waiting_.end(); ++next) {
    const std::size_t size = next->size();
    // A chunk that is not taken because the stream has ended is dropped like one that is taken.
    if (connection_.write(std::move(*next)) == stream_write::full) break;
    waiting_bytes_ -= size;
  }
  const bool is_all_written = next == waiting_.end();
  waiting_.erase(waiting_.begin(), next);
  if (is_all_written && is_finished_) connection_.finish();
}

}  // namespace livesearch
