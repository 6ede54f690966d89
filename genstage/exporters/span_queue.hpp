#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <genstage/telemetry/span.hpp>
#include <mutex>
#include <vector>

namespace genstage::inline v0 {

/// Spans that wait to be sent, up to a bound.
///
/// Threads: any. Cost: a lock that is held for a move.
class span_queue {
 public:
  enum class room : std::uint8_t {
    left,
    enough_for_a_batch,  ///< a batch is full, and nobody has been told of it yet
    none,                ///< the span was dropped
  };

  span_queue(std::size_t capacity, std::size_t batch) : capacity_{capacity}, batch_{batch} {}

  room push(const span_ended& added) {
    const std::scoped_lock lock{mutex_};
    if (waiting_.size() >= capacity_) {
      ++dropped_;
      return room::none;
    }
    waiting_.push_back(added);
    if (waiting_.size() < batch_ || is_told_) return room::left;
    is_told_ = true;
    return room::enough_for_a_batch;
  }

  /// The oldest, a batch of them at most.
  [[nodiscard]] std::vector<span_ended> take() {
    const std::scoped_lock lock{mutex_};
    std::vector<span_ended> taken;
    while (!waiting_.empty() && taken.size() < batch_) {
      taken.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    if (waiting_.size() < batch_) is_told_ = false;
    return taken;
  }

  [[nodiscard]] std::uint64_t dropped() const {
    const std::scoped_lock lock{mutex_};
    return dropped_;
  }

 private:
  const std::size_t capacity_;
  const std::size_t batch_;
  mutable std::mutex mutex_;
  std::deque<span_ended> waiting_;
  std::uint64_t dropped_ = 0;
  bool is_told_ = false;
};

}  // namespace genstage::inline v0
