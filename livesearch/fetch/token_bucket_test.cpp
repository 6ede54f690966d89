#include "livesearch/fetch/token_bucket.hpp"

#include <gtest/gtest.h>

#include <random>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::instant;

TEST(token_bucket_test, one_seconds_worth_leaves_at_once_and_then_one_each_interval) {
  token_bucket bucket{2.0};
  for (int taken = 0; taken < 2; ++taken) {
    ASSERT_EQ(bucket.next(instant{0s}), instant{0s});
    bucket.take(instant{0s});
  }

  EXPECT_EQ(bucket.next(instant{0s}), instant{500ms});
}

TEST(token_bucket_test, a_rate_below_one_a_second_lets_one_through_at_once) {
  token_bucket bucket{0.1};
  ASSERT_EQ(bucket.next(instant{0s}), instant{0s});

  bucket.take(instant{0s});

  EXPECT_EQ(bucket.next(instant{0s}), instant{10s});
}

TEST(token_bucket_test, it_knows_when_a_request_further_back_could_leave) {
  token_bucket bucket{1.0};

  EXPECT_EQ(bucket.after(1, instant{0s}), instant{0s});
  EXPECT_EQ(bucket.after(4, instant{0s}), instant{3s});
}

TEST(token_bucket_test, never_more_than_the_rate_and_one_burst_pass_in_any_stretch) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random{seed};
    const double rate = 1.0 + static_cast<double>(random() % 20);
    token_bucket bucket{rate};
    instant now{};
    int passed = 0;
    for (int step = 0; step < 2000; ++step) {
      now += std::chrono::milliseconds{random() % 50};
      while (bucket.next(now) <= now && random() % 4 != 0) {
        bucket.take(now);
        ++passed;
      }
      const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
      ASSERT_LE(passed, rate * seconds + rate + 1) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace livesearch
