#pragma once

#include <genstage/http/responder.hpp>

#include <cstddef>
#include <functional>
#include <string>

namespace genstage::inline v0::http::detail {

/// Where a responder and a stream put an answer: its members are theirs. Threads: any.
class recipient {
 public:
  recipient() = default;
  recipient(const recipient&) = delete;
  recipient& operator=(const recipient&) = delete;
  virtual ~recipient() = default;

  virtual void respond(http_reply reply) = 0;
  virtual void begin_stream(http_reply head) = 0;
  [[nodiscard]] virtual stream_write write(std::string&& chunk) = 0;
  virtual void finish() = 0;
  /// The responder, or the stream before its end, was dropped.
  virtual void abandon() = 0;
  [[nodiscard]] virtual std::size_t pending_bytes() const noexcept = 0;
  virtual void on_drained(std::move_only_function<void()> callback) = 0;
  virtual void on_closed(std::move_only_function<void(exchange_end)> callback) = 0;
};

}  // namespace genstage::inline v0::http::detail
