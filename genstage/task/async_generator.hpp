#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace genstage::inline v0 {

/// A sequence whose elements may have to be waited for: a coroutine that may `co_yield` and
/// `co_await`.
///
///     gs::async_generator<int> ticks() {
///       for (int tick = 1;; ++tick) {
///         auto pause = gs::sleep_for(1s);
///         co_await std::move(pause);
///         co_yield tick;
///       }
///     }
///
///     for (;;) {
///       auto asking = sequence.next();
///       const std::optional<int> tick = co_await std::move(asking);
///       if (!tick) break;
///     }
///
/// Lifetime: owns the coroutine; its parameters taken by reference must outlive it.
/// Threads: one at a time; it may go on on another thread than the one that it left.
/// Cancel: destroying it destroys what it waits for, which is cancelled thereby.
/// Failure: what the coroutine throws is thrown to whoever awaits the element; then it has ended.
template <class T>
class [[nodiscard]] async_generator {
 public:
  class promise_type;

  /// The next element to come; none at the end. To be awaited before another one is asked for.
  class [[nodiscard]] next_element {
   public:
    using value_type = std::optional<T>;

    explicit next_element(std::coroutine_handle<promise_type> coroutine) noexcept
        : coroutine_{coroutine} {}

    /// Runs the coroutine to its next element, or to where it has to wait. Whether the element, or
    /// the end, is there.
    [[nodiscard]] bool await_ready() {
      if (!coroutine_) return true;
      if (!std::exchange(has_begun_, true) && !coroutine_.done()) {
        coroutine_.promise().is_running_ = true;
        coroutine_.resume();
      }
      return !coroutine_.promise().is_running_;
    }
    void await_suspend(std::coroutine_handle<> reader) const noexcept {
      coroutine_.promise().reader_ = reader;
    }
    std::optional<T> await_resume() const {
      return coroutine_ ? coroutine_.promise().take() : std::nullopt;
    }

   private:
    std::coroutine_handle<promise_type> coroutine_;
    bool has_begun_ = false;
  };

  /// Hands control back to who waits for the element; if nobody does yet, to who resumed.
  struct hand_back {
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> handing) noexcept {
      handing.promise().is_running_ = false;
      return std::exchange(handing.promise().reader_, std::noop_coroutine());
    }
    void await_resume() const noexcept {}
  };

  class promise_type {
   public:
    async_generator get_return_object() noexcept {
      return async_generator{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    hand_back final_suspend() const noexcept { return {}; }
    /// By reference, since g++ 12 destroys some parameters twice that are made for a `co_yield`.
    template <class U = T>
      requires std::constructible_from<T, U>
    hand_back yield_value(U&& element) {
      element_.emplace(std::forward<U>(element));
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { thrown_ = std::current_exception(); }

   private:
    friend async_generator;
    friend next_element;
    friend hand_back;

    std::optional<T> take() {
      if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
      return std::exchange(element_, std::nullopt);
    }

    std::optional<T> element_;
    std::exception_ptr thrown_;
    std::coroutine_handle<> reader_ = std::noop_coroutine();
    bool is_running_ = false;
  };

  async_generator(async_generator&& other) noexcept
      : coroutine_{std::exchange(other.coroutine_, nullptr)} {}
  async_generator& operator=(async_generator&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~async_generator() {
    if (coroutine_) coroutine_.destroy();
  }

  next_element next() noexcept { return next_element{coroutine_}; }

 private:
  explicit async_generator(std::coroutine_handle<promise_type> coroutine) noexcept
      : coroutine_{coroutine} {}

  std::coroutine_handle<promise_type> coroutine_;
};

}  // namespace genstage::inline v0
