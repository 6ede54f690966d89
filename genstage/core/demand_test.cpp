#include <gtest/gtest.h>

#include <genstage/core/demand.hpp>

namespace genstage {
namespace {

TEST(demand_test, taking_away_more_than_there_is_leaves_none) {
  demand asked{3};

  asked -= demand{5};

  EXPECT_TRUE(asked.is_zero());
}

TEST(demand_test, it_converts_to_integers_only_when_asked) {
  const demand asked{100};

  EXPECT_EQ(static_cast<int>(asked), 100);
  static_assert(!std::convertible_to<demand, int>);
}

}  // namespace
}  // namespace genstage
