#pragma once

#include <genstage/observe/hop_latency.hpp>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <memory>
#include <string>
#include <vector>

namespace genstage::inline v0 {

/// Measures, as long as it lives, where the time of events goes on each subscription: for whole
/// runs, and in five parts, which records cannot tell (`hop_times_of`).
///
///     gs::latencies measured{app.home().telemetry()};
///
/// From then on snapshots have what it measures (`subscription_view::latency`), and so have the
/// figures of `metrics_of`, the exporters and the inspector.
///
/// Lifetime: the runtime outlives it. A subscription that has ended is forgotten. What was in a
/// buffer when it began counts as if it had not waited there.
/// Threads: any.
/// Cost: while it lives, two readings of the clock, an allocation and a lock for each batch, none
/// for an event; otherwise nothing. The first batch of a subscription after a snapshot copies what
/// was measured of it, some kilobytes.
class latencies {
 public:
  explicit latencies(telemetry_handlers& told_by);
  ~latencies();
  latencies(const latencies&) = delete;
  latencies& operator=(const latencies&) = delete;

  /// By the tags of the subscriptions.
  [[nodiscard]] std::vector<hop_latency> read() const;

 private:
  class measured_hops;

  telemetry_handlers& told_by_;
  const std::string id_;  ///< Of the handlers; each has its own.
  /// Shared with the handlers, since one may still run when this has detached them.
  const std::shared_ptr<measured_hops> hops_;
};

}  // namespace genstage::inline v0
