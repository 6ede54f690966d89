#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/process/message.hpp>
#include <utility>

namespace genstage::inline v0 {

/// Where any thread leaves messages for one process, and at the same time the word that says
/// whether the process is idle, so that "enqueue" and "make ready" are one operation.
///
/// The word is `idle`, `dead`, null (ready or running, nothing new) or the newest message of a
/// stack. Whoever finds the process idle claims it, and leaves the message beside the word, where
/// the process finds it without a further atomic operation. Control messages are left in the stack,
/// since they have to be seen by whoever abandons the process.
///
/// Threads: push from any; drain and release from the thread that runs the process; close from that
/// one, or from one that abandons the process.
/// Ordering: a message happens before the call that returns it. Messages of one sender come out in
/// the order they were pushed.
class mailbox {
 public:
  enum class pushed : std::uint8_t { queued, made_ready, refused_dead };

  /// Owns the message from now on, unless the process is dead. After `made_ready` the caller has to
  /// schedule it.
  [[gnu::always_inline]] pushed push(message* added) noexcept {
    if (added->kind < message_kind::user)
      return push_on_stack(added, head_.load(std::memory_order_relaxed));
    return push_no_control(added);
  }
  /// The same for what is known to be no control message.
  [[gnu::always_inline]] pushed push_no_control(message* added) noexcept {
    message* head = head_.load(std::memory_order_relaxed);
    // Acquire alone: the message is published by the driver, with the process.
    if (head == idle() && head_.compare_exchange_strong(head, nullptr, std::memory_order_acquire,
                                                        std::memory_order_relaxed)) [[likely]] {
      first_ = added;
      return pushed::made_ready;
    }
    return push_on_stack(added, head);
  }

  /// The message that the process was claimed with, which is the oldest; null if there is none, or
  /// if another thread has closed the mailbox.
  [[nodiscard, gnu::always_inline]] message* take_first() noexcept {
    if (head_.load(std::memory_order_relaxed) == dead()) return nullptr;
    return std::exchange(first_, nullptr);
  }

  /// All that came since the last drain, newest first; `closed_mark` if another thread has closed
  /// the mailbox (an abandoned process).
  [[nodiscard, gnu::always_inline]] message* drain() noexcept {
    message* const first = std::exchange(first_, nullptr);
    if (head_.load(std::memory_order_relaxed) == nullptr) [[likely]] {
      if (first != nullptr) first->next = nullptr;
      return first;
    }
    return drain_stack(first);
  }

  /// Calls `look` with what `drain` would return, newest first, without taking it; for whoever runs
  /// all processes alone.
  template <class Look>
  void peek(Look look) const {
    const message* const head = head_.load(std::memory_order_relaxed);
    const bool has_stack = head != idle() && head != dead();
    for (const message* each = has_stack ? head : nullptr; each != nullptr; each = each->next) {
      look(*each);
    }
    if (first_ != nullptr) look(*first_);
  }

  /// The process has nothing to do: false if something came meanwhile. After true another thread
  /// may be running the process.
  [[nodiscard]] bool release() noexcept {
    // A look costs less than an attempt in vain.
    if (head_.load(std::memory_order_relaxed) != nullptr) return false;
    message* expected = nullptr;
    return head_.compare_exchange_strong(expected, idle(), std::memory_order_release,
                                         std::memory_order_relaxed);
  }

  struct closed {
    message* left;  ///< Newest first, but for the first message of a process that was ready.
    bool was_idle;  ///< The process was neither ready nor running.
  };
  /// Nothing is taken any more.
  [[nodiscard]] closed close() noexcept {
    message* const left = head_.exchange(dead(), std::memory_order_acq_rel);
    return {left == idle() || left == dead() ? nullptr : left, left == idle()};
  }

  /// Closes, and takes what is left; for whoever is alone with it.
  [[nodiscard]] message* close_alone() noexcept {
    message* const left = close().left;
    if (first_ == nullptr) return left;
    first_->next = left;
    return std::exchange(first_, nullptr);
  }

  /// Whether nothing is taken any more. A hint unless the caller is the one who closes.
  [[nodiscard]] bool is_closed() const noexcept {
    return head_.load(std::memory_order_acquire) == dead();
  }

  [[nodiscard]] static message* closed_mark() noexcept { return dead(); }

  /// A new process moves in. It counts as ready: whoever opens has to schedule it.
  void open() noexcept { head_.store(nullptr, std::memory_order_release); }

 private:
  pushed push_on_stack(message* added, message* head) noexcept {
    do {
      if (head == dead()) [[unlikely]]
        return pushed::refused_dead;
      added->next = head == idle() ? nullptr : head;
    } while (!head_.compare_exchange_weak(head, added, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    return head == idle() ? pushed::made_ready : pushed::queued;
  }
  message* drain_stack(message* first) noexcept {
    message* head = head_.load(std::memory_order_relaxed);
    // No plain exchange, since it would open again what another thread closes meanwhile.
    while (head != dead() && !head_.compare_exchange_weak(head, nullptr, std::memory_order_acquire,
                                                          std::memory_order_relaxed)) {
    }
    if (first == nullptr) return head;
    if (head == dead()) {
      delete first;
      return head;
    }
    message* oldest = head;
    while (oldest->next != nullptr) oldest = oldest->next;
    oldest->next = first;
    first->next = nullptr;
    return head;
  }

  // Tags are odd, so that no message has their address.
  static message* idle() noexcept { return reinterpret_cast<message*>(std::uintptr_t{1}); }
  static message* dead() noexcept { return reinterpret_cast<message*>(std::uintptr_t{3}); }

  /// Nothing is lost:
  /// 1. Only `release` makes the word idle, and only from null. So what was pushed before it is in
  ///    the word and makes it fail, or is `first_`, which whoever runs the process has taken by
  ///    then; what is pushed later finds the word idle.
  /// 2. Of those who find it idle, one wins, and has to schedule the process. The others find null
  ///    or that one's message, and what they add is drained by the run that is to come.
  /// 3. The word stays dead once it is. A run that was scheduled before finds it so, and destroys
  ///    what it was claimed with.
  /// And nothing is seen too early: a message in the word is published by the release of its push,
  /// and read after the acquire of the drain.
  std::atomic<message*> head_{dead()};
  /// Belongs to one thread at a time, so it is no atomic: to who claims the process, from the
  /// compare-and-swap on, whose acquire comes after the release by which the last run gave it up,
  /// empty; then to who runs the process, because the driver's hand-over of what is made ready is a
  /// release and an acquire, or stays on one thread. It is older than all in the stack: until the
  /// word is claimed nobody pushes there.
  message* first_ = nullptr;
};

}  // namespace genstage::inline v0
