#include "genstage/inspector/hop_json.hpp"

#include <gtest/gtest.h>

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

  const json told = json::parse(write_hops(std::vector{hop}, 6));

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
}

TEST(hop_json_test, of_many_the_first_are_told_and_all_counted) {
  const json told = json::parse(write_hops(std::vector<hop_times>(9), 6));

  EXPECT_EQ(told.at("in_all"), 9);
  EXPECT_EQ(told.at("hops").size(), 6);
}

}  // namespace
}  // namespace genstage
