#include "livesearch/fetch/retry_budget.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::instant;

constexpr instant now{1h};

retry_budget::failed_attempt attempt(std::uint32_t attempts = 1) {
  return {.attempts = attempts, .most_retries = 2, .usual = 100ms, .deadline = now + 3s};
}

TEST(retry_budget_test, a_retry_begins_after_a_random_delay_that_doubles) {
  retry_budget budget;

  EXPECT_EQ(budget.withdraw(attempt(1), now, 0), now);
  EXPECT_EQ(budget.withdraw(attempt(1), now, 99'999'999), now + 99'999'999ns);
  EXPECT_EQ(budget.withdraw(attempt(2), now, 199'999'999), now + 199'999'999ns);
}

TEST(retry_budget_test, there_are_no_more_than_the_site_allows) {
  retry_budget budget;

  EXPECT_FALSE(budget.withdraw(attempt(3), now, 0));
}

TEST(retry_budget_test, an_attempt_that_would_end_too_late_is_not_made) {
  retry_budget budget;

  EXPECT_FALSE(
      budget.withdraw({.most_retries = 1, .usual = 500ms, .deadline = now + 400ms}, now, 0));
}

TEST(retry_budget_test, what_the_site_asks_to_wait_comes_on_top) {
  retry_budget budget;
  auto failed = attempt();
  failed.at_least = 1s;

  EXPECT_EQ(budget.withdraw(failed, now, 7), now + 1s + 7ns);
  failed.at_least = 5s;
  EXPECT_FALSE(budget.withdraw(failed, now, 7));
}

TEST(retry_budget_test, when_all_fails_one_request_in_ten_is_made_again) {
  retry_budget budget;
  int retries = 0;

  for (int request = 0; request < 1000; ++request) {
    budget.deposit();
    if (budget.withdraw(attempt(), now, 0)) ++retries;
  }

  EXPECT_GE(retries, 100);
  EXPECT_LE(retries, 103);
}

}  // namespace
}  // namespace livesearch
