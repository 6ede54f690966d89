#include <gtest/gtest.h>

#include <chrono>
#include <genstage/genstage.hpp>
#include <genstage/observe/latencies.hpp>
#include <genstage/simulation/simulation.hpp>
#include <memory>
#include <stdexcept>
#include <utility>

// Where the time of events goes whose end is no stage: a child for each, or an iteration.
namespace genstage {
namespace {

using namespace std::chrono_literals;

/// Emits 1, 2, 3 and so on, as many as are asked for.
class numbers final : public producer<int> {
 public:
  void handle_demand(demand asked, output<int>& out) override {
    for (auto left = asked.count(); left > 0; --left) out.emit(++last_);
  }

 private:
  int last_ = 0;
};

/// Takes a second to start, and then as many as its event says.
class slow_starter final : public server {
 public:
  struct begin {};

  explicit slow_starter(int seconds) : seconds_{seconds} {}
  task<> init() {
    auto starting = sleep_for(1s);
    co_await std::move(starting);
    cast(ref<slow_starter>{self()}, begin{});
  }
  task<> handle_cast(begin) {
    auto working = sleep_for(std::chrono::seconds{seconds_});
    co_await std::move(working);
    stop(exit_reason::normal());
  }

 private:
  int seconds_;
};

/// Takes as many seconds as the event says.
event_child<int> sleeping_child() {
  return event_child<int>::running([](int seconds) -> task<> {
    auto working = sleep_for(std::chrono::seconds{seconds});
    co_await std::move(working);
  });
}

/// Takes three seconds for the first event, and one for each other.
class reader final : public server {
 public:
  struct begin {};

  explicit reader(stage_range<int> events) : events_{std::move(events)} {}
  void init() { cast(ref<reader>{self()}, begin{}); }
  task<> handle_cast(begin) {
    auto sequence = events_.generate();
    for (;;) {
      auto asking = sequence.next();
      const std::optional<int> event = co_await std::move(asking);
      if (!event) co_return;
      auto working = sleep_for(*event == 1 ? 3s : 1s);
      co_await std::move(working);
    }
  }

 private:
  stage_range<int> events_;
};

class hop_ends_sim_test : public testing::Test {
 protected:
  void supervise(event_child<int> child, const subscription_options& options) {
    const auto all = *start_supervisor(
        world_.home(), consumer_supervisor_spec<int>{.child = std::move(child), .limits = {}});
    (void)world_.run_until(subscribe(all, from_, options));
  }
  void read(const subscription_options& options) {
    (void)*spawn<reader>(world_.home(), {}, as_range(world_.home(), from_, options));
  }
  /// Of the only subscription.
  hop_latency hop() const {
    const auto all = measured_.read();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? hop_latency{} : all.front();
  }

  simulation world_{1};
  latencies measured_{world_.home().telemetry()};
  ref<numbers> from_ = *spawn<numbers>(world_.home(), {.name = "from"});
};

TEST_F(hop_ends_sim_test, the_service_of_a_supervised_event_is_the_life_of_its_child) {
  supervise(sleeping_child(), {.max_demand = 4, .min_demand = 1});

  world_.run_for(4500ms);

  EXPECT_EQ(hop().in_service.count(), 4U);
  EXPECT_EQ(hop().in_service.sum(), 1s + 2s + 3s + 4s);
  EXPECT_EQ(hop().in_queue.longest(), 0s);
  EXPECT_EQ(hop().acknowledging.count(), 4U);
  EXPECT_EQ(hop().acknowledging.longest(), 0s);
}

/// They are asked for in pairs: at 2 s and at 4 s.
TEST_F(hop_ends_sim_test, a_supervised_event_is_acknowledged_when_enough_children_have_ended) {
  supervise(sleeping_child(), {.max_demand = 4, .min_demand = 2});

  world_.run_for(4500ms);

  EXPECT_EQ(hop().acknowledging.count(), 4U);
  EXPECT_EQ(hop().acknowledging.sum(), 1s + 1s);
}

TEST_F(hop_ends_sim_test, a_supervised_event_is_queued_while_those_before_it_are_started) {
  supervise(event_child<int>::of<slow_starter>(), {.max_demand = 3, .min_demand = 2});

  world_.run_for(6500ms);

  // Begun 0, 1 and 2 s after they were sent.
  EXPECT_EQ(hop().in_queue.count(), 3U);
  EXPECT_EQ(hop().in_queue.sum(), 0s + 1s + 2s);
}

TEST_F(hop_ends_sim_test, a_child_that_is_started_again_is_still_at_its_event) {
  const auto fails_once = [left = std::make_shared<int>(1)](int) -> task<> {
    auto working = sleep_for(1s);
    co_await std::move(working);
    if ((*left)-- > 0) throw std::runtime_error{"not yet"};
  };
  event_child<int> child = event_child<int>::running(fails_once);
  child.restart = restart_type::transient;
  supervise(std::move(child), {.max_demand = 1, .min_demand = 0});

  world_.run_for(2500ms);

  EXPECT_EQ(hop().in_service.count(), 1U);
  EXPECT_EQ(hop().in_service.sum(), 2s);
}

TEST_F(hop_ends_sim_test, an_event_whose_child_does_not_start_was_served_all_the_same) {
  event_child<int> child;
  child.start = [](runtime&, spawn_options, int) -> result<process_ref> {
    return fail(errc::invalid_argument, "child: it cannot be started; refused");
  };
  const auto all =
      *start_supervisor(world_.home(), consumer_supervisor_spec<int>{.child = std::move(child)});
  const auto few = *from_range(world_.home(), std::vector<int>{1, 2, 3});

  (void)world_.run_until(subscribe(all, few, {.max_demand = 2, .min_demand = 1}));
  world_.settle();

  EXPECT_EQ(hop().in_service.count(), 3U);
}

/// Two at a time: the first two take 4 s, the others 2 s.
TEST_F(hop_ends_sim_test, the_service_of_a_batch_that_is_read_is_the_time_until_more_is_wanted) {
  read({.max_demand = 4, .min_demand = 2});

  world_.run_for(6500ms);

  EXPECT_EQ(hop().in_service.count(), 4U);
  EXPECT_EQ(hop().in_service.sum(), 2 * 4s + 2 * 2s);
  EXPECT_EQ(hop().in_queue.sum(), 2 * 0s + 2 * 4s);
  EXPECT_EQ(hop().acknowledging.count(), 4U);
  EXPECT_EQ(hop().acknowledging.longest(), 0s);
}

}  // namespace
}  // namespace genstage
