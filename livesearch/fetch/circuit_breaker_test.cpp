#include "livesearch/fetch/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::instant;
using state = circuit_breaker::state;

constexpr instant now{1h};

void fail_often(circuit_breaker& breaker, instant when = now) {
  for (std::uint32_t count = 0; count < circuit_breaker::failures_to_open; ++count) {
    breaker.failed(when, 0);
  }
}

TEST(circuit_breaker_test, opens_after_failures_in_a_row_only) {
  circuit_breaker breaker;

  for (int count = 0; count < 4; ++count) breaker.failed(now, 0);
  breaker.succeeded();
  for (int count = 0; count < 4; ++count) breaker.failed(now, 0);
  EXPECT_EQ(breaker.is(), state::closed);

  breaker.failed(now, 0);
  EXPECT_EQ(breaker.is(), state::open);
  EXPECT_EQ(breaker.probe_at(), now + 5s);
}

TEST(circuit_breaker_test, a_site_that_refuses_opens_it_at_once) {
  circuit_breaker breaker;

  breaker.refused(now, 0);

  EXPECT_EQ(breaker.is(), state::open);
}

TEST(circuit_breaker_test, is_probed_once_when_its_time_is_over) {
  circuit_breaker breaker;
  fail_often(breaker);

  EXPECT_FALSE(breaker.begin_probe(now + 4999ms));
  EXPECT_TRUE(breaker.begin_probe(now + 5s));
  EXPECT_FALSE(breaker.begin_probe(now + 5s));

  breaker.succeeded();
  EXPECT_EQ(breaker.is(), state::closed);
}

TEST(circuit_breaker_test, waits_twice_as_long_after_each_probe_that_fails_up_to_a_bound) {
  circuit_breaker breaker;
  fail_often(breaker);
  instant at = now;
  std::chrono::nanoseconds expected = 5s;

  for (int round = 0; round < 20; ++round) {
    ASSERT_EQ(*breaker.probe_at() - at, expected) << round;
    at = *breaker.probe_at();
    ASSERT_TRUE(breaker.begin_probe(at));
    breaker.failed(at, 0);
    expected = std::min<std::chrono::nanoseconds>(2 * expected, 640s);
  }
}

TEST(circuit_breaker_test, requests_that_had_begun_before_it_opened_do_not_lengthen_it) {
  circuit_breaker breaker;
  fail_often(breaker);

  breaker.failed(now + 1s, 0);

  EXPECT_EQ(breaker.probe_at(), now + 5s);
}

TEST(circuit_breaker_test, one_success_does_not_wipe_out_a_bad_record) {
  circuit_breaker breaker;
  fail_often(breaker);
  ASSERT_TRUE(breaker.begin_probe(now + 5s));
  breaker.failed(now + 5s, 0);
  breaker.succeeded();

  fail_often(breaker, now + 1h);

  EXPECT_EQ(breaker.probe_at(), now + 1h + 10s);
}

TEST(circuit_breaker_test, a_tenth_of_the_wait_is_left_to_chance) {
  circuit_breaker breaker;
  for (int count = 0; count < 5; ++count) breaker.failed(now, 499'999'999);

  EXPECT_EQ(breaker.probe_at(), now + 5s + 499'999'999ns);
}

TEST(circuit_breaker_test, a_probe_without_an_end_is_made_again) {
  circuit_breaker breaker;
  fail_often(breaker);
  ASSERT_TRUE(breaker.begin_probe(now + 5s));

  breaker.abandon_probe(now + 6s);

  EXPECT_EQ(breaker.probe_at(), now + 11s);
  EXPECT_TRUE(breaker.begin_probe(now + 11s));
}

TEST(circuit_breaker_test, goes_on_after_a_restart_where_it_was) {
  circuit_breaker before;
  fail_often(before);

  circuit_breaker after{before.remembered()};

  EXPECT_EQ(after.is(), state::open);
  EXPECT_TRUE(after.begin_probe(now + 5s));
  after.failed(now + 5s, 0);
  EXPECT_EQ(after.probe_at(), now + 15s);
}

}  // namespace
}  // namespace livesearch
