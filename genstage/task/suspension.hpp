#pragma once

#include <coroutine>
#include <cstdint>
#include <utility>

namespace genstage::inline v0 {

/// Whoever can be put to sleep by an awaitable and woken later: a process, or a thread that waits.
///
/// Threads: all functions from any thread.
/// Lifetime: counted; an operation in flight holds a count, so that a late wake-up meets an object
/// that still exists and can see that the ticket is old.
class waiter {
 public:
  /// The await that took `ticket` has completed. A ticket that is no longer current is ignored.
  virtual void wake(std::uint64_t ticket) noexcept = 0;
  virtual void retain() noexcept = 0;
  virtual void release() noexcept = 0;

 protected:
  ~waiter() = default;
};

/// The place where a coroutine that waits is noted. Each waiter has one, since it runs one callback
/// at a time.
///
/// Threads: touched only by the thread that runs the waiter at that moment.
struct suspension {
  waiter* who = nullptr;
  std::uint64_t ticket = 0;          ///< Of the await pending now, or of the last one.
  std::coroutine_handle<> resume{};  ///< The innermost coroutine, null while nothing waits.
};

namespace detail {

/// Not to be read by a coroutine, which may be resumed on another thread than the one it left.
extern constinit thread_local suspension* this_threads_suspension;

}  // namespace detail

/// The suspension of the waiter that runs on this thread, or null outside of one.
/// Not inlined, because a coroutine may call it.
[[nodiscard]] suspension* current_suspension() noexcept;

/// Makes `next` current for the life of this object, which belongs to no coroutine.
class [[nodiscard]] suspension_scope {
 public:
  explicit suspension_scope(suspension* next) noexcept
      : before_{std::exchange(detail::this_threads_suspension, next)} {}
  ~suspension_scope() { detail::this_threads_suspension = before_; }
  suspension_scope(const suspension_scope&) = delete;
  suspension_scope& operator=(const suspension_scope&) = delete;

 private:
  suspension* before_;
};

}  // namespace genstage::inline v0
