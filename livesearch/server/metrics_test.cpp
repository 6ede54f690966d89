#include "livesearch/server/metrics.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;

TEST(metrics_test, each_site_has_its_outcomes_times_queue_demand_breaker_and_cache) {
  site_definition definition;
  definition.id = "wiki";
  definition.request.url = "https://example.org/?q={query}";
  definition.answer.format = answer_format::feed;
  const auto sites = *site_catalog::make({definition});
  lane_board board{sites};
  lane_gauge& gauge = *board.find("wiki");
  gauge.show({.waiting = 3, .running = 2, .demand = 1, .searchers = 2, .is_open = true});
  gauge.count({site_outcome::results}, 100ms, genstage::instant{1s});
  gauge.count({site_outcome::timed_out}, 3s, genstage::instant{1s});
  gauge.count(&lane_counts::from_cache);

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

}  // namespace
}  // namespace livesearch
