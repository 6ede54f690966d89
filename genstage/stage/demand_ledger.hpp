#pragma once

#include <algorithm>
#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/process/state_digest.hpp>

namespace genstage::inline v0 {

/// How a consumer of one subscription cuts messages into batches, and when it asks again.
///
/// A pure value. `left` is what was asked for and not charged yet: what the producer still owes and
/// what is in flight. It never exceeds max_demand, so at most that many events wait to be handled.
/// Source: rules G-119 to G-137.
class demand_ledger {
 public:
  /// `most` is max_demand, `least` is min_demand and smaller than `most`.
  constexpr demand_ledger(demand most, demand least) noexcept
      : most_{most}, least_{least}, left_{most} {}

  struct charge {
    demand ask;      ///< To be sent once the batch has been handled; zero for none.
    demand surplus;  ///< Events of the batch that were never asked for.
  };

  /// The largest batch that one callback gets.
  [[nodiscard]] constexpr std::uint64_t batch_limit() const noexcept {
    return (most_ - least_).count();
  }
  [[nodiscard]] constexpr demand left() const noexcept { return left_; }
  [[nodiscard]] constexpr demand most() const noexcept { return most_; }
  [[nodiscard]] constexpr demand least() const noexcept { return least_; }

  /// Charges a message that is one batch.
  [[gnu::always_inline]] constexpr charge take_message(std::uint64_t batch) noexcept {
    const demand received{batch};
    if (received > left_) [[unlikely]]
      return take(batch, left_);
    const demand left = left_ - received;
    if (left > least_) {
      left_ = left;
      return {};
    }
    left_ = most_;
    return {most_ - left, demand{}};
  }
  /// A message is about to be cut: what is outstanding now covers it.
  constexpr void begin_message() noexcept { covered_ = left_; }

  /// Between two messages.
  void digest(state_digest& into) const { into.add(most_, least_, left_); }

  /// Charges one batch of the message.
  constexpr charge take(std::uint64_t batch) noexcept {
    const demand before = covered_;
    covered_ -= demand{batch};
    return take(batch, before);
  }

 private:
  [[gnu::always_inline]] constexpr charge take(std::uint64_t batch, demand covered) noexcept {
    const demand received{batch};
    const demand left = left_ - std::min(received, covered);
    const bool is_time = left <= least_;
    left_ = is_time ? most_ : left;
    return {is_time ? most_ - left : demand{}, received - covered};
  }

  demand most_;
  demand least_;
  demand left_;
  demand covered_{};
};

}  // namespace genstage::inline v0
