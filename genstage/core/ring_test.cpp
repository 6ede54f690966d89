#include <gtest/gtest.h>

#include <deque>
#include <genstage/core/ring.hpp>
#include <memory>
#include <random>

namespace genstage {
namespace {

using numbers = ring<std::unique_ptr<int>>;

void push(numbers& into, int number) {
  into.push_back(std::make_unique<int>(number));
}

TEST(ring_test, what_went_in_first_comes_out_first) {
  numbers all;
  for (int number = 0; number < 10; ++number) push(all, number);

  for (int number = 0; number < 10; ++number) EXPECT_EQ(*all.pop_front(), number);
  EXPECT_TRUE(all.is_empty());
}

TEST(ring_test, what_is_put_back_to_the_front_comes_out_next) {
  numbers all;
  push(all, 2);
  all.push_front(std::make_unique<int>(1));

  EXPECT_EQ(*all[0], 1);
  EXPECT_EQ(*all[1], 2);
}

TEST(ring_test, it_agrees_with_a_deque) {
  std::mt19937 random{7};
  numbers tried;
  std::deque<int> model;
  for (int step = 0; step < 2'000; ++step) {
    switch (random() % 5) {
      case 0:
        tried.push_front(std::make_unique<int>(step));
        model.push_front(step);
        break;
      case 1:
      case 2:
        push(tried, step);
        model.push_back(step);
        break;
      default:
        if (model.empty()) break;
        ASSERT_EQ(*tried.pop_front(), model.front());
        model.pop_front();
    }

    ASSERT_EQ(tried.size(), model.size());
    for (std::size_t index = 0; index < model.size(); ++index) {
      ASSERT_EQ(*tried[index], model[index]);
    }
  }
}

}  // namespace
}  // namespace genstage
