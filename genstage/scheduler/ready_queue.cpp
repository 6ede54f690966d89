#include <genstage/scheduler/ready_queue.hpp>
#include <thread>

namespace genstage::inline v0 {

namespace {

// What a runnable is taken to cost before it was ever measured.
constexpr std::int64_t unknown_cost = 500;

std::int64_t cost_of(const runnable& ready) noexcept {
  const auto known = static_cast<std::int64_t>(ready.cost.load(std::memory_order_relaxed));
  return known <= runnable::no_longer_new ? unknown_cost : known;
}

}  // namespace

void ready_queue::lock() noexcept {
  for (int round = 0; locked_.exchange(true, std::memory_order_acquire); ++round) {
    // The holder may have lost its processor; after a few rounds let it have ours.
    if (round > 16) std::this_thread::yield();
  }
}

void ready_queue::push(runnable& ready) noexcept {
  ready.next_ready = nullptr;
  const std::int64_t cost = cost_of(ready);
  lock();
  (last_ != nullptr ? last_->next_ready : first_) = &ready;
  last_ = &ready;
  worth_.store(worth_.load(std::memory_order_relaxed) + cost, std::memory_order_relaxed);
  // Release: who sees the count also sees what made the runnable ready.
  count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  unlock();
}

runnable* ready_queue::pop() noexcept {
  if (is_empty()) return nullptr;
  lock();
  runnable* const taken = first_;
  if (taken != nullptr) {
    first_ = taken->next_ready;
    if (first_ == nullptr) last_ = nullptr;
    const std::size_t left = count_.load(std::memory_order_relaxed) - 1;
    count_.store(left, std::memory_order_release);
    // The estimate of an entry may have changed since it came; an empty queue is worth nothing.
    const std::int64_t rest = worth_.load(std::memory_order_relaxed) - cost_of(*taken);
    worth_.store(left == 0 || rest < 0 ? 0 : rest, std::memory_order_relaxed);
  }
  unlock();
  return taken;
}

}  // namespace genstage::inline v0
