#pragma once

#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/process/signals.hpp>

namespace genstage::inline v0 {

/// A producer and its only consumer, while each ask is answered at once and exactly: what most
/// conversations are nearly always.
///
/// Between two messages nothing is buffered, owed or accumulated then, and no demand is left; so an
/// ask with its answer changes none of that, and neither the dispatcher nor the sums of the
/// producer need to see it. Anything else ends the conversation, and is handled the ordinary way,
/// which alone says what is right. Once all is at rest again, it can begin again.
template <class Consumer>
class plain_conversation {
 public:
  /// All is at rest, and there is nobody else. A larger ask than `most` needs a warning.
  [[gnu::always_inline]] void begin(Consumer& partner, demand most) noexcept {
    partner_ = &partner;
    most_ = most.count();
  }
  /// The partner, if this is an ask that belongs to the conversation; else null.
  [[nodiscard, gnu::always_inline]] Consumer* partner(unique_id tag, demand asked) const noexcept {
    const bool is_usual = asked.count() - 1 < most_;  // And not zero.
    return partner_ != nullptr && partner_->who.tag == tag && is_usual ? partner_ : nullptr;
  }

  /// The producer is about to be asked for so many events.
  void take(demand asked) noexcept { in_hand_ = asked.count(); }
  /// Whether so many events answer the ask in hand, which then is in hand no more.
  [[nodiscard, gnu::always_inline]] bool is_answered_by(std::uint64_t made) noexcept {
    if (made != in_hand_) [[unlikely]]
      return false;
    in_hand_ = nothing;
    return true;
  }
  [[nodiscard]] bool has_ask() const noexcept { return in_hand_ != nothing; }
  /// Ends it. Returns the demand in hand, which the ordinary way has to take into account.
  demand end() noexcept {
    partner_ = nullptr;
    const demand left = has_ask() ? demand{in_hand_} : demand{};
    in_hand_ = nothing;
    return left;
  }

 private:
  static constexpr std::uint64_t nothing = UINT64_MAX;  // More than any demand.

  Consumer* partner_ = nullptr;
  std::uint64_t most_ = 0;
  std::uint64_t in_hand_ = nothing;
};

}  // namespace genstage::inline v0
