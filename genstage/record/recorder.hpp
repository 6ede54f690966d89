#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <genstage/record/coarse_clock.hpp>
#include <genstage/record/name_table.hpp>
#include <genstage/record/record.hpp>
#include <genstage/record/record_ring.hpp>
#include <genstage/record/subscription_table.hpp>
#include <memory>
#include <mutex>
#include <vector>

namespace genstage::inline v0 {

/// Who acted, in a record. The number alone is one whose generation does not matter.
struct recorded_process {
  // NOLINTNEXTLINE(google-explicit-constructor): a number will do in tests
  constexpr recorded_process(std::uint32_t of, std::uint16_t generation = 0) noexcept
      : index{of}, life{generation} {}

  /// A record's last word without the thread. Put together by arithmetic: bytes that were just
  /// stored and are loaded as a word make the processor wait, which would be most of the cost.
  [[nodiscard]] constexpr std::uint64_t did(record_kind what) const noexcept {
    return index | std::uint64_t{static_cast<std::uint8_t>(what)} << 32U |
           std::uint64_t{life} << 48U;
  }

  std::uint32_t index;
  std::uint16_t life;
};

/// What a recorder has at one moment.
struct kept_records {
  std::vector<record> records;   ///< In order.
  std::vector<ring_mark> rings;  ///< Up to where those of each thread reach.
};

/// Keeps the last records of a program, in a ring for each thread.
///
/// Lifetime: outlives whoever notes.
/// Threads: any, at any time.
/// Cost: no lock, no shared cache line and no allocation, except for a thread's first record. 32
/// bytes for each record that a thread keeps.
/// Failure: without memory for its ring, what a thread notes is dropped and counted.
class recorder {
 public:
  /// Each thread keeps `capacity` records, rounded up to a power of two.
  explicit recorder(std::size_t capacity);
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  /// Notes a record that is later than `after`; returns when it is.
  ///
  /// Ordering: give what was returned for the last record of the same process, or of whom it heard
  /// from, and the records come in that order whichever threads noted them.
  std::uint64_t note(record_kind kind, recorded_process who, std::uint64_t subscription,
                     std::uint64_t count, std::uint64_t after = 0) noexcept {
    return note(who.did(kind), subscription, count, after);
  }
  /// The same for a word of `recorded_process::did`. It needs no more registers than a call
  /// leaves alone, so nothing is saved for it.
  [[gnu::noinline]] std::uint64_t note(std::uint64_t who_did_what, std::uint64_t subscription,
                                       std::uint64_t count, std::uint64_t after) noexcept {
    const std::uint64_t now = coarse_clock::kept();
    if (last_.id != id_ || now == 0) [[unlikely]] {
      return note_slowly(who_did_what, subscription, count, after);
    }
    return last_.ring->write(now, who_did_what, subscription, count, after);
  }

  /// The texts that records refer to.
  [[nodiscard]] name_table& names() noexcept { return names_; }
  [[nodiscard]] const name_table& names() const noexcept { return names_; }
  [[nodiscard]] subscription_table& subscriptions() noexcept { return subscriptions_; }
  [[nodiscard]] const subscription_table& subscriptions() const noexcept { return subscriptions_; }

  /// What is kept, in order.
  [[nodiscard]] std::vector<record> read() const { return kept().records; }
  [[nodiscard]] kept_records kept() const;
  /// How many records were dropped for want of memory.
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed);
  }

 private:
  using ring_ptr = std::shared_ptr<record_ring>;
  struct taken_rings;
  /// The ring that the thread used last, and whose it is: a number that is never used again, so
  /// that a recorder at the address of an earlier one is not taken for it.
  struct last_used {
    std::uint64_t id;
    record_ring* ring;
  };
  static inline constinit thread_local last_used last_{};

  /// On a thread that noted for another recorder last, or whose time nobody keeps.
  std::uint64_t note_slowly(std::uint64_t who_did_what, std::uint64_t subscription,
                            std::uint64_t count, std::uint64_t after) noexcept;
  record_ring* find_ring() noexcept;
  ring_ptr take_ring();

  const std::uint64_t id_;
  const std::size_t capacity_;
  std::atomic<std::uint64_t> dropped_{0};
  name_table names_;
  subscription_table subscriptions_;
  mutable std::mutex mutex_;
  std::vector<ring_ptr> rings_;
};

}  // namespace genstage::inline v0
