#include <genstage/process/process.hpp>
#include <genstage/process/process_ref.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/process/signals.hpp>
#include <thread>

namespace genstage::inline v0 {

namespace {

constexpr std::uint64_t count_mask = 0xffff'ffffU;

}  // namespace

process_cell::guard::guard(process_cell& guarded) noexcept : cell_{guarded} {
  while (cell_.guarded_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
}

void process_cell::note_kill() noexcept {
  std::int64_t never = -1;
  killed_at_.compare_exchange_strong(never, scheduler_.now().time_since_epoch().count(),
                                     std::memory_order_relaxed);
}

bool process_cell::post(message* sent) noexcept {
  const mailbox::pushed what = mail_.push(sent);
  if (what == mailbox::pushed::made_ready) [[likely]]
    scheduler_.make_ready(*this);
  return what != mailbox::pushed::refused_dead;
}

bool process_cell::try_retain(std::uint32_t generation) noexcept {
  std::uint64_t life = life_.load(std::memory_order_relaxed);
  do {
    if (life >> 32U != generation || (life & count_mask) == 0) return false;
  } while (!life_.compare_exchange_weak(life, life + 1, std::memory_order_acquire,
                                        std::memory_order_relaxed));
  return true;
}

void process_cell::retain() noexcept {
  life_.fetch_add(1, std::memory_order_relaxed);
}

void process_cell::release() noexcept {
  // Acquire and release: whoever recycles the cell must see all that the others did with it.
  const std::uint64_t before = life_.fetch_sub(1, std::memory_order_acq_rel);
  if ((before & count_mask) == 1) owner_.recycle(*this);
}

void process_cell::wake(std::uint64_t ticket) noexcept {
  send_from_anywhere(std::make_unique<resume_message>(ticket));
}

bool process_cell::send_from_anywhere(message_ptr sent) noexcept {
  if (process::current() != nullptr) return send(std::move(sent));
  const outside_action here{scheduler_};
  return send(std::move(sent));
}

}  // namespace genstage::inline v0
