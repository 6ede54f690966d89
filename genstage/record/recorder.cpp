#include <algorithm>
#include <genstage/record/recorder.hpp>
#include <ranges>
#include <tuple>
#include <utility>

namespace genstage::inline v0 {

namespace {

std::atomic<std::uint64_t> recorders{0};

}  // namespace

/// The rings of one thread, left to others when it ends.
struct recorder::taken_rings {
  struct taken {
    std::uint64_t id;
    ring_ptr ring;
  };

  ~taken_rings() {
    for (const taken& each : all) each.ring->is_taken.store(false, std::memory_order_release);
  }

  std::vector<taken> all;
};

recorder::recorder(std::size_t capacity)
    : id_{recorders.fetch_add(1, std::memory_order_relaxed) + 1}, capacity_{capacity} {}

std::uint64_t recorder::note_slowly(std::uint64_t who_did_what, std::uint64_t subscription,
                                    std::uint64_t count, std::uint64_t after) noexcept {
  record_ring* const mine = last_.id == id_ ? last_.ring : find_ring();
  if (mine == nullptr) return after;
  return mine->write(coarse_clock::now(), who_did_what, subscription, count, after);
}

record_ring* recorder::find_ring() noexcept {
  static thread_local taken_rings mine;
  try {
    auto found = std::ranges::find(mine.all, id_, &taken_rings::taken::id);
    if (found == mine.all.end()) {
      // Of recorders that are gone, the thread is the last owner.
      std::erase_if(mine.all, [](const auto& each) { return each.ring.use_count() == 1; });
      mine.all.reserve(mine.all.size() + 1);
      mine.all.push_back({id_, take_ring()});
      found = std::prev(mine.all.end());
    }
    last_ = {id_, found->ring.get()};
    return last_.ring;
  } catch (const std::bad_alloc&) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
}

recorder::ring_ptr recorder::take_ring() {
  const std::scoped_lock lock{mutex_};
  for (const ring_ptr& each : rings_) {
    if (!each->is_taken.exchange(true, std::memory_order_acquire)) return each;
  }
  rings_.push_back(
      std::make_shared<record_ring>(capacity_, static_cast<std::uint8_t>(rings_.size())));
  return rings_.back();
}

kept_records recorder::kept() const {
  kept_records all;
  const std::scoped_lock lock{mutex_};
  for (const ring_ptr& each : rings_) all.rings.push_back(each->read(all.records));
  std::ranges::sort(all.records, {},
                    [](const record& each) { return std::tuple{each.order, each.ring}; });
  return all;
}

}  // namespace genstage::inline v0
