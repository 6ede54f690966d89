#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <genstage/observe/metrics.hpp>
#include <genstage/process/runtime.hpp>
#include <span>
#include <vector>

namespace genstage::inline v0 {

/// The figures as prometheus-cpp has them, to be put beside a program's own.
[[nodiscard]] std::vector<prometheus::MetricFamily> families_of(std::span<const metric> told);

/// A program's figures for an exposer or a gateway of prometheus-cpp:
///
///     auto figures = std::make_shared<gs::prometheus_collectable>(program);
///     exposer.RegisterCollectable(figures);
///
/// Lifetime: the runtime outlives it.
/// Threads: any but those of the runtime, since it waits for a snapshot.
/// Cost: a snapshot each time it is asked.
class prometheus_collectable final : public prometheus::Collectable {
 public:
  explicit prometheus_collectable(runtime& told_of) : told_of_{told_of} {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  runtime& told_of_;
};

}  // namespace genstage::inline v0
