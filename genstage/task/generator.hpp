#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

namespace genstage::inline v0 {

/// A sequence written as a coroutine: `co_yield` hands out one element, and nothing runs until the
/// next one is wanted.
///
///     gs::generator<int> powers_of_two() {
///       for (int power = 1;; power *= 2) co_yield power;
///     }
///
/// An input range that can be iterated once. Who takes the elements may move from them.
/// Lifetime: owns the coroutine; its parameters taken by reference must outlive it.
/// Threads: one at a time. Failure: what the coroutine throws leaves `begin` or `++`.
template <class T>
class [[nodiscard]] generator {
 public:
  class promise_type {
   public:
    generator get_return_object() noexcept {
      return generator{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    /// By reference, since g++ 12 destroys some parameters twice that are made for a `co_yield`.
    template <class U = T>
      requires std::constructible_from<T, U>
    std::suspend_always yield_value(U&& element) {
      element_.emplace(std::forward<U>(element));
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() const { throw; }
    /// A sequence does not wait; one that does is an `async_generator`.
    void await_transform() = delete;

   private:
    friend generator;
    std::optional<T> element_;
  };

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    explicit iterator(std::coroutine_handle<promise_type> coroutine) noexcept
        : coroutine_{coroutine} {}

    [[nodiscard]] T& operator*() const noexcept { return *coroutine_.promise().element_; }
    iterator& operator++() {
      coroutine_.resume();
      return *this;
    }
    void operator++(int) { ++*this; }
    [[nodiscard]] friend bool operator==(const iterator& left, std::default_sentinel_t) noexcept {
      return left.coroutine_.done();
    }

   private:
    std::coroutine_handle<promise_type> coroutine_;
  };

  generator(generator&& other) noexcept : coroutine_{std::exchange(other.coroutine_, nullptr)} {}
  generator& operator=(generator&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~generator() {
    if (coroutine_) coroutine_.destroy();
  }

  /// Runs to the first element. To be called once.
  [[nodiscard]] iterator begin() {
    coroutine_.resume();
    return iterator{coroutine_};
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  explicit generator(std::coroutine_handle<promise_type> coroutine) noexcept
      : coroutine_{coroutine} {}

  std::coroutine_handle<promise_type> coroutine_;
};

}  // namespace genstage::inline v0
