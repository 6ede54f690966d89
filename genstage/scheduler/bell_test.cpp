#include <genstage/scheduler/bell.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace {

namespace gs = genstage;

TEST(bell, keeps_a_ring_that_comes_before_the_wait) {
  gs::bell bell;

  bell.ring();

  EXPECT_TRUE(bell.wait_for(std::chrono::seconds{0}));
}

TEST(bell, says_that_it_did_not_ring) {
  gs::bell bell;
  bell.ring();
  bell.wait();

  EXPECT_FALSE(bell.wait_for(std::chrono::seconds{0}));
}

TEST(bell, shows_what_was_done_before_it_rang) {
  gs::bell bell;
  gs::bell answer;
  int rounds = 0;
  std::jthread other{[&] {
    for (int round = 0; round < 100; ++round) {
      bell.wait();
      ++rounds;
      answer.ring();
    }
  }};

  for (int round = 1; round <= 100; ++round) {
    bell.ring();
    answer.wait();
    ASSERT_EQ(rounds, round);
  }
}

}  // namespace
