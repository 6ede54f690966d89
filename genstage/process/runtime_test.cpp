#include <gtest/gtest.h>

#include <chrono>
#include <genstage/process/server.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <thread>
#include <utility>
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

/// Tells another process and itself, and lets that one go first.
class polite final : public process {
 public:
  polite(process_ref other, std::vector<int>* seen) : other_{std::move(other)}, seen_{seen} {}

 protected:
  void start() override {}
  void receive(message_ptr) override {
    seen_->push_back(++count_);
    if (count_ == 2) return stop(exit_reason::normal());
    other_.send(std::make_unique<message>(message_kind::request));
    self().send(std::make_unique<message>(message_kind::request));
    give_way();
  }

 private:
  process_ref other_;
  std::vector<int>* seen_;
  int count_ = 0;
};

class witness final : public process {
 public:
  explicit witness(std::vector<int>* seen) : seen_{seen} {}

 protected:
  void start() override {}
  void receive(message_ptr) override { seen_->push_back(0); }

 private:
  std::vector<int>* seen_;
};

TEST(runtime_test, who_gives_way_handles_its_next_message_after_those_that_are_ready) {
  thread_pool pool{{.workers = 1, .stall_check = std::chrono::hours{1}}};
  runtime home{pool, {.log = silent_log()}};
  std::vector<int> seen;
  const process_ref other = *home.spawn(std::make_unique<witness>(&seen));
  const process_ref first = *home.spawn(std::make_unique<polite>(other, &seen));
  auto end = home.down(first);

  first.send(std::make_unique<message>(message_kind::request));
  (void)sync_wait(std::move(end));
  pool.stop();

  EXPECT_EQ(seen, (std::vector<int>{1, 0, 2}));
}

}  // namespace
}  // namespace genstage
