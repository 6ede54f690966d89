#include <gtest/gtest.h>

#include <genstage/supervision/restart_budget.hpp>

namespace genstage {
namespace {

using namespace std::chrono_literals;

TEST(restart_budget_test, the_first_restart_beyond_the_limit_is_refused) {
  restart_budget budget{{.restarts = 3, .within = 5s}};

  EXPECT_TRUE(budget.spend(instant{0s}));
  EXPECT_TRUE(budget.spend(instant{0s}));
  EXPECT_TRUE(budget.spend(instant{1s}));
  EXPECT_FALSE(budget.spend(instant{2s}));
}

TEST(restart_budget_test, a_limit_of_zero_refuses_the_first_restart) {
  restart_budget budget{{.restarts = 0, .within = 5s}};

  EXPECT_FALSE(budget.spend(instant{0s}));
}

TEST(restart_budget_test, a_restart_as_old_as_the_window_counts_and_an_older_one_does_not) {
  restart_budget still{{.restarts = 1, .within = 5s}};
  EXPECT_TRUE(still.spend(instant{0s}));
  EXPECT_FALSE(still.spend(instant{5s}));

  restart_budget again{{.restarts = 1, .within = 5s}};
  EXPECT_TRUE(again.spend(instant{0s}));
  EXPECT_TRUE(again.spend(instant{5s + 1ns}));
}

}  // namespace
}  // namespace genstage
