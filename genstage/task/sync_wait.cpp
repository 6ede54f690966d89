#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <genstage/task/sync_wait.hpp>
#include <mutex>

namespace genstage::inline v0::detail {

struct thread_waiter::shared final : waiter {
  void wake(std::uint64_t ticket) noexcept override {
    const std::lock_guard lock{mutex};
    woken = std::max(woken, ticket);  // A wake-up that comes late takes nothing back.
    changed.notify_one();
  }
  void retain() noexcept override { count.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept override {
    // The last one out must see every write of the others before it deletes.
    if (count.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  std::atomic<std::size_t> count{1};
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t woken = 0;
  suspension place;
};

thread_waiter::thread_waiter() : shared_{new shared} {
  shared_->place.who = shared_;
}

thread_waiter::~thread_waiter() {
  shared_->release();
}

suspension& thread_waiter::place() noexcept {
  return shared_->place;
}

void thread_waiter::resume_when_woken() {
  {
    std::unique_lock lock{shared_->mutex};
    shared_->changed.wait(lock, [&] { return shared_->woken == shared_->place.ticket; });
  }
  std::exchange(shared_->place.resume, nullptr).resume();
}

}  // namespace genstage::inline v0::detail
