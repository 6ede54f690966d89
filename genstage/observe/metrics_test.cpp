#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/observe/metrics.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace genstage {
namespace {

using json = nlohmann::json;

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

/// The fields of each message of OTLP that is used here, by the field that holds it.
/// Source: opentelemetry-proto: metrics/v1/metrics.proto, common/v1/common.proto,
/// resource/v1/resource.proto; lowerCamelCase, as its JSON mapping has them.
const std::map<std::string, std::set<std::string>> published{
    {"", {"resourceMetrics"}},
    {"resourceMetrics", {"resource", "scopeMetrics", "schemaUrl"}},
    {"resource", {"attributes", "droppedAttributesCount", "entityRefs"}},
    {"scopeMetrics", {"scope", "metrics", "schemaUrl"}},
    {"scope", {"name", "version", "attributes", "droppedAttributesCount"}},
    {"metrics",
     {"name", "description", "unit", "gauge", "sum", "histogram", "exponentialHistogram", "summary",
      "metadata"}},
    {"sum", {"dataPoints", "aggregationTemporality", "isMonotonic"}},
    {"gauge", {"dataPoints"}},
    {"dataPoints",
     {"attributes", "startTimeUnixNano", "timeUnixNano", "asDouble", "asInt", "exemplars",
      "flags"}},
    {"attributes", {"key", "value"}},
    {"value",
     {"stringValue", "boolValue", "intValue", "doubleValue", "arrayValue", "kvlistValue",
      "bytesValue"}},
};

void expect_published(const json& node, const std::string& held_by) {
  if (node.is_array()) {
    for (const json& each : node) expect_published(each, held_by);
  }
  if (!node.is_object()) return;
  for (const auto& [field, value] : node.items()) {
    EXPECT_TRUE(published.at(held_by).contains(field)) << held_by << '.' << field;
    expect_published(value, field);
  }
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

TEST(metrics_test, a_collector_gets_the_published_fields_and_no_others) {
  const std::vector<metric> told = metrics_of(a_snapshot());

  const json body = json::parse(otlp_json(told, {"test\n", 1'000, 1'700'000'000'000'000'000}));

  expect_published(body, "");
  const json& whole = body["resourceMetrics"][0];
  EXPECT_EQ(whole["resource"]["attributes"][0]["key"], "service.name");
  EXPECT_EQ(whole["resource"]["attributes"][0]["value"]["stringValue"], "test\n");
  const json& metrics = whole["scopeMetrics"][0]["metrics"];
  ASSERT_EQ(metrics.size(), told.size());
  for (std::size_t each = 0; each < told.size(); ++each) {
    EXPECT_EQ(metrics[each]["name"], told[each].name);
    const bool is_sum = told[each].kind == metric_kind::counter;
    const json& data = metrics[each][is_sum ? "sum" : "gauge"];
    EXPECT_EQ(data.value("aggregationTemporality", 2), 2);
    EXPECT_EQ(data.value("isMonotonic", false), is_sum);
    ASSERT_EQ(data["dataPoints"].size(), told[each].samples.size());
    EXPECT_EQ(data["dataPoints"][0]["asDouble"], told[each].samples[0].value);
    EXPECT_EQ(data["dataPoints"][0]["timeUnixNano"], "1700000000000000000");
  }
}

}  // namespace
}  // namespace genstage
