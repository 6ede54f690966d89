#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/scheduler/timer_queue.hpp>
#include <random>
#include <utility>
#include <vector>

namespace genstage {
namespace {

instant at(int nanoseconds) {
  return instant{duration{nanoseconds}};
}

TEST(timer_queue_test, timers_come_out_in_the_order_of_their_instants) {
  timer_queue timers;
  std::vector<int> fired;
  for (const int when : {5, 1, 3}) {
    timers.arm(at(when), [&fired, when]() noexcept { fired.push_back(when); });
  }

  while (auto due = timers.take_due(at(4))) (*due)();

  EXPECT_EQ(fired, (std::vector<int>{1, 3}));
  EXPECT_EQ(timers.next(), at(5));
}

TEST(timer_queue_test, a_cancelled_timer_never_comes_out) {
  timer_queue timers;
  const timer_id first = timers.arm(at(1), []() noexcept {});

  EXPECT_TRUE(timers.cancel(first).has_value());

  EXPECT_FALSE(timers.take_due(at(10)).has_value());
  EXPECT_FALSE(timers.cancel(first).has_value());
}

TEST(timer_queue_test, the_id_of_a_timer_that_fired_does_not_cancel_the_next_in_its_slot) {
  timer_queue timers;
  const timer_id first = timers.arm(at(1), []() noexcept {});
  (void)timers.take_due(at(1));
  timers.arm(at(2), []() noexcept {});

  EXPECT_FALSE(timers.cancel(first).has_value());

  EXPECT_EQ(timers.size(), 1U);
}

TEST(timer_queue_test, any_mixture_of_arms_and_cancels_keeps_the_order) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random{seed};
    timer_queue timers;
    std::vector<std::pair<int, int>> expected;
    std::vector<std::pair<timer_id, std::pair<int, int>>> armed;
    std::vector<std::pair<int, int>> fired;
    for (int number = 0; number < 200; ++number) {
      const int when = static_cast<int>(random() % 40);
      const std::pair<int, int> key{when, number};
      armed.emplace_back(timers.arm(at(when), [&fired, key]() noexcept { fired.push_back(key); }),
                         key);
    }
    for (const auto& [timer, key] : armed) {
      if (random() % 3 == 0) {
        ASSERT_TRUE(timers.cancel(timer).has_value());
      } else {
        expected.push_back(key);
      }
    }

    while (auto due = timers.take_due(at(100))) (*due)();

    std::ranges::sort(expected);
    ASSERT_EQ(fired, expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace genstage
