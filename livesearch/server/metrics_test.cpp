#include "livesearch/server/metrics.hpp"

#include <gtest/gtest.h>

#include "livesearch/server/lanes_page.hpp"

namespace livesearch {
namespace {

using namespace std::chrono_literals;

struct metrics_test : ::testing::Test {
  metrics_test() {
    gauge.show({.waiting = 3, .running = 2, .demand = 1, .searchers = 2, .is_open = true});
    gauge.count({site_outcome::results}, 100ms, genstage::instant{1s});
    gauge.count({site_outcome::timed_out}, 3s, genstage::instant{1s});
    gauge.count(&lane_counts::from_cache);
  }
  static site_catalog catalog() {
    site_definition definition;
    definition.id = "wiki";
    definition.request.url = "https://example.org/?q={query}";
    definition.answer.format = answer_format::feed;
    return *site_catalog::make({definition});
  }

  site_catalog sites = catalog();
  lane_board board{sites};
  lane_gauge& gauge = *board.find("wiki");
};

TEST_F(metrics_test, each_site_has_its_outcomes_times_queue_demand_breaker_and_cache) {
  const std::string text = write_metrics(board, genstage::instant{2s});

  for (const std::string line :
       {"livesearch_answers_total{site=\"wiki\",outcome=\"results\"} 1\n",
        "livesearch_answers_total{site=\"wiki\",outcome=\"timed_out\"} 1\n",
        "livesearch_answers_total{site=\"wiki\",outcome=\"suspicious\"} 0\n",
        "# TYPE livesearch_answer_seconds summary\n",
        "livesearch_answer_seconds_count{site=\"wiki\"} 1\n",
        "livesearch_queue_jobs{site=\"wiki\"} 3\n", "livesearch_demand{site=\"wiki\"} 1\n",
        "livesearch_breaker_open{site=\"wiki\"} 1\n",
        "livesearch_cache_hits_total{site=\"wiki\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  const auto p95 = text.find("livesearch_answer_seconds{site=\"wiki\",quantile=\"0.95\"} 0.1");
  EXPECT_NE(p95, std::string::npos) << text;
}

TEST_F(metrics_test, the_page_tells_people_the_same) {
  const std::string page = write_lanes_page(board, genstage::instant{2s});

  for (const std::string part :
       {">wiki<", "results 1, timed_out 1", "3 of 2 searchers", "breaker open", "1 of 1"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\n" << page;
  }
}

TEST_F(metrics_test, the_page_leads_to_the_inspector_if_there_is_one) {
  const std::string page = write_lanes_page(board, genstage::instant{2s}, "http://127.0.0.1:8042");

  EXPECT_NE(page.find("<a href=\"http://127.0.0.1:8042\">The inspector</a>"), std::string::npos);
  EXPECT_EQ(write_lanes_page(board, genstage::instant{2s}).find("inspector"), std::string::npos);
}

}  // namespace
}  // namespace livesearch
