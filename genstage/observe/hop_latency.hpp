#pragma once

#include <array>
#include <genstage/observe/histogram.hpp>
#include <genstage/process/signals.hpp>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// Where the time of the events of one subscription went. The parts follow each other; each event
/// counts with the time of its batch. A pure value: those of several subscriptions can be merged.
struct hop_latency {
  unique_id tag{};
  std::string consumer{};          ///< its name, or its pid
  histogram waiting_for_demand{};  ///< from when it was made until it was sent: in the buffer
  histogram in_queue{};            ///< from then until its batch was begun
  histogram in_service{};         ///< in `handle_events`, its child or its reader, waiting included
  histogram waiting_for_batch{};  ///< kept in the stage, as its `gathered_events` say
  histogram acknowledging{};      ///< from then until its demand was given back by an ask

  hop_latency& operator+=(const hop_latency& other);
  friend bool operator==(const hop_latency&, const hop_latency&) = default;
};

/// One part of it, for those who tell them all.
struct latency_part {
  std::string_view name;
  std::string_view help;
  histogram hop_latency::* times;
};
inline constexpr std::array<latency_part, 5> latency_parts{{
    {"waiting_for_demand", "Time of events from being made until they were sent.",
     &hop_latency::waiting_for_demand},
    {"in_queue", "Time of events from being sent until they were begun.", &hop_latency::in_queue},
    {"in_service", "Time of events in handle_events.", &hop_latency::in_service},
    {"waiting_for_batch", "Time of events that a stage gathers, until it passes them on.",
     &hop_latency::waiting_for_batch},
    {"acknowledging", "Time of handled events until their demand was given back.",
     &hop_latency::acknowledging},
}};

}  // namespace genstage::inline v0
