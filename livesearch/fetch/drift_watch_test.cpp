#include "livesearch/fetch/drift_watch.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

TEST(drift_watch_test, a_few_empty_answers_of_a_site_that_always_had_something_are_suspicious) {
  drift_watch watch;
  for (int count = 0; count < 50; ++count) watch.found_something();

  EXPECT_FALSE(watch.found_nothing());
  EXPECT_FALSE(watch.found_nothing());
  EXPECT_TRUE(watch.found_nothing());
  EXPECT_TRUE(watch.found_nothing());
}

TEST(drift_watch_test, a_site_that_often_has_nothing_is_given_more_time) {
  drift_watch watch;
  for (int count = 0; count < 60; ++count) {
    watch.found_something();
    ASSERT_FALSE(watch.found_nothing());
  }

  for (int count = 0; count < 7; ++count) EXPECT_FALSE(watch.found_nothing()) << count;
}

TEST(drift_watch_test, nothing_is_said_of_a_site_that_is_hardly_known) {
  drift_watch watch;
  for (int count = 0; count < 5; ++count) watch.found_something();

  for (int count = 0; count < 20; ++count) EXPECT_FALSE(watch.found_nothing());
}

TEST(drift_watch_test, one_result_ends_the_suspicion) {
  drift_watch watch;
  for (int count = 0; count < 50; ++count) watch.found_something();
  for (int count = 0; count < 3; ++count) (void)watch.found_nothing();

  watch.found_something();

  EXPECT_FALSE(watch.found_nothing());
}

TEST(drift_watch_test, goes_on_after_a_restart_where_it_was) {
  drift_watch before;
  for (int count = 0; count < 50; ++count) before.found_something();
  for (int count = 0; count < 3; ++count) (void)before.found_nothing();

  drift_watch after{before.remembered()};

  EXPECT_TRUE(after.found_nothing());
}

}  // namespace
}  // namespace livesearch
