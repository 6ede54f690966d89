#pragma once

#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/core/instant.hpp>
#include <genstage/process/process_events.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/stage/batch_notes.hpp>
#include <genstage/stage/subscription.hpp>
#include <optional>
#include <string>
#include <string_view>

/// What stages tell to those who are attached; see telemetry/telemetry_handlers.hpp.
namespace genstage::inline v0 {

/// A producer has accepted a consumer.
struct subscription_began {
  process_identity producer;
  pid consumer;
  std::string_view consumer_label;
  unique_id tag;
  std::int64_t max_demand;
};

/// A subscription has ended; told by its producer, or by its consumer if the producer has died.
struct subscription_ended {
  process_identity by;
  peer_role peer_was;  ///< what the other end was
  pid peer;
  unique_id tag;
  cancel_cause cause;
  exit_reason reason;
  std::uint64_t lost = 0;  ///< events that the consumer had been sent and had not handled
};

/// A stage has handled a batch; see also observe/latencies.hpp. Of a `consumer_supervisor` a batch
/// is one event, whose child has ended for good; of an iteration it is what the reader was given.
struct batch_handled {
  static constexpr auto with = telemetry_switch::batches;

  process_identity who;
  unique_id tag;  ///< of the subscription
  std::uint64_t count;
  duration waiting_for_demand;  ///< from when it was made until it was sent
  duration in_queue;            ///< from then until it was begun
  duration in_service;          ///< in the callback, its waiting included
  instant at;                   ///< when it had been handled
};

/// A stage that gathers events has passed some on; see gathered_events.hpp.
struct events_passed_on {
  static constexpr auto with = telemetry_switch::batches;

  process_identity who;
  unique_id tag;  ///< of the subscription that they came from
  std::uint64_t count;
  instant since;  ///< when they were taken in
  instant at;
};

/// A consumer has asked for events in place of those that it has handled, or by hand.
struct demand_returned {
  static constexpr auto with = telemetry_switch::batches;

  process_identity who;
  unique_id tag;
  std::uint64_t count;
  instant at;
  bool is_in_callback = false;  ///< in `handle_events`: the batch in hand counts as well
};

/// A producer has emitted events that nobody had asked for; they wait in its buffer.
struct events_buffered {
  process_identity producer;
  std::uint64_t count = 0;
};

/// A producer has dropped events: its buffer was full, or they were for nobody.
struct events_discarded {
  process_identity producer;
  std::uint64_t count = 0;
};

namespace detail {

/// How long a batch was on its way, if somebody wants to know.
struct batch_journey {
  duration waiting_for_demand;
  duration in_queue;
  instant begun;
};
/// `notes` may be null.
[[nodiscard]] std::optional<batch_journey> journey_of(const batch_notes* notes,
                                                      instant begun) noexcept;
void tell_handled(const process& by, unique_id tag, std::uint64_t count, const batch_journey& came,
                  instant at) noexcept;
/// `count` is more than none.
void tell_returned(const process& by, unique_id tag, demand count, instant at) noexcept;
/// At this moment, which is only read if it is wanted.
void tell_returned(const process& by, unique_id tag, demand count) noexcept;
void tell_ended(const process& by, const cancellation& ended) noexcept;
void tell_buffered(const process& producer, std::uint64_t count) noexcept;
void tell_asked_by_hand(const process& consumer, unique_id tag, demand asked) noexcept;
void tell_discarded(const process& producer, std::uint64_t count) noexcept;

}  // namespace detail

}  // namespace genstage::inline v0
