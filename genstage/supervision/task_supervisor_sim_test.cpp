#include <gtest/gtest.h>

#include <genstage/process/server.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/supervision/async_stream.hpp>
#include <genstage/supervision/task_supervisor.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

// Work in processes of its own, as in A61.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using seen_items = std::vector<std::string>;

/// What the asker is to do; it says what came of it.
using errand = std::function<task<>(ref<dynamic_supervisor>, seen_items&)>;

class asker : public server {
 public:
  asker(ref<dynamic_supervisor> tasks, seen_items* seen) : tasks_{std::move(tasks)}, seen_{seen} {}
  task<> handle_cast(errand todo) {
    running_ = std::move(todo);
    auto doing = running_(tasks_, *seen_);
    co_await std::move(doing);
  }

 private:
  ref<dynamic_supervisor> tasks_;
  seen_items* seen_;
  errand running_;
};

template <class T>
std::string said(const result<T>& outcome) {
  if (!outcome) return outcome.error().message;
  if constexpr (std::is_void_v<T>) {
    return "done";
  } else {
    return std::to_string(*outcome);
  }
}

task<int> late(int value, duration delay) {
  auto wait = sleep_for(delay);
  co_await std::move(wait);
  co_return value;
}

class task_supervisor_sim_test : public ::testing::Test {
 protected:
  task_supervisor_sim_test() {
    tasks = *start_supervisor(world.home(), dynamic_supervisor_spec{});
    caller = *spawn<asker>(world.home(), {}, tasks, &seen);
    end.emplace(world.home().down(caller.process()));
  }
  void do_it(errand todo) {
    cast(caller, std::move(todo));
    world.run_for(10s);
  }
  std::size_t running() { return world.run_until(count_children(tasks))->value().active; }

  simulation world{1};
  ref<dynamic_supervisor> tasks;
  ref<asker> caller;
  seen_items seen;
  std::optional<operation<exit_reason>> end;
};

// A61
TEST_F(task_supervisor_sim_test, a_result_of_a_function_and_of_a_coroutine_is_awaited) {
  do_it([](ref<dynamic_supervisor> here, seen_items& out) -> task<> {
    auto plain = async(here, [] { return 6 * 7; });
    auto slow = async(here, [] { return late(43, 1s); });
    auto nothing = async(here, [] {});
    auto first = slow.await();
    const auto one = co_await std::move(first);
    auto second = plain.await();
    const auto two = co_await std::move(second);
    auto third = nothing.await();
    const auto three = co_await std::move(third);
    out = {said(one), said(two), said(three)};
  });

  EXPECT_EQ(seen, (seen_items{"43", "42", "done"}));
  EXPECT_EQ(running(), 0U);
}

// A61
TEST_F(task_supervisor_sim_test, a_crash_of_a_linked_task_ends_the_caller) {
  do_it([](ref<dynamic_supervisor> here, seen_items&) -> task<> {
    auto broken = async(here, []() -> int { throw std::runtime_error{"boom"}; });
    auto waiting = broken.await();
    (void)co_await std::move(waiting);
  });

  ASSERT_TRUE(end->is_done());
  EXPECT_EQ(end->await_resume()->text(), "boom");
  EXPECT_EQ(running(), 0U);
}

// A61
TEST_F(task_supervisor_sim_test, a_crash_of_an_unlinked_task_is_its_outcome) {
  do_it([](ref<dynamic_supervisor> here, seen_items& out) -> task<> {
    auto broken = async_nolink(here, []() -> int { throw std::runtime_error{"boom"}; });
    auto waiting = broken.await();
    out.push_back(said(co_await std::move(waiting)));
  });

  EXPECT_EQ(seen, (seen_items{"task: ended with error (std::runtime_error: boom) in task; no "
                              "result"}));
  EXPECT_FALSE(end->is_done());
}

// A61
TEST_F(task_supervisor_sim_test, a_linked_task_ends_with_its_caller_and_an_unlinked_one_does_not) {
  do_it([](ref<dynamic_supervisor> here, seen_items&) -> task<> {
    (void)async(here, [] { return late(1, 1h); });
    (void)async_nolink(here, [] { return late(1, 1h); });
    co_return;
  });
  EXPECT_EQ(running(), 2U);

  world.home().exit(caller.process(), exit_reason::kill());
  world.run_for(1s);

  EXPECT_EQ(running(), 1U);
}

