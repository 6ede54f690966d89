#include "livesearch/fetch/latency_window.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::instant;

constexpr instant now{1h};

TEST(latency_window_test, quantiles_are_at_most_an_eighth_too_large) {
  latency_window window;
  for (int milliseconds = 1; milliseconds <= 1000; ++milliseconds) {
    window.add(std::chrono::milliseconds{milliseconds}, now);
  }

  for (const double share : {0.01, 0.5, 0.95, 0.99, 1.0}) {
    const auto exact = std::chrono::duration<double, std::milli>(share * 1000);
    const auto told = window.quantile(share, now);
    EXPECT_GE(told, exact) << share;
    EXPECT_LE(told, exact * 1.1251) << share;
  }
}

TEST(latency_window_test, takes_the_shortest_and_the_longest) {
  latency_window window;
  window.add(0ns, now);
  EXPECT_EQ(window.quantile(0.5, now), 1us);
  window.add(24h, now);
  EXPECT_GT(window.quantile(1, now), 10min);
}

TEST(latency_window_test, forgets_what_is_ten_minutes_old) {
  latency_window window;
  window.add(2s, now);

  EXPECT_GT(window.quantile(0.5, now + 6min), 1s);
  window.add(1ms, now + 6min);
  EXPECT_LT(window.quantile(1, now + 12min), 2ms);
}

TEST(latency_window_test, without_an_answer_there_is_nothing_to_tell) {
  latency_window window;
  EXPECT_EQ(window.quantile(0.5, now), 0ns);
}

}  // namespace
}  // namespace livesearch
