#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/genstage.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <stdexcept>
#include <string>

// What a snapshot tells of a program that runs in virtual time.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

/// Takes a while for each message.
class dawdler final : public async_consumer<std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t>) override {
    auto wait = sleep_for(1h);
    co_await std::move(wait);
  }
};

struct look_around {};

class onlooker final : public server {
 public:
  task<snapshot> handle_call(look_around) {
    auto looked = take_snapshot(home());
    result<snapshot> seen = co_await std::move(looked);
    co_return *std::move(seen);
  }
};

struct trip {};

class stumbler final : public server {
 public:
  void handle_cast(trip) { throw std::runtime_error{"tripped"}; }
};

class snapshot_sim_test : public ::testing::Test {
 protected:
  snapshot look() { return **here.sim.run_until(take_snapshot(here.sim.home())); }
  static const process_view& of(const snapshot& seen, pid process) { return *seen.find(process); }

  world here;
  journal up;
  journal down;
};

TEST_F(snapshot_sim_test, a_program_without_processes_has_an_empty_snapshot) {
  const snapshot seen = look();

  EXPECT_TRUE(seen.processes.empty());
  EXPECT_TRUE(seen.subscriptions.empty());
}

TEST_F(snapshot_sim_test, processes_are_told_by_name_type_and_parent) {
  supervisor_spec home{.children = {supervised("inner", supervisor_spec{})}};
  const auto top = *start_supervisor(here.sim.home(), std::move(home), {.name = "top"});
  const auto from = here.start_named<source>("numbers", &up);
  here.sim.settle();

  const snapshot seen = look();

  ASSERT_EQ(seen.processes.size(), 3U);
  EXPECT_EQ(of(seen, top.id()).label, "top");
  EXPECT_EQ(of(seen, top.id()).type, "supervisor");
  EXPECT_TRUE(of(seen, top.id()).is_supervisor);
  EXPECT_FALSE(of(seen, top.id()).parent);
  EXPECT_EQ(std::ranges::count(seen.processes, top.id(), &process_view::parent), 1);
  EXPECT_EQ(of(seen, from.id()).name, "numbers");
  EXPECT_EQ(of(seen, from.id()).type, "source");
  EXPECT_FALSE(of(seen, from.id()).is_supervisor);
  EXPECT_TRUE(of(seen, from.id()).answered);
}

TEST_F(snapshot_sim_test, stages_are_told_with_their_events_and_queues) {
  const auto from = here.start<source>(&up, buffer_options{.size = 3});
  const auto to = here.start<sink>(&down);
  here.join(to, from, {.max_demand = 2, .min_demand = 0});
  cast(from, emit{sequence(0, 9)});
  here.kill(to);
  cast(from, emit{sequence(0, 9)});
  here.sim.settle();

  const stage_view made = *of(look(), from.id()).stage;

  EXPECT_EQ(made.kind, stage_kind::producer);
  EXPECT_EQ(made.takes, "");
  EXPECT_EQ(made.emits, "long");
  EXPECT_EQ(made.dispatcher, "demand_dispatcher");
  EXPECT_EQ(made.buffered, 3U);
  EXPECT_EQ(made.buffer_size, 3U);
  EXPECT_EQ(made.emitted, 18U);
  EXPECT_GE(made.discarded, 9U);
  EXPECT_EQ(made.told, 2U);
  EXPECT_EQ(made.mode, demand_mode::forward);
}

TEST_F(snapshot_sim_test, a_subscription_is_told_with_all_that_was_asked_sent_and_handled) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);
  const unique_id tag = here.join(to, from, {.max_demand = 10, .min_demand = 5});
  cast(from, emit{sequence(0, 6)});
  here.sim.settle();
  here.sim.run_for(2s);

  const snapshot seen = look();

  ASSERT_EQ(seen.subscriptions.size(), 1U);
  const subscription_view& told = *seen.find(tag);
  EXPECT_EQ(told.producer, from.id());
  EXPECT_EQ(told.consumer, to.id());
  EXPECT_TRUE(told.seen_by_producer && told.seen_by_consumer);
  EXPECT_EQ(told.max_demand, demand{10});
  EXPECT_EQ(told.min_demand, demand{5});
  EXPECT_EQ(told.asked, 15U);
  EXPECT_EQ(told.delivered, 6U);
  EXPECT_EQ(told.handled, 6U);
  EXPECT_EQ(told.in_flight, 0U);
  EXPECT_EQ(told.outstanding, demand{9});
  EXPECT_EQ(told.since_ask, 2s);
  EXPECT_EQ(told.since_event, 2s);
  EXPECT_EQ(told.since_handled, 2s);
  EXPECT_EQ(of(seen, from.id()).stage->owed, demand{9});
  EXPECT_EQ(of(seen, from.id()).stage->room, demand{9});
}

