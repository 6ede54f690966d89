#include <genstage/scheduler/gathered_wakes.hpp>
#include <thread>

namespace genstage::inline v0 {

namespace {

constinit thread_local gathered_wakes* open_here = nullptr;

}  // namespace

gathered_wakes::gathered_wakes() noexcept {
  if (open_here == nullptr) open_here = this;
}

gathered_wakes::~gathered_wakes() {
  if (open_here != this) return;
  open_here = nullptr;
  if (whose_ == nullptr) return;
  whose_->wake_for(runnables_);
  // Release: whoever waits for it may end what was used here.
  whose_->wakers_.fetch_sub(1, std::memory_order_release);
}

bool gathered_wakes::include(sleepers& whose) noexcept {
  gathered_wakes* const here = open_here;
  if (here == nullptr || (here->whose_ != nullptr && here->whose_ != &whose)) return false;
  if (here->whose_ == nullptr) {
    here->whose_ = &whose;
    // It cannot be gone before what is about to be made ready has run, so relaxed is enough.
    whose.wakers_.fetch_add(1, std::memory_order_relaxed);
  }
  ++here->runnables_;
  return true;
}

void gathered_wakes::sleepers::wait_for_wakers() const noexcept {
  while (wakers_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

}  // namespace genstage::inline v0
