#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <genstage/core/ring.hpp>
#include <memory>
#include <random>
#include <vector>

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

TEST(ring_test, many_are_appended_at_once_around_the_end_of_the_memory) {
  numbers all;
  for (int number = 0; number < 4; ++number) push(all, number);
  all.drop_front();
  all.drop_front();
  std::array<std::unique_ptr<int>, 2> added{std::make_unique<int>(4), std::make_unique<int>(5)};

  all.append(added);

  for (int number = 2; number < 6; ++number) EXPECT_EQ(*all.pop_front(), number);
}

TEST(ring_test, what_is_appended_at_once_may_need_more_memory) {
  numbers all;
  push(all, 0);
  std::vector<std::unique_ptr<int>> added(20);
  for (int number = 0; number < 20; ++number) {
    added[static_cast<std::size_t>(number)] = std::make_unique<int>(number + 1);
  }

  all.append(added);

  for (int number = 0; number < 21; ++number) EXPECT_EQ(*all.pop_front(), number);
}

TEST(ring_test, the_oldest_can_be_taken_piece_by_piece) {
  numbers all;
  for (int number = 0; number < 4; ++number) push(all, number);
  all.drop_front(3);
  for (int number = 4; number < 6; ++number) push(all, number);

  std::vector<int> taken;
  while (!all.is_empty()) {
    const auto piece = all.front_piece();
    for (const auto& each : piece) taken.push_back(*each);
    all.drop_front(piece.size());
  }

  EXPECT_EQ(taken, (std::vector<int>{3, 4, 5}));
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
