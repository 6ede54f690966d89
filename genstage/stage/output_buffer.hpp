#pragma once

#include <cstdint>
#include <deque>
#include <genstage/stage/batch.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace genstage::inline v0 {

/// Which events a full buffer keeps: the oldest or the newest.
enum class buffer_keep : std::uint8_t { first, last };

/// Events that nobody has asked for yet, first in, first out, up to a bound.
///
/// A pure value. Source: rules G-190 to G-196.
/// Cost: holds no memory until the first event is stored.
template <class T>
class output_buffer {
 public:
  /// No capacity means no bound.
  explicit output_buffer(std::optional<std::size_t> capacity, buffer_keep keep) noexcept
      : capacity_{capacity}, keep_{keep} {}

  [[nodiscard]] std::size_t size() const noexcept { return events_ ? events_->size() : 0; }
  [[nodiscard]] bool is_empty() const noexcept { return size() == 0; }

  /// Stores the events of `added` from `from` on. Returns how many events were discarded for it.
  std::size_t store(batch<T>& added, std::size_t from = 0) {
    std::size_t discarded = 0;
    for (T& event : added.events().subspan(from)) {
      if (capacity_ && size() >= *capacity_) {
        ++discarded;
        if (keep_ == buffer_keep::first || *capacity_ == 0) continue;
        events_->pop_front();
      }
      if (!events_) events_ = std::make_unique<std::deque<T>>();
      events_->push_back(std::move(event));
    }
    return discarded;
  }

  /// Puts the events of `left` from `from` on back to the front.
  void put_back(batch<T>& left, std::size_t from) {
    const std::span<T> events = left.events();
    for (std::size_t next = events.size(); next > from; --next) {
      events_->push_front(std::move(events[next - 1]));
    }
  }

  /// Moves the oldest `count` events to the end of `taken`; there must be as many.
  void take(std::size_t count, batch<T>& taken) {
    taken.reserve(taken.size() + count);
    for (; count > 0; --count) {
      taken.emplace(std::move(events_->front()));
      events_->pop_front();
    }
  }

 private:
  std::optional<std::size_t> capacity_;
  buffer_keep keep_;
  std::unique_ptr<std::deque<T>> events_;
};

}  // namespace genstage::inline v0
