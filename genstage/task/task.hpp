#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace genstage::inline v0 {

template <class T>
class task;

namespace detail {

class task_promise_base {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  struct final_awaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      const std::coroutine_handle<> next = ended.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  final_awaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }

  std::coroutine_handle<> continuation{};
  std::exception_ptr thrown{};
};

template <class T>
class task_promise final : public task_promise_base {
 public:
  task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() {
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class task_promise<void> final : public task_promise_base {
 public:
  task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() const {
    if (thrown) std::rethrow_exception(thrown);
  }
};

}  // namespace detail

/// An asynchronous function's result to come: a coroutine that starts when it is awaited and hands
/// its value, or its exception, to whoever awaits it.
///
///     gs::task<int> answer() { co_return 42; }
///     gs::task<> ask() { int n = co_await answer(); ... }
///
/// Lifetime: owns the coroutine; its parameters taken by reference must outlive it.
/// Threads: one at a time; it may be resumed on another thread than the one that started it.
/// Cancel: destroying a task that waits destroys what it waits for, innermost first, and thereby
/// cancels the operation in flight.
template <class T = void>
class [[nodiscard]] task {
 public:
  using promise_type = detail::task_promise<T>;
  using value_type = T;

  task() noexcept = default;
  task(task&& other) noexcept : coroutine_{std::exchange(other.coroutine_, nullptr)} {}
  task& operator=(task&& other) noexcept {
    if (this != &other) {
      reset();
      coroutine_ = std::exchange(other.coroutine_, nullptr);
    }
    return *this;
  }
  ~task() { reset(); }

  /// Runs to the first suspension or to the end.
  void start() const { coroutine_.resume(); }
  [[nodiscard]] bool is_done() const noexcept { return !coroutine_ || coroutine_.done(); }
  /// The value of a task that is done; throws what the coroutine threw.
  T take() { return coroutine_.promise().take(); }
  void reset() noexcept {
    if (coroutine_) std::exchange(coroutine_, nullptr).destroy();
  }

  auto operator co_await() && noexcept {
    struct awaiter {
      std::coroutine_handle<promise_type> coroutine;
      bool await_ready() const noexcept { return coroutine.done(); }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
        coroutine.promise().continuation = caller;
        return coroutine;
      }
      T await_resume() { return coroutine.promise().take(); }
    };
    return awaiter{coroutine_};
  }

 private:
  friend promise_type;
  explicit task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_{coroutine} {}

  std::coroutine_handle<promise_type> coroutine_{};
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>{std::coroutine_handle<task_promise>::from_promise(*this)};
}

inline task<void> task_promise<void>::get_return_object() noexcept {
  return task<void>{std::coroutine_handle<task_promise>::from_promise(*this)};
}

}  // namespace detail

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

}  // namespace genstage::inline v0
