#include <gtest/gtest.h>

#include <genstage/process/server.hpp>
#include <genstage/task/sync_wait.hpp>
#include <thread>
#include <vector>

// Processes on real threads.
namespace genstage {
namespace {

struct ping {
  int left;
};

class player : public server {
 public:
  int handle_call(ping asked) { return asked.left + 1; }
};

class relay : public server {
 public:
  explicit relay(ref<player> next) : next_{std::move(next)} {}
  task<int> handle_call(ping asked) {
    auto forwarded = call(next_, ping{asked.left * 2});
    const result<int> answer = co_await std::move(forwarded);
    co_return *answer;
  }

 private:
  ref<player> next_;
};

TEST(runtime_test, calls_through_two_processes_come_back_on_a_thread_pool) {
  runtime home{{.log = silent_log(), .workers = 2}};
  const auto last = *spawn<player>(home, {});
  const auto first = *spawn<relay>(home, {}, last);

  for (int round = 0; round < 1000; ++round) {
    ASSERT_EQ(*sync_wait(call(first, ping{round})), 2 * round + 1);
  }
}

/// Has each call answered by another thread, which may be faster than the handler's return.
class delegator : public server {
 public:
  explicit delegator(std::vector<std::jthread>* helpers) : helpers_{helpers} {}
  later_reply<int> handle_call(ping asked) {
    later_reply<int> answer;
    helpers_->emplace_back([answer, value = asked.left + 1] { answer.complete(value); });
    return answer;
  }

 private:
  std::vector<std::jthread>* helpers_;
};

TEST(runtime_test, an_answer_may_come_from_another_thread_at_any_moment) {
  std::vector<std::jthread> helpers;
  runtime home{{.log = silent_log(), .workers = 2}};
  const auto asked = *spawn<delegator>(home, {}, &helpers);

  for (int round = 0; round < 200; ++round) {
    ASSERT_EQ(*sync_wait(call(asked, ping{round})), round + 1);
  }
}

TEST(runtime_test, processes_that_come_and_go_leave_nothing_behind) {
  runtime home{{.log = silent_log(), .workers = 2}};
  for (int round = 0; round < 200; ++round) {
    std::vector<ref<player>> all;
    for (int number = 0; number < 10; ++number) all.push_back(*spawn<player>(home, {}));
    for (const auto& each : all) home.exit(each.process(), exit_reason::kill());
    for (const auto& each : all) sync_wait(home.down(each.process()));
  }

  EXPECT_EQ(home.process_count(), 0U);
}

}  // namespace
}  // namespace genstage
