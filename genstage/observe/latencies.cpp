#include <fmt/format.h>

#include <chrono>
#include <genstage/observe/latencies.hpp>
#include <genstage/stage/stage_events.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

double seconds(duration span) {
  return std::chrono::duration<double>{span}.count();
}

void add(std::vector<metric>& to, const std::string& name, const std::string& help,
         const std::map<std::string, histogram>& by_consumer) {
  metric quantiles{name, help, metric_kind::gauge, {}};
  metric sum{name + "_sum", help + " All of them together.", metric_kind::counter, {}};
  metric count{name + "_count", help + " How many.", metric_kind::counter, {}};
  for (const auto& [consumer, times] : by_consumer) {
    for (const double part : {0.5, 0.95, 0.99}) {
      quantiles.samples.push_back({{{"consumer", consumer}, {"quantile", fmt::to_string(part)}},
                                   seconds(times.quantile(part))});
    }
    sum.samples.push_back({{{"consumer", consumer}}, seconds(times.sum())});
    count.samples.push_back({{{"consumer", consumer}}, static_cast<double>(times.count())});
  }
  for (metric* const each : {&quantiles, &sum, &count}) to.push_back(std::move(*each));
}

}  // namespace

latencies::latencies(telemetry_handlers& told_by, std::string id)
    : told_by_{told_by}, id_{std::move(id)} {
  (void)told_by_.attach<batch_handled>(id_, [this](const batch_handled& batch) {
    const std::scoped_lock lock{mutex_};
    hop_latency& hop = hops_[batch.tag];
    if (hop.consumer.empty()) hop = {.tag = batch.tag, .consumer = batch.who.label()};
    hop.in_queue.add(batch.in_queue, batch.count);
    hop.in_service.add(batch.in_service, batch.count);
  });
  (void)told_by_.attach<subscription_ended>(id_, [this](const subscription_ended& end) {
    const std::scoped_lock lock{mutex_};
    hops_.erase(end.tag);
  });
}

latencies::~latencies() {
  told_by_.detach(id_);
}

std::vector<hop_latency> latencies::read() const {
  const std::scoped_lock lock{mutex_};
  std::vector<hop_latency> all;
  for (const auto& [tag, hop] : hops_) all.push_back(hop);
  return all;
}

std::vector<metric> metrics_of(std::span<const hop_latency> measured) {
  std::map<std::string, histogram> in_queue;
  std::map<std::string, histogram> in_service;
  for (const hop_latency& each : measured) {
    in_queue[each.consumer] += each.in_queue;
    in_service[each.consumer] += each.in_service;
  }
  std::vector<metric> told;
  add(told, "genstage_event_queue_seconds", "Time of events between sending and handling.",
      in_queue);
  add(told, "genstage_event_service_seconds", "Time of events in handle_events.", in_service);
  return told;
}

}  // namespace genstage::inline v0
