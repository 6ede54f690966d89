#pragma once

#include <cstdint>
#include <functional>
#include <genstage/http/responder.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace livesearch {

/// One server-sent event on the wire: id, event and one line of data.
/// Source: WHATWG HTML, section 9.2.
[[nodiscard]] std::string wire_event(std::uint64_t id, std::string_view event,
                                     std::string_view data);

/// Server-sent events on one connection.
///
/// What the reader does not take waits here, and the connection takes more as it drains. How much
/// can wait is bounded by whoever sends: a search asks no further site while too much is untaken.
/// Threads: any.
/// Lifetime: dropping it without `finish` cuts the connection, so that the reader can tell.
class event_stream : public std::enable_shared_from_this<event_stream> {
 public:
  [[nodiscard]] static std::shared_ptr<event_stream> open(
      genstage::http::response_stream connection);

  void send(std::string_view event, std::string_view data);
  /// Has it go with the next one that is sent, which must follow at once.
  void send_with_next(std::string_view event, std::string_view data);
  /// Bytes that the reader has not taken.
  [[nodiscard]] std::size_t untaken() const;
  /// Has `notice` called each time that the reader, after it was slow, has taken something.
  void when_taken(std::function<void()> notice);
  /// Ends the stream after what waits.
  void finish();

 private:
  explicit event_stream(genstage::http::response_stream connection)
      : connection_{std::move(connection)} {}

  void add(std::string_view event, std::string_view data);
  void write_waiting();
  void on_drained();

  mutable std::mutex mutex_;  // Guards what follows.
  genstage::http::response_stream connection_;
  std::vector<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::function<void()> notice_;
  std::uint64_t events_ = 0;
  bool is_finished_ = false;
};

}  // namespace livesearch
