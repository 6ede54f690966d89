#include <gtest/gtest.h>

#include <chrono>
#include <genstage/process/server.hpp>
#include <genstage/stage/as_range.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/range_producer.hpp>
#include <ranges>
#include <string>
#include <vector>

// Iteration in a process, by co_await.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

/// Reads events one after the other, as slowly as it is told to, and notes how that ended.
class reader final : public server {
 public:
  struct begin {};

  reader(stage_range<std::int64_t> events, numbers* got, journal* seen, duration pause = 0s,
         std::size_t enough = SIZE_MAX)
      : events_{std::move(events)}, got_{got}, seen_{seen}, pause_{pause}, enough_{enough} {}

  void init() { cast(ref<reader>{self()}, begin{}); }
  task<> handle_cast(begin) {
    try {
      task<> reading = read();
      co_await std::move(reading);
      seen_->push_back("end");
    } catch (const range_failed& failure) {
      seen_->push_back(std::string{"failed in "} +
                       (failure.phase() == range_phase::init ? "init" : "close") + ": " +
                       to_string(failure.reason()));
    }
  }

 private:
  task<> read() {
    stage_sequence<std::int64_t> sequence = events_.generate();
    while (got_->size() < enough_) {
      auto asking = sequence.next();
      const std::optional<std::int64_t> event = co_await std::move(asking);
      if (!event) co_return;
      got_->push_back(*event);
      auto pause = sleep_for(pause_);
      co_await std::move(pause);
    }
  }

  stage_range<std::int64_t> events_;
  numbers* got_;
  journal* seen_;
  duration pause_;
  std::size_t enough_;
};

class as_range_sim_test : public ::testing::Test {
 protected:
  ref<reader> read(stage_range<std::int64_t> events, duration pause = 0s,
                   std::size_t enough = SIZE_MAX) {
    auto started = here.start<reader>(std::move(events), &got, &seen, pause, enough);
    here.sim.run();
    return started;
  }
  stage_range<std::int64_t> none() { return stage_range<std::int64_t>{here.sim.home()}; }
  static subscription_options with(cancel_mode mode) { return {.max_demand = 4, .cancel = mode}; }

  world here;
  numbers got;
  journal seen;
  journal producer_seen;
};

TEST_F(as_range_sim_test, a_range_without_producers_is_empty) {
  read(none());

  EXPECT_EQ(seen, (journal{"end"}));
}

TEST_F(as_range_sim_test, several_finite_producers_are_merged_to_their_end) {
  auto first = *from_range(here.sim.home(), sequence(0, 10));
  auto second = *from_range(here.sim.home(), sequence(10, 10));

  read(none()
           .subscribe_to(first, with(cancel_mode::transient))
           .subscribe_to(second, with(cancel_mode::temporary)));

  std::ranges::sort(got);
  EXPECT_EQ(got, sequence(0, 20));
  EXPECT_EQ(seen, (journal{"end"}));
}

// G-354
TEST_F(as_range_sim_test, an_ask_waits_until_the_element_after_its_batch_is_wanted) {
  auto numbers = here.start<counter>(&producer_seen);
  here.start<reader>(none().subscribe_to(numbers, {.max_demand = 4, .min_demand = 2}), &got, &seen,
                     1s);
  here.sim.run_for(1500ms);
  EXPECT_EQ(got, (sequence(0, 2)));
  EXPECT_EQ(producer_seen, (journal{"demand 4"}));

  here.sim.run_for(1s);
  EXPECT_EQ(got, (sequence(0, 3)));
  EXPECT_EQ(producer_seen, (journal{"demand 4", "demand 2"}));
}

// G-350
TEST_F(as_range_sim_test, a_missing_name_fails_at_the_start_unless_it_is_temporary) {
  for (const auto mode : {cancel_mode::permanent, cancel_mode::transient}) {
    read(none().subscribe_to("nobody", with(mode)));
  }
  read(none().subscribe_to("nobody", with(cancel_mode::temporary)));

  EXPECT_EQ(seen, (journal{"failed in init: noproc", "failed in init: noproc", "end"}));
}

// G-351
TEST_F(as_range_sim_test, a_dead_producer_fails_when_its_end_is_noticed) {
  auto dead = here.start<counter>();
  here.kill(dead);

  for (const auto mode : {cancel_mode::permanent, cancel_mode::transient}) {
    read(none().subscribe_to(dead, with(mode)));
  }
  read(none().subscribe_to(dead, with(cancel_mode::temporary)));

  EXPECT_EQ(seen, (journal{"failed in close: noproc", "failed in close: noproc", "end"}));
}

// G-356
TEST_F(as_range_sim_test, a_failure_lets_go_of_the_other_producers_first) {
  auto other = here.start<source>(&producer_seen);
  auto broken = here.start<counter>();
  here.start<reader>(none().subscribe_to(other).subscribe_to(broken), &got, &seen, 1h);
  here.sim.settle();

  here.kill(broken);
  here.sim.run();

  EXPECT_EQ(seen, (journal{"failed in close: killed"}));
  EXPECT_EQ(producer_seen.back(), "consumer gone: cancel normal");
  EXPECT_TRUE(here.is_alive(other));
}

// G-359, G-362
TEST_F(as_range_sim_test, a_reader_that_has_enough_lets_go_and_leaves_nothing_behind) {
  auto numbers = here.start<source>(&producer_seen);
  cast(numbers, emit{sequence(0, 10)});

  auto done = read(none().subscribe_to(numbers), 0s, 3);

  EXPECT_EQ(got, sequence(0, 3));
  EXPECT_EQ(producer_seen.back(), "consumer gone: cancel normal");
  here.kill(done);
  EXPECT_EQ(here.sim.home().process_count(), 1U) << "the producer";
}

