#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/process/message.hpp>

namespace genstage::inline v0 {

/// Where any thread leaves messages for one process, and at the same time the word that says
/// whether the process is idle, so that "enqueue" and "make ready" are one operation.
///
/// The word is `idle`, `dead`, null (ready or running, nothing new) or the newest message of a
/// stack. Threads: push from any; drain and release from the thread that runs the process;
/// close from that one, or from one that abandons the process.
/// Ordering: a message happens before the drain that returns it, through the release in `push` and
/// the acquire in `drain`; messages of one sender come out in the order they were pushed.
class mailbox {
 public:
  enum class pushed : std::uint8_t { queued, made_ready, refused_dead };

  /// Owns the message from now on, unless the process is dead. After `made_ready` the caller has to
  /// schedule it.
  pushed push(message* added) noexcept {
    message* head = head_.load(std::memory_order_relaxed);
    do {
      if (head == dead()) [[unlikely]]
        return pushed::refused_dead;
      added->next = head == idle() ? nullptr : head;
    } while (!head_.compare_exchange_weak(head, added, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    return head == idle() ? pushed::made_ready : pushed::queued;
  }

  /// All that came since the last drain, newest first; `closed_mark` if another thread has closed
  /// the mailbox (an abandoned process).
  [[nodiscard]] message* drain() noexcept {
    message* head = head_.load(std::memory_order_relaxed);
    // No plain exchange, since it would open again what another thread closes meanwhile.
    while (head != nullptr && head != dead() &&
           !head_.compare_exchange_weak(head, nullptr, std::memory_order_acquire,
                                        std::memory_order_relaxed)) {
    }
    return head;
  }

  /// What `drain` would return, without taking it; for whoever runs all processes alone.
  [[nodiscard]] const message* peek() const noexcept {
    const message* const head = head_.load(std::memory_order_relaxed);
    return head == idle() || head == dead() ? nullptr : head;
  }

  /// The process has nothing to do: false if something came meanwhile. After true another thread
  /// may be running the process.
  [[nodiscard]] bool release() noexcept {
    message* expected = nullptr;
    return head_.compare_exchange_strong(expected, idle(), std::memory_order_release,
                                         std::memory_order_relaxed);
  }

  struct closed {
    message* left;  ///< Newest first.
    bool was_idle;  ///< The process was neither ready nor running.
  };
  /// Nothing is taken any more.
  [[nodiscard]] closed close() noexcept {
    message* const left = head_.exchange(dead(), std::memory_order_acq_rel);
    return {left == idle() || left == dead() ? nullptr : left, left == idle()};
  }

  /// Whether nothing is taken any more. A hint unless the caller is the one who closes.
  [[nodiscard]] bool is_closed() const noexcept {
    return head_.load(std::memory_order_acquire) == dead();
  }

  [[nodiscard]] static message* closed_mark() noexcept { return dead(); }

  /// A new process moves in. It counts as ready: whoever opens has to schedule it.
  void open() noexcept { head_.store(nullptr, std::memory_order_release); }

 private:
  // Tags are odd, so that no message has their address.
  static message* idle() noexcept { return reinterpret_cast<message*>(std::uintptr_t{1}); }
  static message* dead() noexcept { return reinterpret_cast<message*>(std::uintptr_t{3}); }

  std::atomic<message*> head_{dead()};
};

}  // namespace genstage::inline v0
