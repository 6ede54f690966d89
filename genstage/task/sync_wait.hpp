#pragma once

#include <genstage/task/suspension.hpp>
#include <genstage/task/task.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace genstage::inline v0 {

namespace detail {

/// Blocks the calling thread between the resumptions of one coroutine.
class thread_waiter {
 public:
  thread_waiter();
  ~thread_waiter();
  thread_waiter(const thread_waiter&) = delete;
  thread_waiter& operator=(const thread_waiter&) = delete;

  [[nodiscard]] suspension& place() noexcept;
  /// Waits for the wake-up of the pending await and resumes the coroutine that waits.
  void resume_when_woken();

 private:
  struct shared;
  shared* shared_;
};

template <class Awaitable, class T>
task<T> await_in_task(Awaitable& awaitable) {
  co_return co_await std::move(awaitable);
}

}  // namespace detail

/// Blocks the calling thread until `awaitable` has its value, and returns it.
///
/// For `main`, tests and threads of one's own. Never from a callback of a process: that would hold
/// a worker. Throws what the awaitable throws.
template <class Awaitable>
auto sync_wait(Awaitable awaitable) -> typename Awaitable::value_type {
  using value = typename Awaitable::value_type;
  detail::thread_waiter waiter;
  const suspension_scope scope{&waiter.place()};
  task<value> all = detail::await_in_task<Awaitable, value>(awaitable);
  all.start();
  while (!all.is_done()) waiter.resume_when_woken();
  return all.take();
}

}  // namespace genstage::inline v0
