#include "livesearch/fetch/site_health.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::instant;

constexpr instant now{1h};

site_outcome learn(site_health& health, site_outcome outcome, instant when = now) {
  site_answer answer{outcome, "why"};
  health.learn(answer, when, 0);
  return answer.outcome;
}

TEST(site_health_test, a_site_that_works_is_asked) {
  site_health health;
  learn(health, site_outcome::results);
  learn(health, site_outcome::no_results);

  EXPECT_FALSE(health.refusal(now));
}

TEST(site_health_test, a_site_that_failed_five_times_is_skipped_and_it_is_said_for_how_long) {
  site_health health;
  for (int count = 0; count < 5; ++count) learn(health, site_outcome::unreachable);

  const auto refused = health.refusal(now + 2s);

  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->outcome, site_outcome::skipped);
  EXPECT_EQ(refused->retry_after, 3s);
  EXPECT_EQ(refused->message,
            "It failed 5 times in a row; it is tried again in the background in 3 s.");
}

TEST(site_health_test, a_site_that_says_how_long_to_wait_is_left_alone_for_that_long) {
  site_health health;
  site_answer limited{site_outcome::rate_limited, ""};
  limited.retry_after = 30s;
  health.learn(limited, now, 0);

  const auto refused = health.refusal(now + 10s);

  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->outcome, site_outcome::rate_limited);
  EXPECT_EQ(refused->retry_after, 20s);
  EXPECT_FALSE(health.refusal(now + 30s));
}

TEST(site_health_test, a_wait_of_a_year_is_cut_to_a_day) {
  site_health health;
  site_answer limited{site_outcome::rate_limited, ""};
  limited.retry_after = std::chrono::years{1};

  health.learn(limited, now, 0);

  EXPECT_FALSE(health.refusal(now + 24h));
}

TEST(site_health_test, a_limit_that_is_reached_is_no_failure) {
  site_health health;
  for (int count = 0; count < 20; ++count) learn(health, site_outcome::rate_limited);

  EXPECT_EQ(health.breaker().is(), circuit_breaker::state::closed);
}

TEST(site_health_test, our_own_troubles_are_not_the_site_s) {
  site_health health;
  for (int count = 0; count < 20; ++count) learn(health, site_outcome::skipped);
  for (int count = 0; count < 20; ++count) learn(health, site_outcome::busy);

  EXPECT_FALSE(health.refusal(now));
}

TEST(site_health_test, empty_answers_become_suspicious_where_there_always_was_something) {
  site_health health;
  for (int count = 0; count < 50; ++count) learn(health, site_outcome::results);

  EXPECT_EQ(learn(health, site_outcome::no_results), site_outcome::no_results);
  EXPECT_EQ(learn(health, site_outcome::no_results), site_outcome::no_results);
  EXPECT_EQ(learn(health, site_outcome::no_results), site_outcome::suspicious);
}

TEST(site_health_test, goes_on_after_a_restart_where_it_was) {
  site_health before;
  learn(before, site_outcome::blocked);

  const site_health after{before.remembered()};

  ASSERT_TRUE(after.refusal(now));
  EXPECT_EQ(after.refusal(now)->retry_after, 5s);
}

}  // namespace
}  // namespace livesearch
