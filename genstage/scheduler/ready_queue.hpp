#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/scheduler/driver.hpp>

namespace genstage::inline v0 {

/// First in, first out, of runnables, with what their work is worth together.
///
/// Threads: any; a small lock that is held for a few instructions.
class ready_queue {
 public:
  void push(runnable& ready) noexcept;
  [[nodiscard]] runnable* pop() noexcept;

  /// Estimated nanoseconds of work that is queued; a hint, read without the lock.
  [[nodiscard]] std::int64_t worth() const noexcept {
    return worth_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool is_empty() const noexcept {
    return count_.load(std::memory_order_acquire) == 0;
  }

 private:
  void lock() noexcept;
  void unlock() noexcept { locked_.store(false, std::memory_order_release); }

  std::atomic<bool> locked_{false};
  runnable* first_ = nullptr;
  runnable* last_ = nullptr;
  std::atomic<std::size_t> count_{0};
  std::atomic<std::int64_t> worth_{0};
};

}  // namespace genstage::inline v0
