#pragma once

#include <cstdint>
#include <genstage/core/exit_reason.hpp>
#include <genstage/process/process_ref.hpp>
#include <genstage/scheduler/driver.hpp>
#include <genstage/task/operation.hpp>
#include <genstage/task/task.hpp>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// Whether a producer was missing when the iteration began, or left it later.
enum class range_phase : std::uint8_t { init, close };

/// The iteration over stages' events cannot go on: a subscription has ended whose `cancel` does not
/// allow that. Source: G-350, G-356.
class range_failed : public std::runtime_error {
 public:
  range_failed(exit_reason why, range_phase when);

  [[nodiscard]] const exit_reason& reason() const noexcept { return reason_; }
  [[nodiscard]] range_phase phase() const noexcept { return phase_; }

 private:
  exit_reason reason_;
  range_phase phase_;
};

namespace detail {

/// When a reader took a batch, and when it came back for more.
struct reading_time {
  instant begun{};
  instant ended{};
};

/// Where the process that consumes hands events to whoever iterates.
///
/// Invariant: the process offers a batch only after the one before was used up.
/// Threads: `offer`, `end` by the process; the rest by the reader.
template <class T>
class range_exchange {
 public:
  /// Hands over a batch, which is moved from. `used_up` is sent to the process when the reader
  /// comes back for more. By `clock`, unless it is null, the time until then is measured.
  void offer(std::span<T> events, message_ptr used_up, const driver* clock) {
    std::unique_lock lock{mutex_};
    for (T& event : events) batch_.push_back(std::move(event));
    used_up_ = std::move(used_up);
    clock_ = clock;
    wake(std::move(lock));
  }
  /// Of the last batch that was offered with a clock, once it was used up.
  [[nodiscard]] reading_time measured() {
    const std::scoped_lock lock{mutex_};
    return read_;
  }

  /// Nothing comes any more; the first call counts.
  void end(std::optional<range_failed> failure) {
    std::unique_lock lock{mutex_};
    if (std::exchange(has_ended_, true)) return;
    failure_ = std::move(failure);
    wake(std::move(lock));
  }

  /// The next batch, into `into`; false at the end. Throws range_failed.
  task<bool> next(std::vector<T>& into, process_ref from) {
    into.clear();
    if (message_ptr used_up = take_used_up()) from.send(std::move(used_up));
    for (;;) {
      if (std::optional<bool> found = take(into)) co_return *found;
      operation<void> waiting = wait([this] { return !batch_.empty() || has_ended_; });
      (void)co_await std::move(waiting);
    }
  }

  /// Completes when the process has let go of all producers.
  operation<void> ended() {
    return wait([this] { return has_ended_; });
  }

 private:
  /// Nothing if the reader has not taken the batch yet.
  message_ptr take_used_up() {
    const std::scoped_lock lock{mutex_};
    if (!batch_.empty()) return nullptr;
    if (clock_ != nullptr) read_.ended = clock_->now();
    return std::move(used_up_);
  }

  /// True if a batch was taken, false at the end, nothing if it has to be waited for.
  std::optional<bool> take(std::vector<T>& into) {
    const std::scoped_lock lock{mutex_};
    if (!batch_.empty()) {
      into.swap(batch_);
      if (clock_ != nullptr) read_.begun = clock_->now();
      return true;
    }
    if (!has_ended_) return std::nullopt;
    if (failure_) throw *std::exchange(failure_, std::nullopt);
    return false;
  }

  template <class Ready>
  operation<void> wait(Ready is_ready) {
    auto [far, near] = make_operation<void>();
    std::unique_lock lock{mutex_};
    if (!is_ready()) {
      waiting_ = std::move(far);
      return std::move(near);
    }
    lock.unlock();
    far.complete(result<void>{});
    return std::move(near);
  }

  void wake(std::unique_lock<std::mutex> lock) {
    auto waiting = std::exchange(waiting_, std::nullopt);
    lock.unlock();
    if (waiting) waiting->complete(result<void>{});
  }

  std::mutex mutex_;
  std::vector<T> batch_;
  bool has_ended_ = false;
  std::optional<range_failed> failure_;
  message_ptr used_up_;            ///< Of the batch that the reader has not taken, or is reading.
  const driver* clock_ = nullptr;  ///< The same; null if nobody measures.
  reading_time read_;
  std::optional<completion<void>> waiting_;
};

}  // namespace detail

}  // namespace genstage::inline v0
