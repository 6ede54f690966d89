#include <algorithm>
#include <genstage/observe/acknowledgements.hpp>
#include <utility>

namespace genstage::inline v0 {

void acknowledgements::handled(std::uint64_t count, instant begun, instant ended, histogram& into) {
  if (const auto early = std::exchange(early_, std::nullopt); early && early->at >= begun) {
    const std::uint64_t now = std::min(early->count, count);
    into.add(duration::zero(), now);
    count -= now;
  }
  if (count == 0) return;
  if (waiting_.size() == most_batches) {
    waiting_[most_batches - 1].count += count;
  } else {
    waiting_.push_back({count, begun, ended, ended});
  }
}

void acknowledgements::passed_on(instant since, instant at) {
  for (std::size_t each = 0; each < waiting_.size(); ++each) {
    batch& kept = waiting_[each];
    if (kept.begun > since) return;
    if (kept.ended >= since) kept.since = std::max(kept.since, at);
  }
}

void acknowledgements::asked(std::uint64_t count, instant at, bool is_in_callback,
                             histogram& into) {
  while (count > 0 && !waiting_.is_empty()) {
    batch& oldest = waiting_.front();
    const std::uint64_t now = std::min(count, oldest.count);
    into.add(at - oldest.since, now);
    count -= now;
    oldest.count -= now;
    if (oldest.count == 0) waiting_.drop_front();
  }
  if (count == 0 || !is_in_callback) return;
  early_ = advance{count + (early_ ? early_->count : 0), at};
}

}  // namespace genstage::inline v0
