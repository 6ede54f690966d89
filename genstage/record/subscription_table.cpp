#include <algorithm>
#include <genstage/record/subscription_table.hpp>
#include <new>

namespace genstage::inline v0 {

void subscription_table::opened(const open_subscription& added) noexcept {
  const std::scoped_lock lock{mutex_};
  try {
    open_.insert_or_assign(added.tag, added);
  } catch (const std::bad_alloc&) {
    // It can be read without.
  }
}

void subscription_table::closed(std::uint64_t tag) noexcept {
  const std::scoped_lock lock{mutex_};
  open_.erase(tag);
}

std::vector<open_subscription> subscription_table::all() const {
  std::vector<open_subscription> listed;
  {
    const std::scoped_lock lock{mutex_};
    listed.reserve(open_.size());
    for (const auto& [tag, each] : open_) listed.push_back(each);
  }
  std::ranges::sort(listed, {}, &open_subscription::tag);
  return listed;
}

}  // namespace genstage::inline v0
