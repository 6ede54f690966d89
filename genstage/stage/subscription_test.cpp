#include <gtest/gtest.h>

#include <genstage/stage/subscription.hpp>

namespace genstage {
namespace {

std::string message_of(subscription_options options) {
  const auto range = checked(options, "printed", "doubled");
  return range ? "" : range.error().message;
}

// G-051
TEST(subscription_options_test, min_demand_is_half_of_max_demand_by_default) {
  EXPECT_EQ(checked({}, "c", "p")->least, demand{500});
  EXPECT_EQ(checked({.max_demand = 1}, "c", "p")->least, demand{0});
}

// G-023, G-050, G-051
TEST(subscription_options_test, a_wrong_bound_is_named_with_what_was_seen_and_what_is_allowed) {
  EXPECT_EQ(message_of({.max_demand = 200, .min_demand = 500}),
            "subscription printed -> doubled: min_demand is 500, must be less than max_demand "
            "(200); not subscribed");
  EXPECT_EQ(message_of({.max_demand = 0}),
            "subscription printed -> doubled: max_demand is 0, must be at least 1; not subscribed");
  EXPECT_EQ(message_of({.max_demand = 10, .min_demand = -1}),
            "subscription printed -> doubled: min_demand is -1, must be at least 0; "
            "not subscribed");
}

}  // namespace
}  // namespace genstage
