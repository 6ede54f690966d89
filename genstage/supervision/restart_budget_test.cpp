#include <gtest/gtest.h>

#include <genstage/supervision/restart_budget.hpp>

namespace genstage {
namespace {

using namespace std::chrono_literals;

// A52
TEST(restart_budget_test, the_first_restart_beyond_the_limit_is_refused) {
  restart_budget budget{{.restarts = 3, .within = 5s}};

  EXPECT_TRUE(budget.spend(instant{0s}));
  EXPECT_TRUE(budget.spend(instant{0s}));
  EXPECT_TRUE(budget.spend(instant{1s}));
  EXPECT_FALSE(budget.spend(instant{2s}));
}

// A52
TEST(restart_budget_test, a_limit_of_zero_refuses_the_first_restart) {
  restart_budget budget{{.restarts = 0, .within = 5s}};

  EXPECT_FALSE(budget.spend(instant{0s}));
}

// A52
TEST(restart_budget_test, a_restart_as_old_as_the_window_counts_in_whole_seconds) {
  restart_budget still{{.restarts = 1, .within = 5s}};
  EXPECT_TRUE(still.spend(instant{100ms}));
  EXPECT_FALSE(still.spend(instant{5s + 999ms}));

  restart_budget again{{.restarts = 1, .within = 5s}};
  EXPECT_TRUE(again.spend(instant{999ms}));
  EXPECT_TRUE(again.spend(instant{6s}));
}

TEST(restart_budget_test, a_window_that_is_no_number_of_seconds_is_counted_exactly) {
  restart_budget still{{.restarts = 1, .within = 50ms}};
  EXPECT_TRUE(still.spend(instant{0s}));
  EXPECT_FALSE(still.spend(instant{50ms}));

  restart_budget again{{.restarts = 1, .within = 50ms}};
  EXPECT_TRUE(again.spend(instant{0s}));
  EXPECT_TRUE(again.spend(instant{50ms + 1ns}));
}

}  // namespace
}  // namespace genstage