// A61
TEST_F(task_supervisor_sim_test, a_task_not_awaited_in_time_is_ended_and_a_yield_lets_it_go_on) {
  do_it([](ref<dynamic_supervisor> here, seen_items& out) -> task<> {
    auto slow = async(here, [] { return late(1, 3s); });
    auto early = slow.yield(1s);
    out.push_back(said(co_await std::move(early)));
    auto again = slow.yield(5s);
    out.push_back(said(co_await std::move(again)));
    auto endless = async(here, [] { return late(1, 1h); });
    auto waiting = endless.await(1s);
    out.push_back(said(co_await std::move(waiting)));
  });

  const std::string too_late = "task: no result within the limit; given up";
  EXPECT_EQ(seen, (seen_items{too_late, "1", too_late}));
  EXPECT_EQ(running(), 0U);
  EXPECT_FALSE(end->is_done());
}

// A61
TEST_F(task_supervisor_sim_test, a_task_is_shut_down_without_ending_its_caller) {
  do_it([](ref<dynamic_supervisor> here, seen_items& out) -> task<> {
    auto endless = async(here, [] { return late(1, 1h); });
    auto ending = endless.shutdown();
    out.push_back(said(co_await std::move(ending)));
    auto finished = async(here, [] { return 5; });
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    auto too_late = finished.shutdown(0s);
    out.push_back(said(co_await std::move(too_late)));
  });

  EXPECT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen.back(), "5");
  EXPECT_EQ(running(), 0U);
  EXPECT_FALSE(end->is_done());
}

// A61, A60
TEST_F(task_supervisor_sim_test, a_full_supervisor_refuses_a_task_in_words) {
  tasks = *start_supervisor(world.home(), dynamic_supervisor_spec{.max_children = 0});
  auto refused = async(tasks, [] { return 1; });

  const auto outcome = world.run_until(refused.await());

  EXPECT_EQ(outcome->error().code, errc::over_capacity);
}

errand stream_of(std::vector<int> inputs, stream_options options) {
  return [inputs, options](ref<dynamic_supervisor> here, seen_items& out) -> task<> {
    auto stream = async_stream(
        here, inputs, [](int seconds) { return late(seconds, std::chrono::seconds{seconds}); },
        options);
    for (;;) {
      auto asking = stream.next();
      const auto item = co_await std::move(asking);
      if (!item) break;
      out.push_back(std::to_string(item->index) + ":" +
                    (item->outcome ? std::to_string(*item->outcome) : "late"));
    }
    out.push_back("end");
  };
}

// A61
TEST_F(task_supervisor_sim_test, a_stream_gives_outcomes_in_the_order_of_its_inputs) {
  do_it(stream_of({3, 1, 2}, {.max_concurrency = 3}));

  EXPECT_EQ(seen, (seen_items{"0:3", "1:1", "2:2", "end"}));
}

// A61
TEST_F(task_supervisor_sim_test, an_unordered_stream_gives_them_as_they_come) {
  do_it(stream_of({3, 1, 2}, {.max_concurrency = 3, .order = stream_order::unordered}));

  EXPECT_EQ(seen, (seen_items{"1:1", "2:2", "0:3", "end"}));
}

// A61
TEST_F(task_supervisor_sim_test, a_stream_runs_no_more_tasks_at_once_than_it_may) {
  const instant before = world.now();
  cast(caller, stream_of({1, 1, 1, 1, 1}, {.max_concurrency = 2}));
  world.run_for(500ms);
  EXPECT_EQ(running(), 2U);
  while (seen.empty() || seen.back() != "end") world.run_for(100ms);

  EXPECT_GE(world.now() - before, 3s);
  EXPECT_LE(world.now() - before, 3s + 100ms);
}

// A61
TEST_F(task_supervisor_sim_test, a_late_task_ends_its_stream_or_is_an_item_as_told) {
  do_it(stream_of({1, 60, 1}, {.max_concurrency = 1, .late = on_timeout::kill_task}));
  EXPECT_EQ(seen, (seen_items{"0:1", "1:late", "2:1", "end"}));

  seen.clear();
  do_it(stream_of({1, 60, 1}, {.max_concurrency = 1}));
  EXPECT_EQ(seen, (seen_items{"0:1", "1:late", "end"}));
  EXPECT_EQ(running(), 0U);
  EXPECT_FALSE(end->is_done());
}

// A61
TEST_F(task_supervisor_sim_test, a_stream_that_is_let_go_ends_its_tasks) {
  do_it([](ref<dynamic_supervisor> here, seen_items& out) -> task<> {
    auto stream =
        async_stream(here, std::vector<int>{1, 100, 100},
                     [](int seconds) { return late(seconds, std::chrono::seconds{seconds}); },
                     {.max_concurrency = 3, .timeout = 1h});
    auto asking = stream.next();
    const auto item = co_await std::move(asking);
    out.push_back(said(item->outcome));
  });

  EXPECT_EQ(seen, (seen_items{"1"}));
  EXPECT_EQ(running(), 0U);
  EXPECT_FALSE(end->is_done());
}

}  // namespace
}  // namespace genstage
