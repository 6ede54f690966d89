#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <genstage/observe/metrics.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace genstage {
namespace {

process_view process_of(std::uint32_t index, std::string name, std::string type) {
  process_view made;
  made.id = {index, 1};
  made.label = name.empty() ? to_string(made.id) : name;
  made.name = std::move(name);
  made.type = std::move(type);
  return made;
}

/// A producer with a name, and two consumers of a type without.
snapshot a_snapshot() {
  snapshot seen;
  seen.processes.push_back(process_of(0, "num\"bers", "counter"));
  seen.processes.back().stage = stage_view{.kind = stage_kind::producer, .emitted = 10};
  seen.processes.push_back(process_of(1, "", "printer"));
  seen.processes.push_back(process_of(2, "", "printer"));
  seen.processes.back().queue_length = 3;
  seen.subscriptions.push_back(
      {.tag = unique_id{1}, .producer = {0, 1}, .consumer = {1, 1}, .delivered = 4});
  seen.subscriptions.push_back(
      {.tag = unique_id{2}, .producer = {0, 1}, .consumer = {2, 1}, .delivered = 6});
  return seen;
}

const metric& named(const std::vector<metric>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &metric::name);
  if (found == all.end()) throw std::invalid_argument{name};
  return *found;
}

TEST(metrics_test, processes_without_a_name_are_added_up_by_their_type) {
  const std::vector<metric> told = metrics_of(a_snapshot());

  EXPECT_EQ(named(told, "genstage_processes").samples,
            (std::vector<metric::sample>{{{{"process", "num\"bers"}}, 1},
                                         {{{"process", "printer"}}, 2}}));
  EXPECT_EQ(named(told, "genstage_mailbox_messages").samples[1].value, 3);
  EXPECT_EQ(
      named(told, "genstage_subscription_delivered_events_total").samples,
      (std::vector<metric::sample>{{{{"producer", "num\"bers"}, {"consumer", "printer"}}, 10}}));
}

TEST(metrics_test, what_nobody_has_is_left_out) {
  snapshot seen = a_snapshot();
  seen.processes[0].stage.reset();

  const std::vector<metric> told = metrics_of(seen);

  EXPECT_THROW((void)named(told, "genstage_stage_emitted_events_total"), std::invalid_argument);
  EXPECT_THROW((void)named(told, "genstage_restarts_total"), std::invalid_argument);
}

TEST(metrics_test, prometheus_gets_help_type_and_escaped_labels) {
  const std::vector<metric> told = metrics_of(a_snapshot());

  EXPECT_EQ(prometheus_text({&named(told, "genstage_stage_emitted_events_total"), 1}),
            "# HELP genstage_stage_emitted_events_total Events made.\n"
            "# TYPE genstage_stage_emitted_events_total counter\n"
            "genstage_stage_emitted_events_total{process=\"num\\\"bers\"} 10\n");
}

snapshot a_measured_snapshot() {
  snapshot seen = a_snapshot();
  hop_latency one;
  one.in_queue.add(std::chrono::microseconds{1});
  one.in_queue.add(std::chrono::hours{1}, 2);
  hop_latency other;
  other.in_queue.add(std::chrono::microseconds{3}, 5);
  seen.subscriptions[0].latency = std::make_shared<const hop_latency>(one);
  seen.subscriptions[1].latency = std::make_shared<const hop_latency>(other);
  return seen;
}

TEST(metrics_test, times_that_were_measured_become_a_histogram_of_all_alike) {
  const std::vector<metric> told = metrics_of(a_measured_snapshot());

  const metric& queue = named(told, "genstage_event_in_queue_seconds");
  EXPECT_EQ(queue.kind, metric_kind::histogram);
  ASSERT_EQ(queue.samples.size(), 1U);
  EXPECT_NEAR(queue.samples[0].value, 7200, 0.001);
  ASSERT_EQ(queue.samples[0].counts.size(), histogram_bounds().size() + 1);
  EXPECT_EQ(queue.samples[0].counts[0], 1U);
  EXPECT_EQ(queue.samples[0].counts[1], 5U);
  EXPECT_EQ(queue.samples[0].counts.back(), 2U);
  EXPECT_THROW((void)named(told, "genstage_event_in_service_seconds"), std::invalid_argument);
}

TEST(metrics_test, prometheus_gets_each_bucket_with_those_before_it) {
  const std::vector<metric> told = metrics_of(a_measured_snapshot());

  const std::string text = prometheus_text({&named(told, "genstage_event_in_queue_seconds"), 1});

  const std::string labels = "{producer=\"num\\\"bers\",consumer=\"printer\"";
  EXPECT_TRUE(text.contains("# TYPE genstage_event_in_queue_seconds histogram\n"));
  EXPECT_TRUE(text.contains("_bucket" + labels + ",le=\"1.024e-06\"} 1\n")) << text;
  EXPECT_TRUE(text.contains("_bucket" + labels + ",le=\"4.096e-06\"} 6\n")) << text;
  EXPECT_TRUE(text.contains("_bucket" + labels + ",le=\"+Inf\"} 8\n")) << text;
  EXPECT_TRUE(text.contains("_count" + labels + "} 8\n")) << text;
}

}  // namespace
}  // namespace genstage
