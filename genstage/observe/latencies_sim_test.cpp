#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/observe/latencies.hpp>
#include <genstage/observe/ones_test.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/stage/stage_events.hpp>
#include <optional>
#include <span>

namespace genstage {
namespace {

using namespace std::chrono_literals;

/// Takes a second for each batch.
class slow final : public async_consumer<int> {
 public:
  task<> handle_events(std::span<int>) override {
    auto working = sleep_for(1s);
    co_await std::move(working);
  }
};

class latencies_sim_test : public testing::Test {
 protected:
  void start(subscription_options options = {.max_demand = 2, .min_demand = 1}) {
    from_ = *spawn<ones>(world_.home(), {.name = "from"});
    to_ = *spawn<slow>(world_.home(), {.name = "to"});
    (void)world_.run_until(subscribe(to_, from_, std::move(options)));
  }

  snapshot look() { return **world_.run_until(take_snapshot(world_.home())); }

  simulation world_{1};
  ref<ones> from_;
  ref<slow> to_;
};

/// Two are asked for, in batches of one: while one is handled, the other waits.
TEST_F(latencies_sim_test, the_time_in_the_queue_and_in_service_are_told_apart) {
  const latencies measured{world_.home().telemetry()};

  start();
  world_.run_for(10500ms);

  const std::vector<hop_latency> hops = measured.read();
  ASSERT_EQ(hops.size(), 1U);
  EXPECT_EQ(hops[0].consumer, "to");
  EXPECT_EQ(hops[0].in_service.count(), 10U);
  EXPECT_EQ(hops[0].in_service.longest(), 1s);
  EXPECT_EQ(hops[0].in_service.sum(), 10s);
  EXPECT_EQ(hops[0].in_queue.longest(), 1s);
  EXPECT_EQ(hops[0].in_queue.sum(), 9s);  // The first was begun at once.
}

TEST_F(latencies_sim_test, a_snapshot_has_what_was_measured_and_nothing_if_nobody_measures) {
  start();
  world_.run_for(1500ms);
  const snapshot before = look();
  ASSERT_EQ(before.subscriptions.size(), 1U);
  EXPECT_EQ(before.subscriptions[0].latency, nullptr);

  const latencies measured{world_.home().telemetry()};
  world_.run_for(4s);

  const snapshot now = look();
  ASSERT_NE(now.subscriptions[0].latency, nullptr);
  EXPECT_EQ(*now.subscriptions[0].latency, measured.read()[0]);
  EXPECT_GT(now.subscriptions[0].latency->in_service.count(), 0U);
}

TEST_F(latencies_sim_test, a_snapshot_keeps_what_it_has_when_more_is_measured) {
  const latencies measured{world_.home().telemetry()};
  start();
  world_.run_for(2500ms);
  const snapshot first = look();
  const snapshot same = look();

  world_.run_for(4s);

  EXPECT_EQ(first.subscriptions[0].latency, same.subscriptions[0].latency);  // One of both.
  EXPECT_EQ(first.subscriptions[0].latency->in_service.count(), 2U);
  EXPECT_EQ(look().subscriptions[0].latency->in_service.count(), 6U);
  EXPECT_EQ(measured.read()[0].in_service.count(), 6U);
}

TEST_F(latencies_sim_test, a_subscription_that_has_ended_is_forgotten) {
  const latencies measured{world_.home().telemetry()};
  start();
  world_.run_for(2500ms);
  ASSERT_FALSE(measured.read().empty());

  world_.home().exit(to_.process(), exit_reason::kill());
  world_.settle();

  EXPECT_TRUE(measured.read().empty());
}

/// The consumer handles what it was sent before it learns that its subscription has ended.
TEST_F(latencies_sim_test, what_is_handled_after_the_end_is_not_remembered) {
  const latencies measured{world_.home().telemetry()};
  start({.max_demand = 2, .min_demand = 1, .cancel = cancel_mode::temporary});
  world_.run_for(2500ms);

  world_.home().exit(from_.process(), exit_reason::kill());
  world_.run_for(10s);

  EXPECT_NE(look().find(to_.process().id()), nullptr);
  EXPECT_TRUE(measured.read().empty());
}

TEST_F(latencies_sim_test, when_nobody_looks_any_more_nothing_is_measured_any_more) {
  std::optional<latencies> measured;
  measured.emplace(world_.home().telemetry());
  ASSERT_TRUE(world_.home().telemetry().is_wanted<batch_handled>());

  measured.reset();

  EXPECT_FALSE(world_.home().telemetry().is_wanted<batch_handled>());
}

}  // namespace
}  // namespace genstage
