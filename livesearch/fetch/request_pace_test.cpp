#include "livesearch/fetch/request_pace.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::instant;

site_limits limits(double rate, std::chrono::milliseconds delay = 0ms, std::uint64_t per_day = 0) {
  site_limits made;
  made.rate.count = rate;
  made.delay = delay;
  made.per_day = per_day;
  return made;
}

constexpr instant start{1h};

/// How many of these lie in the fullest window of that length.
std::size_t most_within(const std::vector<instant>& left, std::chrono::nanoseconds window) {
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < left.size(); ++last) {
    while (left[last] - left[first] >= window) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

TEST(request_pace_test, a_second_s_worth_leaves_at_once_and_the_next_when_the_second_is_over) {
  request_pace pace{limits(2)};

  pace.take(start);
  pace.take(start + 300ms);

  EXPECT_EQ(pace.next(start + 400ms), start + 1s);
  EXPECT_EQ(pace.after(2, start + 400ms), start + 1300ms);
  EXPECT_EQ(pace.after(3, start + 400ms), start + 2s);
}

TEST(request_pace_test, less_than_one_a_second_is_one_in_a_longer_time) {
  request_pace pace{limits(0.25)};

  pace.take(start);

  EXPECT_EQ(pace.next(start), start + 4s);
  EXPECT_EQ(pace.after(2, start), start + 8s);
}

TEST(request_pace_test, a_least_distance_holds_even_where_the_rate_has_room) {
  request_pace pace{limits(10, 250ms)};

  EXPECT_EQ(pace.after(3, start), start + 500ms);
  pace.take(start);

  EXPECT_EQ(pace.next(start + 100ms), start + 250ms);
  EXPECT_EQ(pace.after(2, start + 100ms), start + 500ms);
}

TEST(request_pace_test, a_day_has_no_more_than_its_number) {
  request_pace pace{limits(1000, 0ms, 3)};
  pace.take(start);
  pace.take(start + 20min);
  pace.take(start + 20min);

  EXPECT_TRUE(pace.is_day_spent(start + 1h));
  EXPECT_EQ(pace.next(start + 1h), start + 24h + 15min);
  EXPECT_EQ(pace.after(2, start + 1h), start + 20min + 24h + 15min);
  EXPECT_FALSE(pace.is_day_spent(start + 24h + 15min));
}

TEST(request_pace_test, what_left_before_a_restart_still_counts) {
  request_pace before{limits(1000, 0ms, 2)};
  before.take(start);
  before.take(start);

  request_pace after{limits(1000, 0ms, 2)};
  after.restore(*before.whole_day());

  EXPECT_EQ(after.next(start + 1h), start + 24h + 15min);
}

TEST(request_pace_test, no_window_ever_has_more_wherever_it_begins) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 random{seed};
    const double rate = std::vector{0.3, 1.0, 2.5, 7.0}[seed % 4];
    const std::chrono::milliseconds delay{seed % 3 * 40};
    request_pace pace{limits(rate, delay, 150)};
    std::vector<instant> left;

    for (instant now = start; left.size() < 300;) {
      const instant turn = pace.next(now);
      ASSERT_EQ(pace.after(1, now), turn);
      now = turn + std::chrono::milliseconds{random() % 5 == 0 ? random() % 900 : 0};
      ASSERT_LE(pace.next(now), now) << seed;
      pace.take(now);
      left.push_back(now);
    }

    const auto whole = std::max<std::size_t>(1, static_cast<std::size_t>(rate));
    const std::chrono::nanoseconds span{
        static_cast<std::int64_t>(1e9 * static_cast<double>(whole) / rate)};
    EXPECT_LE(most_within(left, span), whole) << seed;
    if (delay > 0ms) {
      EXPECT_EQ(most_within(left, delay), 1U) << seed;
    }
    EXPECT_LE(most_within(left, 24h), 150U) << seed;
  }
}

TEST(request_pace_test, the_turn_that_is_foretold_is_the_turn_that_comes) {
  request_pace pace{limits(3, 100ms)};
  pace.take(start);
  pace.take(start + 150ms);
  const instant foretold = pace.after(7, start + 200ms);

  instant now = start + 200ms;
  for (int count = 0; count < 7; ++count) {
    now = pace.next(now);
    pace.take(now);
  }

  EXPECT_EQ(now, foretold);
}

}  // namespace
}  // namespace livesearch
