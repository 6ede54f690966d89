#include <gtest/gtest.h>

#include <cstdint>
#include <genstage/core/demand.hpp>
#include <stdexcept>

namespace genstage {
namespace {

TEST(demand_test, taking_away_more_than_there_is_leaves_none) {
  demand asked{3};

  asked -= demand{5};

  EXPECT_TRUE(asked.is_zero());
}

// G-089, RS-3.9
TEST(demand_test, there_is_none_below_zero) {
  try {
    (void)demand{-5};
    FAIL() << "must throw";
  } catch (const std::invalid_argument& refused) {
    EXPECT_STREQ(refused.what(), "demand: count is -5, must be at least 0");
  }
  EXPECT_THROW((void)demand{INT64_MIN}, std::invalid_argument);
}

// RS-3.17
TEST(demand_test, a_sum_stops_at_the_largest_demand) {
  demand asked{INT64_MAX};

  asked += demand{INT64_MAX};
  asked += demand{1};

  EXPECT_EQ(asked, demand{UINT64_MAX});
  EXPECT_EQ(static_cast<std::int64_t>(asked), INT64_MAX);
}

TEST(demand_test, it_converts_to_integers_only_when_asked) {
  const demand asked{100};

  EXPECT_EQ(static_cast<int>(asked), 100);
  static_assert(!std::convertible_to<demand, int>);
}

}  // namespace
}  // namespace genstage
