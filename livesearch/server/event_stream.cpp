#include "livesearch/server/event_stream.hpp"

#include <fmt/format.h>

#include <utility>

namespace livesearch {

using genstage::http::stream_write;

std::string wire_event(std::uint64_t id, std::string_view event, std::string_view data) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id, event, data);
}

std::shared_ptr<event_stream> event_stream::open(genstage::http::response_stream connection) {
  std::shared_ptr<event_stream> opened{new event_stream{std::move(connection)}};
  std::weak_ptr<event_stream> weak = opened;
  opened->connection_.on_drained([weak] {
    if (const auto stream = weak.lock()) {
      const std::scoped_lock lock{stream->mutex_};
      stream->write_waiting();
    }
  });
  return opened;
}

void event_stream::send(std::string_view event, std::string_view data) {
  const std::scoped_lock lock{mutex_};
  waiting_.push_back(wire_event(++events_, event, data));
  write_waiting();
}

void event_stream::finish() {
  const std::scoped_lock lock{mutex_};
  is_finished_ = true;
  // Until the last event has gone, the stream keeps itself; the reader's leaving ends it as well.
  if (!waiting_.empty()) {
    connection_.on_drained([self = shared_from_this()] {
      const std::scoped_lock late{self->mutex_};
      self->write_waiting();
    });
  }
  write_waiting();
}

void event_stream::write_waiting() {
  while (!waiting_.empty()) {
    switch (connection_.write(std::move(waiting_.front()))) {
      case stream_write::accepted:
        waiting_.pop_front();
        break;
      case stream_write::full:
        return;
      case stream_write::closed:
        waiting_.clear();
        break;
    }
  }
  if (is_finished_) connection_.finish();
}

}  // namespace livesearch