// G-364
TEST_F(as_range_sim_test, a_reader_that_dies_lets_go_of_its_producers) {
  auto numbers = here.start<counter>(&producer_seen);
  auto slow = here.start<reader>(none().subscribe_to(numbers), &got, &seen, 1h);
  here.sim.run_for(1s);

  here.kill(slow);

  EXPECT_EQ(here.sim.home().process_count(), 1U) << "the producer";
}

/// Reads two events, and before it reads on has its sequence subscribe to another producer.
class joiner final : public server {
 public:
  struct begin {};

  joiner(ref<counter> first, ref<counter> second, numbers* got)
      : first_{std::move(first)}, second_{std::move(second)}, got_{got} {}

  void init() { cast(ref<joiner>{self()}, begin{}); }
  task<> handle_cast(begin) {
    auto sequence = as_range(home(), first_, until_it_ends).generate();
    for (std::int64_t event = 0;; ++event) {
      if (event == 2) {
        auto joining = subscribe(sequence.consumer(), second_, until_it_ends);
        const result<unique_id> joined = co_await std::move(joining);
        EXPECT_TRUE(joined);
      }
      auto asking = sequence.next();
      const std::optional<std::int64_t> next = co_await std::move(asking);
      if (!next) break;
      got_->push_back(*next);
      if (*next == 9) cast(second_, leave{exit_reason::normal()});
    }
  }

 private:
  static inline const subscription_options until_it_ends{.max_demand = 5,
                                                         .cancel = cancel_mode::transient};
  ref<counter> first_;
  ref<counter> second_;
  numbers* got_;
};

// G-363
TEST_F(as_range_sim_test, a_producer_joins_while_a_batch_waits_for_its_reader) {
  auto first = here.start<counter>(nullptr, 7);
  auto second = here.start<counter>(nullptr, 10);
  here.start<joiner>(first, second, &got);

  here.sim.run();
  cast(first, leave{exit_reason::normal()});
  here.sim.run();

  std::ranges::sort(got);
  numbers both = sequence(0, 7);
  std::ranges::copy(sequence(0, 10), std::back_inserter(both));
  std::ranges::sort(both);
  EXPECT_EQ(got, both);
}

// G-354
TEST_F(as_range_sim_test, a_batch_that_came_before_the_first_wish_is_not_taken_for_read) {
  auto numbers = here.start<counter>(&producer_seen);
  auto unread = stage_range<std::int64_t>{here.sim.home()}
                    .subscribe_to(numbers, {.max_demand = 4, .min_demand = 2})
                    .generate();
  here.sim.settle();
  auto asking = unread.next();

  EXPECT_TRUE(asking.await_ready());
  here.sim.settle();

  EXPECT_EQ(producer_seen, (journal{"demand 4"})) << "the second half was not wanted yet";
}

// G-352
TEST_F(as_range_sim_test, producers_that_accumulate_begin_when_all_are_subscribed_to) {
  auto first = *from_range(here.sim.home(), sequence(0, 3), {.demand = demand_mode::accumulate});
  auto second = *from_range(here.sim.home(), sequence(3, 3), {.demand = demand_mode::accumulate});

  read(none()
           .subscribe_to(first, with(cancel_mode::transient))
           .subscribe_to(second, with(cancel_mode::transient)));

  std::ranges::sort(got);
  EXPECT_EQ(got, sequence(0, 6));
}

// G-352
TEST_F(as_range_sim_test, the_mode_is_told_to_the_stages_that_are_named_or_to_none) {
  auto kept = *from_range(here.sim.home(), sequence(0, 3), {.demand = demand_mode::accumulate});
  auto also = *from_range(here.sim.home(), sequence(0, 3), {.demand = demand_mode::accumulate});

  read(none().subscribe_to(kept).then_set_demand_of(demand_mode::forward));
  read(none().subscribe_to(kept).then_set_demand(demand_mode::accumulate));
  EXPECT_TRUE(got.empty());

  read(none().subscribe_to(also).then_set_demand_of(demand_mode::forward, kept));
  EXPECT_EQ(got, sequence(0, 3)) << "who reads the one that was set, not the one it subscribed to";
}

// Whenever the producers die, the reader gets what came before and then hears of it.
TEST(as_range_seeds_sim_test, deaths_at_any_moment_end_the_iteration_once) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    world here{seed};
    numbers got;
    journal seen;
    auto first = here.start<counter>();
    auto second = here.start<counter>();
    here.start<reader>(
        stage_range<std::int64_t>{here.sim.home()}
            .subscribe_to(first, {.max_demand = 3, .cancel = cancel_mode::transient})
            .subscribe_to(second, {.max_demand = 5, .cancel = cancel_mode::temporary}),
        &got, &seen, 1ms);
    here.sim.run_for(std::chrono::milliseconds{seed % 20});

    here.sim.home().exit(second.process(), exit_reason::kill());
    here.sim.run_for(std::chrono::milliseconds{seed % 7});
    here.sim.home().exit(first.process(), exit_reason::kill());
    here.sim.run();

    ASSERT_EQ(seen, (journal{"failed in close: killed"})) << "seed " << seed;
    ASSERT_EQ(here.sim.home().process_count(), 1U) << "seed " << seed;
  }
}

}  // namespace
}  // namespace genstage
