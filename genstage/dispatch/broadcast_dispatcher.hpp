#pragma once

#include <genstage/dispatch/dispatcher.hpp>
#include <optional>
#include <span>
#include <vector>

namespace genstage::inline v0 {

/// Sends each event to every consumer, at most as many as the one that wants least has asked for.
///
/// Consumers that read, `consumer<const T>`, share one batch. One that owns its events,
/// `consumer<T>`, gets a copy, which is counted. With a `selector` in its options a consumer gets
/// the events that it wants, and the others cost it no demand.
///
/// A consumer that has joined and not asked yet holds up all others, so that it misses nothing of
/// what the others get from then on. Whoever wants all events with all consumers starts the
/// producer with `demand_mode::accumulate`.
/// Cost: O(consumers) for an ask and for a message.
/// Source: rules G-249 to G-275.
class broadcast_dispatcher {
 public:
  struct member {
    unique_id tag;
    pid consumer;
    demand left;
  };

  /// Refuses a process that is subscribed already, under whatever tag (recommendation G-254).
  admission subscribe(const joining& wish);
  void cancel(unique_id tag);
  void ask(unique_id tag, demand asked);
  /// Notes that the next `count` events go to all; at most `deliverable()`.
  void dispatch(std::uint64_t count);
  /// Notes that so many of them were not for this one, so that they cost it no demand (G-263).
  void withhold(unique_id tag, std::uint64_t count);

  /// What all consumers have asked for; nothing if there are none.
  [[nodiscard]] demand deliverable() const noexcept { return deliverable_; }
  [[nodiscard]] demand outstanding(unique_id tag) const noexcept;
  [[nodiscard]] std::span<const member> members() const noexcept { return members_; }
  void digest(state_digest& into) const;

 private:
  [[nodiscard]] member* find(unique_id tag) noexcept;
  void settle() noexcept;

  std::vector<member> members_;
  demand deliverable_{};
};

}  // namespace genstage::inline v0
