#pragma once

#include <cstdint>
#include <genstage/core/demand.hpp>

namespace genstage::inline v0 {

/// How many children a consumer_supervisor runs for one producer, and when it asks again.
///
/// A pure value. An event that was asked for is in flight, has a child, or is *owed*: its child has
/// ended, and it will be asked for again together with others, once at least min_demand are. So
/// min_demand is a number of ended children here, not a floor of running ones.
/// Source: rules G-377 and G-380 to G-387.
class child_ledger {
 public:
  /// `most` is max_demand, `least` is min_demand.
  constexpr child_ledger(demand most, demand least) noexcept : most_{most}, least_{least} {}

  [[nodiscard]] constexpr demand first_ask() const noexcept { return most_; }
  /// Children that run or are being started again.
  [[nodiscard]] constexpr demand children() const noexcept { return children_; }

  /// How many events of a message are more than there may be children.
  [[nodiscard]] constexpr demand excess(demand received) const noexcept {
    const demand would_be = children_ + owed_ + received;
    return would_be - most_;
  }

  /// A message has been handled: so many children were started, so many starts failed, which counts
  /// as a child that ended at once. Returns what to ask for; zero for nothing.
  constexpr demand handled(demand started, demand failed) noexcept {
    children_ += started;
    owed_ += failed;
    return settle();
  }
  /// A child has ended and will not come back. A restart is no end.
  constexpr demand ended() noexcept {
    children_ -= demand{1};
    owed_ += demand{1};
    return settle();
  }

 private:
  constexpr demand settle() noexcept {
    if (owed_ < least_) return demand{};
    const demand asked = owed_;
    owed_ = demand{};
    return asked;
  }

  demand most_;
  demand least_;
  demand children_{};
  demand owed_{};
};

}  // namespace genstage::inline v0
