#include <algorithm>
#include <genstage/scheduler/timer_queue.hpp>
#include <utility>

namespace genstage::inline v0 {

timer_id timer_queue::arm(instant when, callback fire) {
  if (free_.empty()) {
    slots_.emplace_back();
    free_.reserve(slots_.size());  // So that remove() never allocates.
    free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  const std::uint32_t index = free_.back();
  heap_.push_back({when, armed_++, index});
  free_.pop_back();
  slots_[index].fire = std::move(fire);
  slots_[index].position = static_cast<std::uint32_t>(heap_.size() - 1);
  sift_up(heap_.size() - 1);
  return timer_id{(std::uint64_t{slots_[index].generation} << 32U) | index};
}

std::optional<timer_queue::callback> timer_queue::cancel(timer_id timer) noexcept {
  const auto raw = static_cast<std::uint64_t>(timer);
  const auto index = static_cast<std::uint32_t>(raw);
  if (index >= slots_.size() || slots_[index].generation != raw >> 32U) return std::nullopt;
  return remove(slots_[index].position);
}

std::optional<timer_queue::callback> timer_queue::take_due(instant now) noexcept {
  if (heap_.empty() || heap_.front().when > now) return std::nullopt;
  return remove(0);
}

std::optional<instant> timer_queue::next() const noexcept {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

std::vector<std::pair<instant, std::uint64_t>> timer_queue::armed() const {
  std::vector<std::pair<instant, std::uint64_t>> all;
  for (const entry& each : heap_) all.emplace_back(each.when, each.order);
  std::ranges::sort(all);
  return all;
}

void timer_queue::place(std::size_t position, entry moved) noexcept {
  heap_[position] = moved;
  slots_[moved.slot].position = static_cast<std::uint32_t>(position);
}

void timer_queue::sift_up(std::size_t position) noexcept {
  const entry moved = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!moved.before(heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, moved);
}

void timer_queue::sift_down(std::size_t position) noexcept {
  const entry moved = heap_[position];
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
    if (!heap_[child].before(moved)) break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, moved);
}

timer_queue::callback timer_queue::remove(std::size_t position) noexcept {
  const std::uint32_t index = heap_[position].slot;
  const entry last = heap_.back();
  heap_.pop_back();
  if (position < heap_.size()) {
    place(position, last);
    sift_up(position);
    sift_down(slots_[last.slot].position);
  }
  slot& freed = slots_[index];
  // Generation 0 is skipped, so that the id 0 never names a timer.
  if (++freed.generation == 0) freed.generation = 1;
  free_.push_back(index);
  return std::exchange(freed.fire, nullptr);
}

}  // namespace genstage::inline v0
