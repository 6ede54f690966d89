#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cmath>
#include <genstage/observe/otlp.hpp>
#include <genstage/observe/otlp_fields_test.hpp>
#include <string>
#include <vector>

namespace genstage {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

TEST(otlp_test, figures_are_told_with_the_published_fields_and_no_others) {
  const std::vector<metric> told{
      {"made_total",
       "Things \"made\".",
       metric_kind::counter,
       {{{{"process", "num\"bers"}}, 10}, {{{"process", "others"}}, 0.5}}},
      {"kept", "Things kept.", metric_kind::gauge, {{{}, 3}}}};

  const json body =
      json::parse(otlp_metrics_json(told, {"test\n", 1'000, 1'700'000'000'000'000'000}));

  otlp_fields::expect_published(body, "ExportMetricsServiceRequest");
  const json& whole = body["resourceMetrics"][0];
  EXPECT_EQ(whole["resource"]["attributes"],
            json::parse(R"([{"key":"service.name","value":{"stringValue":"test\n"}}])"));
  const json& metrics = whole["scopeMetrics"][0]["metrics"];
  ASSERT_EQ(metrics.size(), 2U);
  EXPECT_EQ(metrics[0]["description"], "Things \"made\".");
  const json& sum = metrics[0]["sum"];
  EXPECT_EQ(sum["aggregationTemporality"], 2);
  EXPECT_EQ(sum["isMonotonic"], true);
  EXPECT_EQ(sum["dataPoints"][0],
            json::parse(R"({"startTimeUnixNano":"1000","timeUnixNano":"1700000000000000000",
                            "asDouble":10,"attributes":[
                              {"key":"process","value":{"stringValue":"num\"bers"}}]})"));
  EXPECT_EQ(sum["dataPoints"][1]["asDouble"], 0.5);
  EXPECT_EQ(metrics[1]["gauge"]["dataPoints"][0]["asDouble"], 3);
}

TEST(otlp_test, histograms_are_told_with_their_bounds) {
  metric::sample times{.labels = {{"consumer", "to"}}, .value = 2.5, .counts = {1, 0, 3}};
  times.counts.resize(histogram_bounds().size() + 1);
  const std::vector<metric> told{{"took", "Times.", metric_kind::histogram, {times}}};

  const json body = json::parse(otlp_metrics_json(told, {"test", 1, 2}));

  otlp_fields::expect_published(body, "ExportMetricsServiceRequest");
  const json& took = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0];
  EXPECT_EQ(took["unit"], "s");
  EXPECT_EQ(took["histogram"]["aggregationTemporality"], 2);
  const json& point = took["histogram"]["dataPoints"][0];
  EXPECT_EQ(point["count"], "4");
  EXPECT_EQ(point["sum"], 2.5);
  EXPECT_EQ(point["bucketCounts"].size(), point["explicitBounds"].size() + 1);
  EXPECT_EQ(point["bucketCounts"][2], "3");
  EXPECT_EQ(point["explicitBounds"][0], histogram_bounds()[0]);
}

TEST(otlp_test, spans_are_told_with_the_published_fields_and_no_others) {
  trace_context root = make_trace(0xab, 2, 3);
  const trace_context alone = root;
  root.state = "rojo=1";
  const std::vector<span_ended> ended{{.name = "numbers \"emits\"",
                                       .context = alone,
                                       .kind = span_kind::producer,
                                       .began = instant{5ns},
                                       .took = 10ns},
                                      {.name = "printed",
                                       .context = span_under(root, 4),
                                       .parent = root.span_id,
                                       .kind = span_kind::consumer,
                                       .began = instant{1s},
                                       .took = 1ms,
                                       .error = "disk is full",
                                       .attributes = {{"process", "printed"},
                                                      {"status", std::int64_t{503}},
                                                      {"less", std::int64_t{-1}},
                                                      {"share", 0.5},
                                                      {"none", std::nan("")},
                                                      {"cached", true}}}};

  const json body = json::parse(otlp_traces_json(ended, "test", 1'700'000'000'000'000'000));

  otlp_fields::expect_published(body, "ExportTraceServiceRequest");
  const json& spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0], json::parse(R"({"traceId":"00000000000000ab0000000000000002",
                                      "spanId":"0000000000000003","flags":1,
                                      "name":"numbers \"emits\"","kind":4,
                                      "startTimeUnixNano":"1700000000000000005",
                                      "endTimeUnixNano":"1700000000000000015",
                                      "attributes":[]})"));
  EXPECT_EQ(spans[1]["parentSpanId"], "0000000000000003");
  EXPECT_EQ(spans[1]["traceId"], spans[0]["traceId"]);
  EXPECT_EQ(spans[1]["traceState"], "rojo=1");
  EXPECT_EQ(spans[1]["attributes"], json::parse(R"([
      {"key":"process","value":{"stringValue":"printed"}},
      {"key":"status","value":{"intValue":"503"}},
      {"key":"less","value":{"intValue":"-1"}},
      {"key":"share","value":{"doubleValue":0.5}},
      {"key":"none","value":{"doubleValue":"NaN"}},
      {"key":"cached","value":{"boolValue":true}}])"));
  EXPECT_EQ(spans[1]["status"], json::parse(R"({"code":2,"message":"disk is full"})"));
}

TEST(otlp_test, a_number_stays_a_number_and_a_literal_a_word) {
  EXPECT_EQ(to_attribute(503U), attribute_value{std::int64_t{503}});
  EXPECT_EQ(to_attribute(true), attribute_value{true});
  EXPECT_EQ(to_attribute(0.5F), attribute_value{0.5});
  EXPECT_EQ(to_attribute("word"), attribute_value{std::string{"word"}});
}

/// The receiver of these tests would notice.
TEST(otlp_test, what_is_not_as_published_is_refused) {
  const auto refuses = [](const std::string& body) {
    const json node = json::parse(body);
    testing::TestPartResultArray failures;
    {
      const testing::ScopedFakeTestPartResultReporter here{
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures};
      otlp_fields::expect_published(node, "Span");
    }
    return failures.size() > 0;
  };
  const std::string rest =
      R"("spanId":"0000000000000003","name":"a","kind":1,"startTimeUnixNano":"1",)"
      R"("endTimeUnixNano":"2"})";
  const std::string good = R"({"traceId":"00000000000000ab0000000000000002",)";

  EXPECT_FALSE(refuses(good + rest));
  EXPECT_TRUE(refuses(R"({"traceId":"00000000000000000000000000000000",)" + rest));
  EXPECT_TRUE(refuses(R"({"traceId":"AKsAAAAAAAAAAAAAAAAAAg==",)" + rest));
  EXPECT_TRUE(refuses(good + R"("start_time_unix_nano":"1",)" + rest));
  EXPECT_TRUE(refuses(good + R"("flags":"1",)" + rest));
  const auto refuses_value = [&](const std::string& value) {
    return refuses(good + R"("attributes":[{"key":"a","value":)" + value + "}]," + rest);
  };
  EXPECT_FALSE(refuses_value(R"({"intValue":"200"})"));
  EXPECT_TRUE(refuses_value(R"({"intValue":200})"));
  EXPECT_TRUE(refuses_value(R"({"boolValue":"true"})"));
  EXPECT_TRUE(refuses_value(R"({"intValue":"200","stringValue":"200"})"));
  EXPECT_TRUE(refuses("{" + rest));
}

}  // namespace
}  // namespace genstage
