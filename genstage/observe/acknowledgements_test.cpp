#include <gtest/gtest.h>

#include <genstage/observe/acknowledgements.hpp>

namespace genstage {
namespace {

using namespace std::chrono_literals;

constexpr instant at(duration since_start) {
  return instant{since_start};
}

class acknowledgements_test : public testing::Test {
 protected:
  histogram times_;
  acknowledgements made_;
};

TEST_F(acknowledgements_test, an_ask_is_for_the_oldest_that_were_handled) {
  made_.handled(2, at(0s), at(1s), times_);
  made_.handled(2, at(1s), at(3s), times_);

  made_.asked(3, at(4s), false, times_);

  EXPECT_EQ(times_.count(), 3U);
  EXPECT_EQ(times_.sum(), 3s + 3s + 1s);
}

TEST_F(acknowledgements_test, what_was_never_asked_for_again_is_not_counted) {
  made_.handled(2, at(0s), at(1s), times_);

  EXPECT_EQ(times_.count(), 0U);
}

TEST_F(acknowledgements_test, an_ask_before_anything_was_handled_is_for_nothing) {
  made_.asked(10, at(0s), false, times_);
  made_.handled(1, at(0s), at(1s), times_);
  made_.asked(1, at(5s), false, times_);

  EXPECT_EQ(times_.count(), 1U);
  EXPECT_EQ(times_.sum(), 4s);
}

TEST_F(acknowledgements_test, asking_for_the_batch_in_hand_takes_no_time) {
  made_.asked(3, at(1s), true, times_);
  made_.handled(2, at(0s), at(2s), times_);
  made_.handled(2, at(2s), at(3s), times_);
  made_.asked(2, at(4s), false, times_);

  EXPECT_EQ(times_.count(), 4U);
  EXPECT_EQ(times_.sum(), 2 * 1s);
}

TEST_F(acknowledgements_test, what_is_gathered_counts_from_when_it_was_passed_on) {
  made_.handled(1, at(0s), at(1s), times_);
  made_.handled(1, at(2s), at(3s), times_);

  made_.passed_on(at(1s), at(10s));
  made_.asked(2, at(12s), false, times_);

  EXPECT_EQ(times_.longest(), 9s);
  EXPECT_EQ(times_.sum(), 2s + 9s);
}

TEST_F(acknowledgements_test, who_never_asks_is_not_remembered_batch_by_batch_for_ever) {
  for (int each = 0; each < 3000; ++each) made_.handled(1, at(0s), at(1s), times_);

  made_.asked(3000, at(2s), false, times_);

  EXPECT_EQ(times_.count(), 3000U);
  EXPECT_EQ(times_.longest(), 1s);
}

}  // namespace
}  // namespace genstage
