#include <algorithm>
#include <bit>
#include <genstage/record/record.hpp>

namespace genstage::inline v0 {

recorder::recorder(std::size_t capacity)
    : mask_{std::bit_ceil(std::max<std::size_t>(capacity, 1)) - 1},
      ring_{std::make_unique<entry[]>(mask_ + 1)} {}

void recorder::note(record_kind kind, std::uint32_t process, std::uint64_t subscription,
                    std::uint64_t count) noexcept {
  const std::uint64_t order = noted_.fetch_add(1, std::memory_order_relaxed) + 1;
  entry& slot = ring_[order & mask_];
  slot.order.store(0, std::memory_order_relaxed);
  slot.value = {order, subscription, count, process, kind};
  // Publishes the value: a reader that sees the order sees the record.
  slot.order.store(order, std::memory_order_release);
}

std::vector<record> recorder::read() const {
  std::vector<record> kept;
  for (std::size_t index = 0; index <= mask_; ++index) {
    if (ring_[index].order.load(std::memory_order_acquire) != 0) kept.push_back(ring_[index].value);
  }
  std::ranges::sort(kept, {}, &record::order);
  return kept;
}

}  // namespace genstage::inline v0
