#pragma once

#include <cstdint>
#include <genstage/observe/histogram.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/record/record.hpp>
#include <span>
#include <vector>

namespace genstage::inline v0 {

/// Where the time of the events of one subscription went, by what was recorded of it. Each event is
/// counted, with the time of its ask or its batch.
struct hop_times {
  unique_id tag{};
  histogram waited_for_events{};  ///< from its ask until it was sent: the producer is the limit
  /// From when it was sent until the consumer asked for another one in its place: in the queue, in
  /// service, and until the rest of its batch was.
  histogram waited_for_ask{};
  duration without_demand{};  ///< the producer could send nothing: the consumer is the limit
  duration seen{};            ///< from the first record to the last

  friend bool operator==(const hop_times&, const hop_times&) = default;
};

/// The times of all subscriptions of `now` that anything is recorded of, in the order of their
/// tags.
///
/// A pure function. `records` are in order and were read just before; how much of a subscription
/// was asked for before the first one follows from what the snapshot says of it now. The times are
/// as right as the clock of the records.
/// Cost: nothing while the program runs, beyond the records.
/// Source: N8.
[[nodiscard]] std::vector<hop_times> hop_times_of(std::span<const record> records,
                                                  const snapshot& now);

}  // namespace genstage::inline v0