TEST_F(snapshot_sim_test, what_was_sent_and_not_handled_is_in_flight_and_in_the_queue) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);
  const unique_id tag = here.join(to, from, {.max_demand = 10});
  here.sim.settle();
  (void)here.sim.run_until(suspend(to));
  cast(from, emit{sequence(0, 6)});
  here.sim.settle();
  here.sim.run_for(2s);

  const snapshot seen = look();

  EXPECT_EQ(seen.find(tag)->in_flight, 6U);
  EXPECT_EQ(seen.find(tag)->handled, 0U);
  EXPECT_EQ(seen.find(tag)->since_handled, std::nullopt);
  const process_view& halted = of(seen, to.id());
  EXPECT_EQ(halted.activity, process_activity::suspended);
  EXPECT_EQ(halted.waits, 2s);
  EXPECT_EQ(halted.queue_length, 1U);
  EXPECT_GE(halted.queue_bytes, 6 * sizeof(std::int64_t));
  ASSERT_TRUE(halted.oldest_message.has_value());
  EXPECT_NEAR(static_cast<double>(halted.oldest_message->count()), 2e9, 2e6);
}

TEST_F(snapshot_sim_test, a_callback_that_waits_is_told_with_how_long_it_has_so_far) {
  const auto from = here.start<counter>();
  const auto to = here.start<dawdler>();
  const unique_id tag = here.join(to, from, {.max_demand = 4, .min_demand = 2});
  here.sim.settle();
  here.sim.run_for(3s);

  const snapshot seen = look();

  const process_view& waiting = of(seen, to.id());
  EXPECT_EQ(waiting.activity, process_activity::waiting);
  EXPECT_EQ(waiting.callback, "handle_events");
  EXPECT_EQ(waiting.waits, 3s);
  EXPECT_EQ(seen.find(tag)->delivered, 4U);
  EXPECT_EQ(seen.find(tag)->in_flight, 4U);
  EXPECT_EQ(seen.find(tag)->outstanding, demand{});
}

TEST_F(snapshot_sim_test, a_supervisor_tells_how_often_it_has_restarted) {
  supervisor_spec home{.limits = {.restarts = 5, .within = 1s},
                       .children = {child(name<stumbler>{"stumbler"})}};
  const auto top = *start_supervisor(here.sim.home(), std::move(home));
  for (int times = 0; times < 3; ++times) {
    here.sim.settle();
    (void)cast(here.sim.home(), name<stumbler>{"stumbler"}, trip{});
  }
  here.sim.settle();

  EXPECT_EQ(of(look(), top.id()).restarts, 3U);
}

TEST_F(snapshot_sim_test, a_process_that_takes_a_snapshot_is_in_it) {
  const auto asking = here.start<onlooker>();

  const snapshot seen = **here.sim.run_until(call(asking, look_around{}));

  EXPECT_EQ(of(seen, asking.id()).activity, process_activity::waiting);
  EXPECT_EQ(of(seen, asking.id()).callback, "handle_call");
}

TEST_F(snapshot_sim_test, two_snapshots_of_a_program_that_rests_are_the_same) {
  const auto from = here.start<counter>(nullptr, 100);
  const auto to = here.start<sink>(&down);
  here.join(to, from);
  here.sim.settle();

  const snapshot first = look();

  EXPECT_EQ(first, look());
}

TEST(snapshot_seeds_sim_test, whatever_the_order_nothing_is_negative_and_the_producer_agrees) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    world here{seed};
    journal down;
    const auto from = here.start<counter>(nullptr, 50);
    const auto first = here.start<sink>(&down);
    const auto second = here.start<sink>(&down);
    async_subscribe(first, from, {.max_demand = 5});
    async_subscribe(second, from, {.max_demand = 3});
    for (int looks = 0; looks < 20; ++looks) {
      const snapshot seen = **here.sim.run_until(take_snapshot(here.sim.home()));

      for (const subscription_view& each : seen.subscriptions) {
        ASSERT_LE(each.in_flight, each.max_demand.count()) << seed;
        ASSERT_LE(each.handled, each.delivered) << seed;
        if (!each.seen_by_producer) continue;
        ASSERT_EQ(each.asked, each.delivered + each.outstanding.count()) << seed;
      }
    }
  }
}

TEST(snapshot_seeds_sim_test, a_process_that_ends_meanwhile_holds_up_nobody) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    world here{seed};
    journal down;
    const auto from = here.start<counter>(nullptr, 50);
    const auto to = here.start<sink>(&down);
    async_subscribe(to, from);
    here.sim.home().exit(from.process(), exit_reason::kill());

    const snapshot seen = **here.sim.run_until(take_snapshot(here.sim.home(), 1s));

    ASSERT_EQ(seen.took, duration::zero()) << seed;
    ASSERT_NE(seen.find(to.id()), nullptr) << seed;
  }
}

}  // namespace
}  // namespace genstage
