#include <gtest/gtest.h>

#include <genstage/task/sync_wait.hpp>
#include <genstage/task/task.hpp>
#include <stdexcept>
#include <string>

namespace genstage {
namespace {

task<std::string> greeting() {
  co_return std::string{"hello"};
}

task<std::size_t> length_of_greeting() {
  const std::string text = co_await greeting();
  co_return text.size();
}

task<> broken() {
  throw std::runtime_error{"boom"};
  co_return;
}

TEST(task_test, a_task_hands_its_value_to_the_one_that_awaits_it) {
  EXPECT_EQ(sync_wait(length_of_greeting()), 5U);
}

TEST(task_test, a_task_does_not_run_before_it_is_started) {
  bool ran = false;
  auto body = [](bool& flag) -> task<> {
    flag = true;
    co_return;
  };

  task<> lazy = body(ran);
  EXPECT_FALSE(ran);
  lazy.start();

  EXPECT_TRUE(ran);
  EXPECT_TRUE(lazy.is_done());
}

TEST(task_test, what_a_task_throws_reaches_the_one_that_takes) {
  EXPECT_THROW(sync_wait(broken()), std::runtime_error);
}

}  // namespace
}  // namespace genstage
