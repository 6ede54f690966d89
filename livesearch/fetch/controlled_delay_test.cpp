#include "livesearch/fetch/controlled_delay.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::instant;

// Interval 1 s, target 30 ms.
TEST(controlled_delay_test, a_burst_that_is_gone_within_the_interval_is_no_overload) {
  controlled_delay delay{3s};
  delay.observe(true, instant{0s});

  EXPECT_FALSE(delay.is_overloaded(instant{999ms}));
  delay.observe(false, instant{999ms});
  delay.observe(true, instant{1s});
  EXPECT_FALSE(delay.is_overloaded(instant{1900ms}));
}

TEST(controlled_delay_test, saturation_for_the_interval_is_an_overload) {
  controlled_delay delay{3s};
  delay.observe(true, instant{5s});

  EXPECT_TRUE(delay.is_overloaded(instant{6s}));
}

TEST(controlled_delay_test, a_job_is_turned_away_after_the_target_but_not_before_the_overload) {
  controlled_delay delay{3s};
  delay.observe(true, instant{0s});

  EXPECT_EQ(delay.turned_away_at(instant{100ms}), instant{1s});
  EXPECT_EQ(delay.turned_away_at(instant{1500ms}), instant{1530ms});
}

TEST(controlled_delay_test, a_moment_without_waiting_jobs_does_not_end_an_overload) {
  controlled_delay delay{3s};
  delay.observe(true, instant{0s});
  delay.observe(false, instant{2000ms});
  delay.observe(true, instant{2010ms});

  EXPECT_TRUE(delay.is_overloaded(instant{2010ms}));
}

TEST(controlled_delay_test, an_overload_ends_when_nothing_has_waited_for_the_target) {
  controlled_delay delay{3s};
  delay.observe(true, instant{0s});
  delay.observe(false, instant{2000ms});

  delay.observe(false, instant{2030ms});

  EXPECT_FALSE(delay.is_overloaded(instant{2030ms}));
}

}  // namespace
}  // namespace livesearch
