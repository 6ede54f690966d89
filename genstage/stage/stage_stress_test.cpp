#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <genstage/process/server.hpp>
#include <genstage/stage/spawn.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <random>
#include <ranges>
#include <thread>
#include <vector>

// Whole programs on real threads, for the thread and address sanitizers. Nothing here depends on
// how fast it runs.
namespace genstage {
namespace {

using namespace std::chrono_literals;

/// What consumers on several threads add up; completes when so many events have come.
struct tally {
  tally(std::int64_t expected, completion<void> told) : left{expected}, done{std::move(told)} {}

  void add(std::span<const std::int64_t> events) {
    std::int64_t part = 0;
    for (const std::int64_t event : events) part += event;
    sum.fetch_add(part, std::memory_order_relaxed);
    const auto count = static_cast<std::int64_t>(events.size());
    const std::int64_t before = left.fetch_sub(count, std::memory_order_acq_rel);
    if (before > 0 && before <= count) done.complete(result<void>{});
  }

  std::atomic<std::int64_t> sum{0};
  std::atomic<std::int64_t> left;
  completion<void> done;
};

class range final : public producer<std::int64_t> {
 public:
  explicit range(std::int64_t first, std::int64_t end) : next_{first}, end_{end} {}
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    const std::int64_t last = std::min(end_, next_ + static_cast<std::int64_t>(asked));
    out.append(std::views::iota(next_, last));
    next_ = last;
  }

 private:
  std::int64_t next_;
  std::int64_t end_;
};

class relay final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
  }
};

class adder final : public consumer<std::int64_t> {
 public:
  explicit adder(std::shared_ptr<tally> total) : total_{std::move(total)} {}
  void handle_events(std::span<std::int64_t> events) override { total_->add(events); }

 private:
  std::shared_ptr<tally> total_;
};

runtime_options quiet(std::size_t workers) {
  return {.log = silent_log(), .workers = workers};
}

class stage_stress_test : public ::testing::TestWithParam<std::size_t> {};

TEST_P(stage_stress_test, a_million_events_fan_out_to_four_consumers) {
  constexpr std::int64_t count = 1'000'000;
  runtime home{quiet(GetParam())};
  auto [far, near] = make_operation<void>();
  const auto total = std::make_shared<tally>(count, std::move(far));
  const auto from = *spawn<range>(home, {}, std::int64_t{0}, count);

  for (std::int64_t most : {1000, 100, 10, 1000}) {
    const auto to = *spawn<adder>(home, {}, total);
    ASSERT_TRUE(sync_wait(subscribe(to, from, {.max_demand = most})).has_value());
  }
  (void)sync_wait(std::move(near));

  EXPECT_EQ(total->sum.load(), count * (count - 1) / 2);
}

TEST_P(stage_stress_test, a_million_events_of_four_producers_fan_in_through_a_stage_between) {
  constexpr std::int64_t count = 250'000;
  runtime home{quiet(GetParam())};
  auto [far, near] = make_operation<void>();
  const auto total = std::make_shared<tally>(4 * count, std::move(far));
  const auto between = *spawn<relay>(home, {});
  const auto to = *spawn<adder>(home, {}, total);

  for (std::int64_t number = 0; number < 4; ++number) {
    const auto from = *spawn<range>(home, {}, number * count, (number + 1) * count);
    ASSERT_TRUE(sync_wait(subscribe(between, from, {.max_demand = 500})).has_value());
  }
  ASSERT_TRUE(sync_wait(subscribe(to, between)).has_value());
  (void)sync_wait(std::move(near));

  EXPECT_EQ(total->sum.load(), 4 * count * (4 * count - 1) / 2);
}

struct touch {};

/// Writes to memory that nothing guards, in all its callbacks.
class unguarded final : public consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events) override {
    for (std::size_t left = events.size(); left > 0; --left) ++touched_;
  }
  void handle_cast(touch) { ++touched_; }
  std::int64_t handle_call(touch) { return touched_; }

 private:
  std::int64_t touched_ = 0;
};

// G-001
TEST_P(stage_stress_test, no_two_callbacks_of_a_stage_overlap) {
  constexpr std::int64_t count = 20'000;
  runtime home{quiet(GetParam())};
  const auto to = *spawn<unguarded>(home, {});
  const subscription_options options{.max_demand = 10, .cancel = cancel_mode::temporary};
  for (std::int64_t number = 0; number < 4; ++number) {
    const auto from = *spawn<range>(home, {}, std::int64_t{0}, count);
    ASSERT_TRUE(sync_wait(subscribe(to, from, options)).has_value());
  }
  std::vector<std::thread> others;
  for (int number = 0; number < 2; ++number) {
    others.emplace_back([&] {
      for (std::int64_t left = count; left > 0; --left) cast(to, touch{});
    });
  }
  for (std::thread& each : others) each.join();

  std::int64_t seen = 0;
  while (seen < 6 * count) seen = *sync_wait(call(to, touch{}));

  EXPECT_EQ(seen, 6 * count);
}

