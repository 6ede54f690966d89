#pragma once

#include <cstdint>
#include <functional>
#include <genstage/core/instant.hpp>
#include <genstage/scheduler/driver.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// Timers in the order of their instants; those of one instant in the order they were armed.
///
/// A pure value: it knows no clock and fires nothing itself.
/// Cost: arm, cancel and take are O(log n); a slot is reused after it was taken or cancelled.
class timer_queue {
 public:
  using callback = std::move_only_function<void() noexcept>;

  timer_id arm(instant when, callback fire);
  /// The callback of a timer that was waiting, so that the caller destroys it outside its lock.
  std::optional<callback> cancel(timer_id timer) noexcept;
  /// Takes the first timer that is due at `now`.
  std::optional<callback> take_due(instant now) noexcept;

  [[nodiscard]] std::optional<instant> next() const noexcept;
  /// All that wait, in the order in which they fire: when, and the how-manyth it was to be armed.
  [[nodiscard]] std::vector<std::pair<instant, std::uint64_t>> armed() const;
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

 private:
  // A slot's position in the heap is kept up to date, so that cancelling needs no search.
  struct slot {
    callback fire;
    std::uint32_t generation = 1;
    std::uint32_t position = 0;
  };
  struct entry {
    instant when;
    std::uint64_t order;
    std::uint32_t slot;
    [[nodiscard]] bool before(const entry& other) const noexcept {
      return when != other.when ? when < other.when : order < other.order;
    }
  };

  void place(std::size_t position, entry moved) noexcept;
  void sift_up(std::size_t position) noexcept;
  void sift_down(std::size_t position) noexcept;
  callback remove(std::size_t position) noexcept;

  std::vector<entry> heap_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t armed_ = 0;
};

}  // namespace genstage::inline v0
