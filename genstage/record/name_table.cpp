#include <genstage/record/name_table.hpp>
#include <new>

namespace genstage::inline v0 {

std::uint32_t name_table::number_of(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const std::scoped_lock lock{mutex_};
  if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
  if (texts_.size() + 1 == most) return 0;
  try {
    const auto number = static_cast<std::uint32_t>(texts_.size() + 1);
    const std::string& kept = texts_.emplace_back(text);
    numbers_.emplace(kept, number);
    return number;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

std::vector<std::string> name_table::texts() const {
  const std::scoped_lock lock{mutex_};
  std::vector<std::string> all{1};
  all.insert(all.end(), texts_.begin(), texts_.end());
  return all;
}

}  // namespace genstage::inline v0
