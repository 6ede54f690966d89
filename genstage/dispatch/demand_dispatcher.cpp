#include <algorithm>
#include <genstage/dispatch/demand_dispatcher.hpp>
#include <random>

namespace genstage::inline v0 {

void demand_dispatcher::subscribe(unique_id tag) {
  consumers_.push_back({tag, demand{}});
  deliveries_.reserve(consumers_.size());
}

void demand_dispatcher::cancel(unique_id tag) {
  const auto leaver = std::ranges::find(consumers_, tag, &consumer::tag);
  if (leaver == consumers_.end()) return;
  credit_ += leaver->left;
  consumers_.erase(leaver);
  // Not by taking away: a sum may have stopped at the largest demand.
  deliverable_ = demand{};
  for (const consumer& each : consumers_) deliverable_ += each.left;
}

demand demand_dispatcher::ask_among_many(unique_id tag, demand asked) {
  const auto asker = std::ranges::find(consumers_, tag, &consumer::tag);
  if (asker == consumers_.end()) return demand{};
  const demand fresh = note(*asker, asked);
  reinsert(static_cast<std::size_t>(asker - consumers_.begin()));
  return fresh;
}

std::span<const delivery> demand_dispatcher::dispatch_among_many(std::uint64_t count) {
  deliveries_.clear();
  if (shuffle_) [[unlikely]]
    shuffle();
  while (count > 0 && !consumers_.empty() && !consumers_.front().left.is_zero()) {
    consumer& hungriest = consumers_.front();
    const std::uint64_t given = std::min(count, hungriest.left.count());
    count -= given;
    hungriest.left -= demand{given};
    deliverable_ -= demand{given};
    deliveries_.push_back({hungriest.tag, given});
    if (consumers_.size() > 1) reinsert(0);
  }
  // Events that are left over will come from the buffer, so they are not owed any more.
  credit_ -= demand{count};
  return deliveries_;
}

demand demand_dispatcher::outstanding(unique_id tag) const noexcept {
  const auto found = std::ranges::find(consumers_, tag, &consumer::tag);
  return found == consumers_.end() ? demand{} : found->left;
}

void demand_dispatcher::digest(state_digest& into) const {
  for (const consumer& each : consumers_) into.add(each.tag, each.left);
  into.add(credit_, expected_.value_or(demand{}), shuffle_.has_value());
}

void demand_dispatcher::shuffle() {
  std::mt19937_64 random{*shuffle_};
  shuffle_.reset();
  std::ranges::shuffle(consumers_, random);
  // Among equals the shuffled order stays one of chance; who has asked for most stands first again.
  std::ranges::sort(consumers_, std::ranges::greater{}, &consumer::left);
}

void demand_dispatcher::reinsert(std::size_t position) {
  const consumer moved = consumers_[position];
  const auto at = consumers_.begin() + static_cast<std::ptrdiff_t>(position);
  // The others are in order.
  const auto stays_before = [&](const consumer& other) { return other.left >= moved.left; };
  const auto before = std::partition_point(consumers_.begin(), at, stays_before);
  if (before != at) {
    std::move_backward(before, at, at + 1);
    *before = moved;
    return;
  }
  const auto after = std::partition_point(at + 1, consumers_.end(), stays_before);
  *std::move(at + 1, after, at) = moved;
}

}  // namespace genstage::inline v0
