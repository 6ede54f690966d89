#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace genstage::inline v0 {

/// Texts that records refer to by number: names of processes, types of events.
///
/// Threads: any, at any time; a lock for each look-up, so it is asked once in the life of what is
/// named, and never for an event.
/// Failure: without memory, or when it is full, a text gets the number 0, which means none.
class name_table {
 public:
  /// Where programs make up names without end, the later ones are not kept.
  static constexpr std::size_t most = 1U << 16U;

  /// The number of `text`, the same for the same text. The empty text has the number 0.
  [[nodiscard]] std::uint32_t number_of(std::string_view text) noexcept;
  /// All texts; each stands at its number.
  [[nodiscard]] std::vector<std::string> texts() const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> texts_;  // Never moves its elements: the keys below refer to them.
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace genstage::inline v0
