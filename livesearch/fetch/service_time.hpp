#pragma once

#include <chrono>
#include <cstddef>

namespace livesearch {

/// How long a request to a site takes of late, and what that means for those who wait.
///
/// A pure value.
/// Source: the smoothed round-trip time of RFC 6298, section 2.
class service_time {
 public:
  void learn(std::chrono::nanoseconds taken) noexcept {
    usual_ = usual_.count() == 0 ? taken : usual_ + (taken - usual_) / 8;
  }
  /// Zero if nothing was learnt yet.
  [[nodiscard]] std::chrono::nanoseconds usual() const noexcept { return usual_; }
  /// How long `waiting` requests take `hands` that are busy.
  [[nodiscard]] std::chrono::nanoseconds wait(std::size_t waiting,
                                              std::size_t hands) const noexcept {
    return usual_ * static_cast<std::int64_t>(waiting) / static_cast<std::int64_t>(hands);
  }

 private:
  std::chrono::nanoseconds usual_{0};
};

}  // namespace livesearch
