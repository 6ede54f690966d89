#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "livesearch/merge/result_merger.hpp"

// The page merges by the same rules; both keep to these examples.
namespace livesearch {
namespace {

using json = nlohmann::json;

json examples() {
  std::ifstream file{LIVESEARCH_MERGING_EXAMPLES};
  return json::parse(file);
}

TEST(merging_examples_test, keys_and_order_are_those_of_the_page) {
  const json all = examples();
  ASSERT_FALSE(all.empty());
  for (const json& example : all) {
    std::vector<double> weights;
    for (const json& site : example["sites"]) weights.push_back(site["weight"]);
    result_merger merger{weights};
    for (std::size_t site = 0; site < weights.size(); ++site) {
      std::vector<hit> hits;
      for (const json& each : example["sites"][site]["results"]) {
        hits.push_back({each["title"], each["url"], each["snippet"]});
        const hit_keys keys = keys_of(hits.back());
        EXPECT_EQ(each["page_key"], fmt::format("{:016x}", keys.page)) << each["url"];
        EXPECT_EQ(each["title_key"], keys.title == 0 ? "" : fmt::format("{:016x}", keys.title));
      }
      merger.add(site, hits);
    }

    std::vector<std::string> order;
    for (const merged_result& each : merger.ranked()) {
      std::string votes;
      for (const vote& given : each.votes) votes += fmt::format("{}:{} ", given.site, given.rank);
      order.push_back(votes + each.shown.url);
    }

    EXPECT_EQ(json(order), example["order"]) << example["name"];
  }
}

}  // namespace
}  // namespace livesearch
