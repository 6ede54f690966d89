#include <genstage/scheduler/sampling.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace {

using genstage::instant;
using genstage::sampling;
using std::chrono::microseconds;

constexpr microseconds light{2};

instant at(int microsecond) {
  return instant{microseconds{microsecond}};
}

TEST(sampling, measures_one_of_so_many_as_long_as_all_are_light) {
  sampling mine;
  EXPECT_FALSE(mine.is_due(1));
  EXPECT_FALSE(mine.is_due(30));
  EXPECT_TRUE(mine.is_due(31));

  EXPECT_EQ(mine.measured(31, at(62), light), 31U);

  EXPECT_FALSE(mine.is_due(32));
  EXPECT_FALSE(mine.is_due(61));
  EXPECT_TRUE(mine.is_due(62));
}

TEST(sampling, measures_each_one_after_something_that_was_not_measured_took_long) {
  sampling mine;
  EXPECT_EQ(mine.measured(31, at(63), light), 31U);
  EXPECT_TRUE(mine.is_due(32));

  EXPECT_EQ(mine.measured(32, at(64), light), 1U);

  EXPECT_FALSE(mine.is_due(33));
  EXPECT_TRUE(mine.is_due(63));
}

TEST(sampling, does_not_wonder_about_what_is_known_to_be_heavy) {
  sampling mine;
  mine.measured_heavy(microseconds{1000});
  mine.measured_heavy(microseconds{1000});

  EXPECT_EQ(mine.measured(31, at(2029), light), 29U);

  EXPECT_FALSE(mine.is_due(32));
}

TEST(sampling, does_not_count_the_time_without_work) {
  sampling mine;
  mine.idled(10, at(5000));

  EXPECT_EQ(mine.measured(31, at(5042), light), 21U);

  EXPECT_FALSE(mine.is_due(32));
}

TEST(sampling, measures_the_next_one_when_asked) {
  sampling mine;
  mine.look_closer(3);
  EXPECT_TRUE(mine.is_due(4));
}

TEST(sampling, goes_on_when_the_count_wraps_round) {
  constexpr std::uint32_t last = 0U - 1;
  sampling mine;
  mine.idled(last - 10, at(0));
  mine.look_closer(last - 10);
  EXPECT_EQ(mine.measured(last - 5, at(1), light), 5U);

  EXPECT_FALSE(mine.is_due(last));
  EXPECT_FALSE(mine.is_due(24));
  EXPECT_TRUE(mine.is_due(25));
  EXPECT_EQ(mine.measured(25, at(2), light), 31U);
}

}  // namespace
