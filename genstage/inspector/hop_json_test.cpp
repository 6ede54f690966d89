#include "genstage/inspector/hop_json.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(hop_json_test, a_hop_is_told_with_what_most_took_and_its_buckets) {
  hop_times hop{.tag = unique_id{17}, .without_demand = 5ms, .seen = 2s};
  hop.waited_for_events.add(1ms, 99);
  hop.waited_for_events.add(1s);

  const json told = json::parse(write_hops(std::vector{hop}, {}, 6));

  EXPECT_EQ(told.at("in_all"), 1);
  const json& only = told.at("hops").at(0);
  EXPECT_EQ(only.at("tag"), "s17");
  EXPECT_EQ(only.at("without_demand_ms"), 5.0);
  EXPECT_EQ(only.at("seen_ms"), 2000.0);
  const json& waited = only.at("waited_for_events");
  EXPECT_EQ(waited.at("count"), 100);
  EXPECT_NEAR(waited.at("half_ms").get<double>(), 1.0, 0.1);
  EXPECT_EQ(waited.at("longest_ms"), 1000.0);
  ASSERT_EQ(waited.at("buckets").size(), 2);
  EXPECT_EQ(waited.at("buckets").at(0).at(1), 99);
  EXPECT_EQ(only.at("waited_for_ask").at("buckets"), json::array());
  EXPECT_EQ(only.at("measured"), nullptr);
}

TEST(hop_json_test, what_was_measured_is_told_in_its_parts_with_records_or_without) {
  hop_latency times;
  times.in_service.add(2ms, 7);
  snapshot now;
  for (const std::uint64_t each : {17U, 18U}) {
    now.subscriptions.push_back(
        {.tag = unique_id{each}, .latency = std::make_shared<const hop_latency>(times)});
  }

  const json told =
      json::parse(write_hops(std::vector{hop_times{.tag = unique_id{18}, .seen = 2s}}, now, 6));

  ASSERT_EQ(told.at("hops").size(), 2);
  EXPECT_EQ(told.at("hops").at(0).at("tag"), "s17");
  EXPECT_EQ(told.at("hops").at(0).at("seen_ms"), 0.0);
  EXPECT_EQ(told.at("hops").at(1).at("seen_ms"), 2000.0);
  for (const json& each : told.at("hops")) {
    EXPECT_EQ(each.at("measured").size(), 5);
    EXPECT_EQ(each.at("measured").at("in_service").at("count"), 7);
    EXPECT_EQ(each.at("measured").at("acknowledging").at("count"), 0);
  }
}

TEST(hop_json_test, of_many_the_first_are_told_and_all_counted) {
  std::vector<hop_times> hops;
  for (std::uint64_t each = 1; each <= 9; ++each) hops.push_back({.tag = unique_id{each}});

  const json told = json::parse(write_hops(hops, {}, 6));

  EXPECT_EQ(told.at("in_all"), 9);
  EXPECT_EQ(told.at("hops").size(), 6);
}

}  // namespace
}  // namespace genstage
