#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/stage/batch.hpp>
#include <utility>

namespace genstage::inline v0 {

/// A batch that several consumers read at the same time, and a counted reference to it.
///
/// Threads: each reference is used by one thread at a time; the events are not changed while there
/// is more than one.
template <class T>
class shared_batch {
 public:
  shared_batch() noexcept = default;
  shared_batch(const shared_batch& other) noexcept : body_{other.body_} {
    // The new reference comes from one that exists, so nothing has to be published.
    if (body_ != nullptr) body_->readers.fetch_add(1, std::memory_order_relaxed);
  }
  shared_batch(shared_batch&& other) noexcept : body_{std::exchange(other.body_, nullptr)} {}
  shared_batch& operator=(shared_batch other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~shared_batch() { reset(); }

  [[nodiscard]] static shared_batch make() {
    shared_batch made;
    made.body_ = new body{};
    return made;
  }

  [[nodiscard]] explicit operator bool() const noexcept { return body_ != nullptr; }
  [[nodiscard]] std::span<const T> events() const noexcept { return body_->events.events(); }
  /// True if nobody else reads. Then the events may be changed: what the others have read happened
  /// before, since each of them let go with a release that this load acquires.
  [[nodiscard]] bool is_sole() const noexcept {
    return body_->readers.load(std::memory_order_acquire) == 1;
  }
  /// To be filled, before others get references to it.
  [[nodiscard]] batch<T>& writable() noexcept { return body_->events; }

  void reset() noexcept {
    body* const left = std::exchange(body_, nullptr);
    if (left != nullptr && left->readers.fetch_sub(1, std::memory_order_acq_rel) == 1) delete left;
  }

 private:
  struct body {
    std::atomic<std::uint32_t> readers{1};
    batch<T> events;
  };

  body* body_ = nullptr;
};

}  // namespace genstage::inline v0
