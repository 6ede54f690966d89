#include <genstage/exporters/prometheus_collectable.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/task/sync_wait.hpp>
#include <limits>

namespace genstage::inline v0 {

namespace {

prometheus::MetricType type_of(metric_kind kind) {
  switch (kind) {
    case metric_kind::counter:
      return prometheus::MetricType::Counter;
    case metric_kind::gauge:
      return prometheus::MetricType::Gauge;
    case metric_kind::histogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

/// Each bucket counts those before it as well.
prometheus::ClientMetric::Histogram histogram_of(const metric::sample& told) {
  prometheus::ClientMetric::Histogram made;
  const std::span<const double> bounds = histogram_bounds();
  for (std::size_t each = 0; each < told.counts.size(); ++each) {
    made.sample_count += told.counts[each];
    const double most =
        each < bounds.size() ? bounds[each] : std::numeric_limits<double>::infinity();
    made.bucket.push_back({made.sample_count, most});
  }
  made.sample_sum = told.value;
  return made;
}

}  // namespace

std::vector<prometheus::MetricFamily> families_of(std::span<const metric> told) {
  std::vector<prometheus::MetricFamily> families;
  for (const metric& each : told) {
    auto& made = families.emplace_back();
    made.name = each.name;
    made.help = each.help;
    made.type = type_of(each.kind);
    for (const metric::sample& sample : each.samples) {
      auto& figure = made.metric.emplace_back();
      for (const auto& [name, value] : sample.labels) figure.label.push_back({name, value});
      if (each.kind == metric_kind::histogram) {
        figure.histogram = histogram_of(sample);
      } else {
        (each.kind == metric_kind::counter ? figure.counter.value : figure.gauge.value) =
            sample.value;
      }
    }
  }
  return families;
}

std::vector<prometheus::MetricFamily> prometheus_collectable::Collect() const {
  const result<snapshot> seen = sync_wait(take_snapshot(told_of_));
  return seen ? families_of(metrics_of(*seen)) : std::vector<prometheus::MetricFamily>{};
}

}  // namespace genstage::inline v0
