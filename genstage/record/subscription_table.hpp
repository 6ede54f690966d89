#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace genstage::inline v0 {

/// A subscription that is open, for those who read records of it: who speaks, and of what.
struct open_subscription {
  std::uint64_t tag = 0;
  std::uint64_t producer = 0;  ///< The pid, as one word.
  std::uint64_t consumer = 0;
  std::uint32_t events = 0;  ///< The number of their type's name.

  friend bool operator==(const open_subscription&, const open_subscription&) = default;
};

/// The subscriptions that are open. Their beginnings may have left the rings long ago.
///
/// Threads: any, at any time; a lock at the beginning and at the end of a subscription.
/// Failure: without memory a subscription is not listed.
class subscription_table {
 public:
  void opened(const open_subscription& added) noexcept;
  void closed(std::uint64_t tag) noexcept;
  /// In the order of their tags, which is that in which they were asked for.
  [[nodiscard]] std::vector<open_subscription> all() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, open_subscription> open_;
};

}  // namespace genstage::inline v0
