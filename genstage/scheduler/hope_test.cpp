#include <genstage/scheduler/hope.hpp>

#include <gtest/gtest.h>

namespace {

using genstage::hope;

TEST(hope, is_none_before_anything_heavy_and_ends_after_a_while) {
  hope mine;
  EXPECT_FALSE(mine.may_look(0));
  EXPECT_FALSE(mine.may_look(100));
  mine.ran_something_heavy(100);
  EXPECT_TRUE(mine.may_look(100));
  EXPECT_TRUE(mine.may_look(115));
  EXPECT_FALSE(mine.may_look(116));
}

TEST(hope, that_was_in_vain_needs_something_heavy_again) {
  hope mine;
  mine.ran_something_heavy(5);
  mine.looked(false, 6);
  EXPECT_FALSE(mine.may_look(6));
  EXPECT_FALSE(mine.may_look(7));
}

// Of 2^n chances one, and no more than 64 are let pass.
TEST(hope, takes_fewer_chances_the_more_often_it_was_in_vain) {
  hope mine;
  std::uint32_t activation = 0;
  const auto chances_until_look = [&] {
    for (int count = 1;; ++count) {
      mine.ran_something_heavy(++activation);
      if (mine.may_look(activation)) return count;
    }
  };
  for (const int chances : {1, 2, 4, 8, 16, 32, 64, 64}) {
    EXPECT_EQ(chances_until_look(), chances);
    mine.looked(false, activation);
  }
  EXPECT_EQ(chances_until_look(), 64);
  mine.looked(true, activation);
  EXPECT_EQ(chances_until_look(), 1);
}

TEST(hope, is_not_confused_by_a_count_that_wraps_round) {
  hope mine;
  mine.ran_something_heavy(0xFFFF'FFFEU);
  EXPECT_TRUE(mine.may_look(3));
  EXPECT_FALSE(mine.may_look(0x10U));
}

}  // namespace
