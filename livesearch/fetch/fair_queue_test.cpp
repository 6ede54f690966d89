#include "livesearch/fetch/fair_queue.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace livesearch {
namespace {

using queue = fair_queue<int>;

std::vector<int> drain(queue& from, serving_order order) {
  std::vector<int> served;
  while (const auto item = from.pop(order)) served.push_back(*item);
  return served;
}

TEST(fair_queue_test, one_who_asks_for_much_waits_for_those_who_ask_for_little) {
  queue waiting{100};
  for (int item = 1; item <= 4; ++item) EXPECT_FALSE(waiting.push("greedy", item));
  EXPECT_FALSE(waiting.push("modest", 10));
  EXPECT_FALSE(waiting.push("other", 20));

  EXPECT_EQ(drain(waiting, serving_order::oldest_first), (std::vector{1, 10, 20, 2, 3, 4}));
}

TEST(fair_queue_test, newest_first_serves_the_last_to_come_and_still_each_searcher_once) {
  queue waiting{100};
  EXPECT_FALSE(waiting.push("modest", 10));
  for (int item = 1; item <= 3; ++item) EXPECT_FALSE(waiting.push("greedy", item));
  EXPECT_FALSE(waiting.push("last", 20));

  EXPECT_EQ(drain(waiting, serving_order::newest_first), (std::vector{20, 3, 10, 2, 1}));
}

TEST(fair_queue_test, a_full_queue_takes_a_modest_searcher_s_item_in_place_of_a_greedy_one_s) {
  queue waiting{3};
  for (int item = 1; item <= 3; ++item) EXPECT_FALSE(waiting.push("greedy", item));

  EXPECT_EQ(waiting.push("greedy", 4), 4);
  EXPECT_EQ(waiting.push("modest", 10), 3);
  EXPECT_EQ(waiting.push("modest", 11), 11);

  EXPECT_EQ(waiting.size(), 3U);
  EXPECT_EQ(drain(waiting, serving_order::oldest_first), (std::vector{1, 10, 2}));
}

TEST(fair_queue_test, a_queue_full_of_equals_turns_the_newcomer_away) {
  queue waiting{2};
  EXPECT_FALSE(waiting.push("a", 1));
  EXPECT_FALSE(waiting.push("b", 2));

  EXPECT_EQ(waiting.push("c", 3), 3);
}

TEST(fair_queue_test, what_is_taken_out_is_not_served) {
  queue waiting{10};
  for (int item = 1; item <= 4; ++item) EXPECT_FALSE(waiting.push("a", item));
  EXPECT_FALSE(waiting.push("b", 6));
  std::vector<int> taken;

  waiting.take_out([](int item) { return item % 2 == 0; },
                   [&](int item) { taken.push_back(item); });

  EXPECT_EQ(taken, (std::vector{2, 4, 6}));
  EXPECT_EQ(waiting.searchers(), 1U);
  EXPECT_EQ(drain(waiting, serving_order::oldest_first), (std::vector{1, 3}));
}

TEST(fair_queue_test, nothing_is_lost_and_the_bound_holds_whatever_happens) {
  std::mt19937 random{7};
  queue waiting{16};
  int came = 0;
  int went = 0;
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 5) {
      case 0:
      case 1:
      case 2:
        ++came;
        if (waiting.push(std::to_string(random() % 6), came)) ++went;
        break;
      case 3:
        if (waiting.pop(random() % 2 == 0 ? serving_order::oldest_first
                                          : serving_order::newest_first)) {
          ++went;
        }
        break;
      default:
        waiting.take_out([&](int item) { return item % 7 == 0; }, [&](int) { ++went; });
    }
    ASSERT_LE(waiting.size(), 16U);
    ASSERT_EQ(static_cast<int>(waiting.size()), came - went);
  }
  went += static_cast<int>(drain(waiting, serving_order::oldest_first).size());
  EXPECT_EQ(came, went);
  EXPECT_EQ(waiting.searchers(), 0U);
}

}  // namespace
}  // namespace livesearch
