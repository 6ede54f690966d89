#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <genstage/scheduler/bell.hpp>
#include <genstage/scheduler/driver.hpp>
#include <genstage/scheduler/hope.hpp>
#include <genstage/scheduler/ready_queue.hpp>
#include <genstage/scheduler/sampling.hpp>
#include <thread>

namespace genstage::inline v0 {

class thread_pool;

/// A thread of a thread pool and what it works on; the pool's business alone.
struct alignas(64) worker {
  /// Null if it is empty. Threads: any.
  runnable* take_slot() noexcept {
    // The load spares the exchange where there is nothing.
    if (slot.load(std::memory_order_relaxed) == nullptr) return nullptr;
    return slot.exchange(nullptr, std::memory_order_acq_rel);
  }

  thread_pool* pool = nullptr;
  std::size_t index = 0;
  /// What was made ready last. Put here by this worker alone; taken by it, or by whoever sees
  /// that the callback that runs takes long. Release and acquire hand over what made it ready.
  std::atomic<runnable*> slot{nullptr};
  /// Only this worker touches these.
  std::uint32_t shared_turn_at = 0;
  sampling sampled{};
  hope for_more{};
  /// Others may steal from this.
  ready_queue queue;
  /// Rung once by whoever takes this worker off the idle ones.
  bell called;
  /// What runs now and since when, for the report about callbacks that do not return. Published
  /// relaxed: a reader needs no more than a recent value.
  std::atomic<runnable*> running{nullptr};
  std::atomic<std::int64_t> running_since{0};
  /// How many have ended.
  std::atomic<std::uint32_t> activations{0};
  /// How many had ended when somebody began to watch, who alone touches this.
  std::uint32_t seen_by_watcher = 0;
  /// When the monitor first saw that the callback does not return, less one check; 0 for no stall.
  /// Written by the monitor alone, read for reports.
  std::atomic<std::int64_t> stalled_since{0};
  /// The monitor alone touches these.
  std::uint32_t seen_progress = 0;
  bool was_running = false;
  bool is_new_stall = false;
  bool is_reported = false;
  /// Of one that is lent: set by the monitor before the thread starts, and by the thread when it
  /// leaves, after which the monitor joins it.
  std::atomic<bool> is_lent{false};
  std::thread thread;
};

}  // namespace genstage::inline v0
