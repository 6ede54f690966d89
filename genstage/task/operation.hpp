#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/task/suspension.hpp>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace genstage::inline v0 {

namespace detail {

/// What the two ends of an operation share, apart from the value's type.
///
/// Invariants: (1) exactly one party claims the operation: the first completion, a withdrawal, or
/// the frame that is destroyed first. (2) `who_` and `ticket_` are written by the awaiting thread
/// before `phase_` becomes awaited (release) and read by the completing one after it saw that
/// (acquire). (3) the outcome is written by the claimer before `phase_` becomes done (release).
class operation_state_base {
 public:
  operation_state_base() = default;
  operation_state_base(const operation_state_base&) = delete;
  operation_state_base& operator=(const operation_state_base&) = delete;

  [[nodiscard]] bool claim() noexcept {
    return !claimed_.exchange(true, std::memory_order_acq_rel);
  }
  [[nodiscard]] bool is_claimed() const noexcept {
    return claimed_.load(std::memory_order_acquire);
  }
  [[nodiscard]] bool is_done() const noexcept {
    return phase_.load(std::memory_order_acquire) == phase::done;
  }
  /// Notes who waits. False if the outcome is already there.
  [[nodiscard]] bool await(std::coroutine_handle<> frame) noexcept;
  /// Publishes the outcome written before, and wakes who waits.
  void settle() noexcept;
  /// The frame is gone: if nothing has completed, the operation is cancelled.
  void abandon() noexcept;

  std::move_only_function<void() noexcept> on_cancel;
  std::move_only_function<void() noexcept> on_settled;
  /// The timer that belongs to the operation, for the callbacks above; 0 for none.
  std::atomic<std::uint64_t> timer{0};

 protected:
  ~operation_state_base();

 private:
  enum class phase : unsigned char { pending, awaited, done };

  void release() noexcept;
  void let_go() noexcept;

  std::atomic<bool> claimed_{false};
  std::atomic<phase> phase_{phase::pending};
  waiter* who_ = nullptr;
  std::uint64_t ticket_ = 0;
};

template <class T>
class operation_state final : public operation_state_base {
 public:
  std::optional<result<T>> outcome;
  // Declared last, destroyed first: its callback refers to the members above.
  std::optional<std::stop_callback<std::move_only_function<void() noexcept>>> stop;
};

}  // namespace detail

/// The far end of an operation: whoever does the work completes it here.
///
/// Threads: any; the first completion wins and the others are dropped.
/// Lifetime: copies share the operation; letting the last go without completing is a bug of the
/// caller, the frame would wait until its own cancellation.
template <class T>
class completion {
 public:
  explicit completion(std::shared_ptr<detail::operation_state<T>> state)
      : state_{std::move(state)} {}

  /// Hands over the outcome. False if the operation had been completed or cancelled before.
  bool complete(result<T> outcome) const {
    if (!state_->claim()) return false;
    state_->outcome.emplace(std::move(outcome));
    state_->settle();
    return true;
  }

  /// Ends the operation with `why` and tells the work behind it to stop (a deadline, a stop token).
  bool withdraw(error why) const {
    if (!state_->claim()) return false;
    if (state_->on_cancel) state_->on_cancel();
    state_->outcome.emplace(std::unexpected<error>{std::move(why)});
    state_->settle();
    return true;
  }

  /// Says how to stop the work. Called at most once, from a thread that cancels, withdraws or
  /// destroys the waiting frame. To be set before the operation is handed out.
  void on_cancel(std::move_only_function<void() noexcept> stop_work) const {
    state_->on_cancel = std::move(stop_work);
  }

  /// Says what to release once the operation has an outcome of any kind, or was cancelled.
  void on_settled(std::move_only_function<void() noexcept> release) const {
    state_->on_settled = std::move(release);
  }

  /// Withdraws the operation when `token` is stopped.
  void stop_with(const std::stop_token& token) const {
    if (!token.stop_possible()) return;
    std::weak_ptr<detail::operation_state<T>> weak = state_;
    state_->stop.emplace(token, [weak]() noexcept {
      if (auto state = weak.lock()) {
        completion{std::move(state)}.withdraw(
            error{errc::cancelled, "operation: its stop token was stopped; cancelled"});
      }
    });
  }

  [[nodiscard]] bool is_settled() const noexcept { return state_->is_claimed(); }

  /// Room for the number of a timer, as long as the operation lives.
  [[nodiscard]] std::atomic<std::uint64_t>& timer() const noexcept { return state_->timer; }

 private:
  std::shared_ptr<detail::operation_state<T>> state_;
};

/// The near end of an operation: `co_await` it for a `result<T>`.
///
/// Cancel: destroying it, or the frame that awaits it, cancels the work at once; a completion that
/// comes later is dropped.
/// Threads: one at a time.
template <class T>
class [[nodiscard]] operation {
 public:
  using value_type = result<T>;

  explicit operation(std::shared_ptr<detail::operation_state<T>> state)
      : state_{std::move(state)} {}
  operation(operation&&) noexcept = default;
  operation& operator=(operation&& other) noexcept {
    if (state_) state_->abandon();
    state_ = std::move(other.state_);
    return *this;
  }
  ~operation() {
    if (state_) state_->abandon();
  }

  [[nodiscard]] bool await_ready() const noexcept { return state_->is_done(); }
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> frame) const noexcept {
    return state_->await(frame);
  }
  result<T> await_resume() const { return std::move(*state_->outcome); }

  /// Whether the outcome is there, so that awaiting would not wait.
  [[nodiscard]] bool is_done() const noexcept { return state_->is_done(); }

 private:
  std::shared_ptr<detail::operation_state<T>> state_;
};

template <class T>
struct operation_ends {
  completion<T> far;
  operation<T> near;
};

/// A new operation as its two ends.
template <class T>
[[nodiscard]] operation_ends<T> make_operation() {
  auto state = std::make_shared<detail::operation_state<T>>();
  return {completion<T>{state}, operation<T>{state}};
}

}  // namespace genstage::inline v0
