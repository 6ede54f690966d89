#pragma once

#include <algorithm>
#include <chrono>
#include <genstage/core/instant.hpp>
#include <optional>

namespace livesearch {

/// Tells a burst, whose jobs may wait as long as their deadlines allow, from an overload, in which
/// waiting only makes every answer late.
///
/// A queue is overloaded when for the whole of `interval` there were jobs waiting and no hand was
/// free. From then on the newest job goes first and a job that has waited for `target` is turned
/// away, until the queue has been without a waiting job for `target`.
///
/// A pure value; the time is given to it.
/// Source: Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 10(5), 2012 (RFC 8289), in
/// the form for requests of Maurer, "Fail at Scale", ACM Queue 13(8), 2015.
class controlled_delay {
 public:
  /// From a job's limit: a third of it is the interval, a hundredth the target.
  explicit controlled_delay(std::chrono::nanoseconds limit) noexcept
      : interval_{limit / 3}, target_{limit / 100} {}

  /// To be told whenever it may have changed whether jobs wait for a hand.
  void observe(bool is_saturated, genstage::instant now) noexcept {
    if (is_saturated) {
      if (!since_) since_ = now;
      relieved_.reset();
    } else if (!is_overloaded(now)) {
      since_.reset();
    } else if (!relieved_) {
      relieved_ = now;
    } else if (now - *relieved_ >= target_) {
      since_.reset();
    }
  }

  [[nodiscard]] bool is_overloaded(genstage::instant now) const noexcept {
    return since_ && now - *since_ >= interval_;
  }
  /// When a job that came at `arrived` is turned away if things stay as they are; only after
  /// `observe` was told of saturation.
  [[nodiscard]] genstage::instant turned_away_at(genstage::instant arrived) const noexcept {
    return std::max(*since_ + interval_, arrived + target_);
  }

 private:
  std::chrono::nanoseconds interval_;
  std::chrono::nanoseconds target_;
  /// Since when jobs have been waiting for a hand.
  std::optional<genstage::instant> since_;
  /// Since when, in an overload, none waits.
  std::optional<genstage::instant> relieved_;
};

}  // namespace livesearch
