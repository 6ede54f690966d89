#pragma once

#include <cstdint>
#include <genstage/observe/snapshot.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

enum class metric_kind : std::uint8_t {
  counter,  ///< only grows, as long as the processes live that it is the sum of
  gauge,
  histogram,  ///< durations, counted in buckets
};

/// One figure about several processes or subscriptions, told apart by labels.
struct metric {
  struct sample {
    std::vector<std::pair<std::string, std::string>> labels{};
    double value = 0;  ///< of a histogram: the sum
    /// Of a histogram: how many are in each bucket, without those in the ones before. There is one
    /// for each of `histogram_bounds`, and one for what is longer.
    std::vector<std::uint64_t> counts{};

    friend bool operator==(const sample&, const sample&) = default;
  };

  std::string name{};
  std::string help{};
  metric_kind kind = metric_kind::gauge;
  std::vector<sample> samples{};

  friend bool operator==(const metric&, const metric&) = default;
};

/// The longest durations that are counted in the buckets of a metric, in seconds: each four times
/// the one before, from a microsecond to a minute.
[[nodiscard]] std::span<const double> histogram_bounds() noexcept;

/// What a snapshot says in figures. Processes are labelled by their names; those that have none are
/// added up by their type, so there are no more labels than names and types in the program.
[[nodiscard]] std::vector<metric> metrics_of(const snapshot& seen);

/// In the text format that Prometheus reads, version 0.0.4.
[[nodiscard]] std::string prometheus_text(std::span<const metric> told);

}  // namespace genstage::inline v0
