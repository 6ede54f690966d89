#pragma once

#include <genstage/observe/histogram.hpp>
#include <genstage/observe/metrics.hpp>
#include <genstage/process/pid.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace genstage::inline v0 {

/// How long the events of one subscription waited, and how long they were handled, since somebody
/// looks. Each event counts with the time of its batch.
struct hop_latency {
  unique_id tag{};
  std::string consumer;  ///< its name, or its pid
  histogram in_queue{};  ///< from when it was sent until its batch was begun
  histogram in_service{};

  friend bool operator==(const hop_latency&, const hop_latency&) = default;
};

/// Measures, as long as it lives, where the time of events goes on each subscription: for whole
/// runs, and queue and service apart, which records cannot tell (`hop_times_of`).
///
///     gs::latencies measured{app.home().telemetry()};
///     for (const gs::hop_latency& each : measured.read()) { ... }
///
/// Lifetime: the runtime outlives it. A subscription that has ended is forgotten.
/// Threads: any.
/// Cost: while it lives, two readings of the clock, an allocation and a lock for each batch, none
/// for an event; otherwise nothing.
class latencies {
 public:
  explicit latencies(telemetry_handlers& told_by, std::string id = "latencies");
  ~latencies();
  latencies(const latencies&) = delete;
  latencies& operator=(const latencies&) = delete;

  /// By the tags of the subscriptions.
  [[nodiscard]] std::vector<hop_latency> read() const;

 private:
  telemetry_handlers& told_by_;
  const std::string id_;
  mutable std::mutex mutex_;
  std::map<unique_id, hop_latency> hops_;
};

/// The same in figures, by the names of the consumers: sums, counts and quantiles of the seconds.
[[nodiscard]] std::vector<metric> metrics_of(std::span<const hop_latency> measured);

}  // namespace genstage::inline v0
