#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <genstage/record/record.hpp>
#include <memory>
#include <vector>

namespace genstage::inline v0 {

/// The last records of one thread, oldest overwritten first.
///
/// Threads: `write` by one at a time; `read` by any, at any time: what is overwritten while it is
/// read is left out, never torn.
/// Cost: five relaxed stores a record.
/// Source: the sequence lock of each slot is that of Boehm, "Can seqlocks get along with
/// programming language memory models?", 2012, figure 6.
class record_ring {
 public:
  /// `capacity` is rounded up to a power of two.
  record_ring(std::size_t capacity, std::uint8_t index)
      : mask_{std::bit_ceil(std::max<std::size_t>(capacity, 1)) - 1},
        slots_{std::make_unique<slot[]>(mask_ + 1)},
        ring_word_{std::uint64_t{index} << 40U} {}

  /// Notes a record at `now`, or later: later than `after` and than all that the ring has. Returns
  /// when. `who_did_what` is the record's last word without the ring.
  [[gnu::always_inline]] std::uint64_t write(std::uint64_t now, std::uint64_t who_did_what,
                                             std::uint64_t subscription, std::uint64_t count,
                                             std::uint64_t after) noexcept {
    const std::uint64_t order = std::max(now, std::max(last_, after) + 1);
    last_ = order;
    const std::size_t place = written_.load(std::memory_order_relaxed);
    written_.store(place + 1, std::memory_order_relaxed);
    slot& into = slots_[place & mask_];
    into.words[0].store(0, std::memory_order_relaxed);
    // Whoever sees one of the words below also sees that the slot is being written.
    std::atomic_thread_fence(std::memory_order_release);
    into.words[1].store(subscription, std::memory_order_relaxed);
    into.words[2].store(count, std::memory_order_relaxed);
    into.words[3].store(who_did_what | ring_word_, std::memory_order_relaxed);
    into.words[0].store(order, std::memory_order_release);
    return order;
  }

  /// Appends what the ring has, in no order. Returns which the newest of it is.
  ring_mark read(std::vector<record>& into) const {
    ring_mark newest{.ring = static_cast<std::uint8_t>(ring_word_ >> 40U)};
    std::size_t its_place = 0;
    for (std::size_t index = 0; index <= mask_; ++index) {
      const slot& from = slots_[index];
      std::array<std::uint64_t, 4> words{from.words[0].load(std::memory_order_acquire)};
      for (std::size_t word = 1; word < words.size(); ++word) {
        words[word] = from.words[word].load(std::memory_order_relaxed);
      }
      std::atomic_thread_fence(std::memory_order_acquire);
      const bool is_whole = from.words[0].load(std::memory_order_relaxed) == words[0];
      if (words[0] == 0 || !is_whole) continue;
      into.push_back({words[0], words[1], words[2], static_cast<std::uint32_t>(words[3]),
                      static_cast<record_kind>(words[3] >> 32U & 0xFFU),
                      static_cast<std::uint8_t>(words[3] >> 40U),
                      static_cast<std::uint16_t>(words[3] >> 48U)});
      if (words[0] <= newest.order) continue;
      newest.order = words[0];
      its_place = index;
    }
    // At least what it was when the newest one was written, whose time publishes it.
    const std::size_t written = written_.load(std::memory_order_relaxed);
    if (newest.order != 0) newest.noted = written - ((written - 1 - its_place) & mask_);
    return newest;
  }

  /// Whether a thread writes to it: exchanged by who takes it or leaves it, which hands over the
  /// members that only the writer touches.
  std::atomic<bool> is_taken{true};

 private:
  /// The words of a record; the first is its time, 0 while the slot is empty or being written.
  struct slot {
    std::array<std::atomic<std::uint64_t>, 4> words{};
  };
  static_assert(sizeof(slot) == sizeof(record));

  const std::size_t mask_;
  const std::unique_ptr<slot[]> slots_;
  const std::uint64_t ring_word_;
  std::atomic<std::size_t> written_{0};  // Only the writer writes it.
  std::uint64_t last_ = 0;               // Only the writer touches it.
};

}  // namespace genstage::inline v0
