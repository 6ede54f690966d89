#include <genstage/core/contract.hpp>
#include <genstage/task/operation.hpp>
#include <utility>

namespace genstage::inline v0::detail {

operation_state_base::~operation_state_base() {
  let_go();
}

bool operation_state_base::await(std::coroutine_handle<> frame) noexcept {
  suspension* const here = current_suspension();
  GENSTAGE_ASSERT(here != nullptr);  // co_await of an operation outside a process or sync_wait.
  here->resume = frame;
  ++here->ticket;
  who_ = here->who;
  ticket_ = here->ticket;
  who_->retain();
  phase expected = phase::pending;
  if (phase_.compare_exchange_strong(expected, phase::awaited, std::memory_order_acq_rel)) {
    return true;
  }
  here->resume = nullptr;
  let_go();
  return false;
}

void operation_state_base::settle() noexcept {
  release();
  if (phase_.exchange(phase::done, std::memory_order_acq_rel) == phase::awaited) {
    who_->wake(ticket_);
    let_go();
  }
}

/// Not left to the destructor: the far end may be kept by something that outlives the waiter's
/// home.
void operation_state_base::let_go() noexcept {
  if (who_ != nullptr) std::exchange(who_, nullptr)->release();
}

void operation_state_base::release() noexcept {
  if (on_settled) on_settled();
  // Only who claimed the operation gets here. What they hold must not wait for the last end to go.
  on_settled = nullptr;
  on_cancel = nullptr;
}

void operation_state_base::abandon() noexcept {
  if (is_done() || !claim()) return;
  if (on_cancel) on_cancel();
  release();
  let_go();
}

}  // namespace genstage::inline v0::detail