/// Says whether what it gets only ever grows, as long as it lives.
class watchful final : public consumer<std::int64_t> {
 public:
  explicit watchful(std::shared_ptr<std::atomic<std::int64_t>> disorder)
      : disorder_{std::move(disorder)} {}
  void handle_events(std::span<std::int64_t> events) override {
    for (const std::int64_t event : events) {
      if (event <= last_) disorder_->fetch_add(1);
      last_ = event;
    }
  }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> disorder_;
  std::int64_t last_ = -1;
};

TEST_P(stage_stress_test, consumers_that_are_killed_and_replaced_harm_nobody_else) {
  runtime home{quiet(GetParam())};
  std::mt19937_64 choose{1};
  const auto disorder = std::make_shared<std::atomic<std::int64_t>>(0);
  const auto from = *spawn<range>(home, {}, std::int64_t{0}, INT64_MAX);
  const auto between = *spawn<relay>(home, {});
  ASSERT_TRUE(sync_wait(subscribe(between, from, {.max_demand = 50})).has_value());
  std::vector<ref<watchful>> all;

  for (int round = 0; round < 300; ++round) {
    all.push_back(*spawn<watchful>(home, {}, disorder));
    auto joined = subscribe(all.back(), between, {.max_demand = 1 + round % 40});
    if (round % 3 == 0) {
      ASSERT_TRUE(sync_wait(std::move(joined)).has_value());
    }
    if (all.size() < 4) continue;
    std::swap(all[choose() % all.size()], all.back());
    auto end = home.down(all.back().process());
    home.exit(all.back().process(), round % 2 == 0 ? exit_reason::kill() : exit_reason::shutdown());
    all.pop_back();
    if (round % 5 == 0) (void)sync_wait(std::move(end));
  }
  auto [far, near] = make_operation<void>();
  const auto total = std::make_shared<tally>(10'000, std::move(far));
  const auto last = *spawn<adder>(home, {}, total);
  ASSERT_TRUE(sync_wait(subscribe(last, between)).has_value());

  EXPECT_TRUE(sync_wait(std::move(near)).has_value());
  EXPECT_EQ(disorder->load(), 0);
}

struct work_for {
  duration time;
};
struct forward {
  duration time;
  duration limit;
};

class sleeper final : public server {
 public:
  task<int> handle_call(work_for asked) {
    auto wait = sleep_for(asked.time);
    co_await std::move(wait);
    co_return 1;
  }
};

class caller final : public server {
 public:
  explicit caller(ref<sleeper> to) : to_{std::move(to)} {}
  task<bool> handle_call(forward asked) {
    auto answer = call(to_, work_for{asked.time}, asked.limit);
    const result<int> got = co_await std::move(answer);
    co_return got.has_value();
  }

 private:
  ref<sleeper> to_;
};

TEST_P(stage_stress_test, calls_race_with_their_limits_and_each_gets_one_outcome) {
  runtime home{quiet(GetParam())};
  std::mt19937_64 choose{1};
  const auto some_time = [&] { return std::chrono::microseconds{choose() % 200}; };
  std::vector<ref<caller>> callers;
  for (int number = 0; number < 8; ++number) {
    callers.push_back(*spawn<caller>(home, {}, *spawn<sleeper>(home, {})));
  }
  std::vector<operation<bool>> pending;

  for (int round = 0; round < 2000; ++round) {
    const auto& to = callers[choose() % callers.size()];
    pending.push_back(call(to, forward{some_time(), some_time()}, some_time() + 100us));
    if (round % 7 == 0) pending.erase(pending.begin());
  }
  std::size_t outcomes = 0;
  for (operation<bool>& each : pending) {
    const result<bool> got = sync_wait(std::move(each));
    outcomes += got.has_value() || got.error().code == errc::timed_out ? 1U : 0U;
  }

  EXPECT_EQ(outcomes, pending.size());
}

TEST_P(stage_stress_test, waiting_callbacks_are_killed_while_what_they_wait_for_completes) {
  runtime home{quiet(GetParam())};
  std::mt19937_64 choose{1};
  for (int round = 0; round < 500; ++round) {
    const auto to = *spawn<sleeper>(home, {});
    const auto by = *spawn<caller>(home, {}, to);
    auto answer = call(by, forward{std::chrono::microseconds{choose() % 50}, 1s});
    auto first_end = home.down(by.process());
    auto second_end = home.down(to.process());

    home.exit(choose() % 2 == 0 ? by.process() : to.process(), exit_reason::kill());
    home.exit(by.process(), exit_reason::kill());
    home.exit(to.process(), exit_reason::kill());

    (void)sync_wait(std::move(answer));
    (void)sync_wait(std::move(first_end));
    (void)sync_wait(std::move(second_end));
  }
  EXPECT_EQ(home.process_count(), 0U);
}

struct tie {
  process_ref other;
};

class link_in_a_chain final : public server {
 public:
  bool handle_call(tie asked) {
    monitor(asked.other);
    link(asked.other);
    return true;
  }
  void handle_down(const down&) {}
};

TEST_P(stage_stress_test, chains_of_linked_processes_end_together) {
  runtime home{quiet(GetParam())};
  for (int round = 0; round < 40; ++round) {
    std::vector<ref<link_in_a_chain>> chain;
    std::vector<operation<exit_reason>> ends;
    for (int number = 0; number < 50; ++number) {
      chain.push_back(*spawn<link_in_a_chain>(home, {}));
      ends.push_back(home.down(chain.back().process()));
    }
    std::vector<operation<bool>> tied;
    for (std::size_t number = 1; number < chain.size(); ++number) {
      tied.push_back(call(chain[number], tie{chain[number - 1].process()}));
    }
    for (auto& each : tied) ASSERT_TRUE(sync_wait(std::move(each)).has_value());
    auto unheard = home.down(chain[10].process());

    home.exit(chain[25].process(), exit_reason::user("tired"));
    {
      const auto dropped = std::move(unheard);
    }

    for (auto& each : ends) (void)sync_wait(std::move(each));
  }
  EXPECT_EQ(home.process_count(), 0U);
}

TEST_P(stage_stress_test, whoever_finds_a_name_can_talk_to_its_holder) {
  constexpr int rounds = 100;
  runtime home{quiet(GetParam())};
  std::atomic<int> answered{0};
  std::atomic<int> refused{0};
  std::thread other{[&] {
    for (int round = 0; round < rounds; ++round) {
      process_ref found;
      while (!(found = home.find("holder " + std::to_string(round)))) std::this_thread::yield();
      const auto answer = sync_wait(call(ref<sleeper>{found}, work_for{0us}));
      if (!answer.has_value()) refused.fetch_add(1);
      answered.fetch_add(1);
      answered.notify_one();
    }
  }};

  for (int round = 0; round < rounds; ++round) {
    const auto holder = *spawn<sleeper>(home, {.name = "holder " + std::to_string(round)});
    answered.wait(round);
    home.exit(holder.process(), exit_reason::kill());
  }
  other.join();

  EXPECT_EQ(refused.load(), 0);
}

TEST_P(stage_stress_test, a_runtime_may_be_stopped_while_everything_is_busy) {
  for (int round = 0; round < 30; ++round) {
    runtime home{quiet(GetParam())};
    auto [far, near] = make_operation<void>();
    const auto total = std::make_shared<tally>(1'000 * round + 1'000, std::move(far));
    const auto from = *spawn<range>(home, {}, std::int64_t{0}, INT64_MAX);
    const auto between = *spawn<relay>(home, {.name = "between"});
    const auto sleepy = *spawn<sleeper>(home, {});
    std::vector<operation<int>> pending;
    for (int number = 0; number < 5; ++number) {
      pending.push_back(call(sleepy, work_for{std::chrono::microseconds{20 * number}}));
    }
    (void)subscribe(between, from);
    for (int number = 0; number < 3; ++number) {
      (void)subscribe(*spawn<adder>(home, {}, total), between, {.max_demand = 10});
    }
    auto end = home.down(from.process());

    (void)sync_wait(std::move(near));
    const auto seen = home.running();
    EXPECT_LE(seen.size(), GetParam());
    home.stop();
  }
}

TEST_P(stage_stress_test, what_runs_can_be_asked_while_processes_come_and_go) {
  runtime home{quiet(GetParam())};
  std::atomic<bool> enough{false};
  std::thread reporter{[&] {
    while (!enough.load()) {
      for (const auto& each : home.running()) ASSERT_FALSE(each.process.empty());
    }
  }};

  for (int round = 0; round < 500; ++round) {
    const auto one = *spawn<sleeper>(home, {.name = "one"});
    auto end = home.down(one.process());
    (void)sync_wait(call(one, work_for{1us}));
    home.exit(one.process(), exit_reason::kill());
    (void)sync_wait(std::move(end));
  }
  enough = true;
  reporter.join();
}

INSTANTIATE_TEST_SUITE_P(workers, stage_stress_test, ::testing::Values(1, 2, 4));

}  // namespace
}  // namespace genstage
