#include <genstage/exporters/prometheus_collectable.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/task/sync_wait.hpp>

namespace genstage::inline v0 {

std::vector<prometheus::MetricFamily> families_of(std::span<const metric> told) {
  std::vector<prometheus::MetricFamily> families;
  for (const metric& each : told) {
    const bool is_counter = each.kind == metric_kind::counter;
    auto& made = families.emplace_back();
    made.name = each.name;
    made.help = each.help;
    made.type = is_counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
    for (const metric::sample& sample : each.samples) {
      auto& figure = made.metric.emplace_back();
      for (const auto& [name, value] : sample.labels) figure.label.push_back({name, value});
      (is_counter ? figure.counter.value : figure.gauge.value) = sample.value;
    }
  }
  return families;
}

std::vector<prometheus::MetricFamily> prometheus_collectable::Collect() const {
  const result<snapshot> seen = sync_wait(take_snapshot(told_of_));
  return seen ? families_of(metrics_of(*seen)) : std::vector<prometheus::MetricFamily>{};
}

}  // namespace genstage::inline v0
