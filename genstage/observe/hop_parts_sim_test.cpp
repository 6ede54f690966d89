#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/observe/latencies.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/stage/gathered_events.hpp>
#include <span>
#include <vector>

// Where the time of events goes, part by part.
namespace genstage {
namespace {

using namespace std::chrono_literals;

struct tick {};

/// Emits an event each second, from the first one on, whoever asks.
template <class Dispatcher>
class trickle final : public producer<int> {
 public:
  explicit trickle(demand_mode mode) : mode_{mode} {}
  void init() { cast_after(1s, ref<trickle>{self()}, tick{}); }
  auto dispatcher() const { return Dispatcher{}; }
  demand_mode initial_demand() const override { return mode_; }
  void handle_demand(demand, output<int>&) override {}
  void handle_cast(tick, output<int>& out) {
    out.emit(1);
    init();
  }

 private:
  demand_mode mode_;
};

/// Emits a number each second, from 1 on: even ones to partition 0, odd ones to 1.
class sorted_trickle final : public producer<int> {
 public:
  void init() { cast_after(1s, ref<sorted_trickle>{self()}, tick{}); }
  auto dispatcher() const {
    return partition_dispatcher{{.partitions = 2},
                                [](int number) { return std::int64_t{number % 2}; }};
  }
  void handle_demand(demand, output<int>&) override {}
  void handle_cast(tick, output<int>& out) {
    out.emit(++last_);
    init();
  }

 private:
  int last_ = 0;
};

/// Asks when it is told to.
class told_asker final : public consumer<int> {
 public:
  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options&) override {
    from_ = from;
    return subscription_mode::manual;
  }
  void handle_events(std::span<int>) override {}
  void handle_cast(tick) { ask(from_, demand{10}); }

 private:
  subscription from_{};
};

class nothing_done final : public consumer<int> {
 public:
  void handle_events(std::span<int>) override {}
};

class vectors_taken final : public consumer<std::vector<int>> {
 public:
  void handle_events(std::span<std::vector<int>>) override {}
};

/// Gathers three, and passes them on.
class gatherer final : public producer_consumer<int, std::vector<int>> {
 public:
  void handle_events(std::span<int> events, output<std::vector<int>>& out) override {
    kept_.insert(kept_.end(), events.begin(), events.end());
    gathered_.take(events_from(), events.size());
    if (kept_.size() < 3) return;
    gathered_.pass_on(kept_.size());
    out.emit(std::exchange(kept_, {}));
  }

 private:
  std::vector<int> kept_;
  gathered_events gathered_;
};

/// Gathers three, and asks for others when it is done with them.
class manual_gatherer final : public consumer<int> {
 public:
  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options&) override {
    ask(from, demand{3});
    return subscription_mode::manual;
  }
  void handle_events(std::span<int> events) override {
    gathered_.take(events_from(), events.size());
    if (gathered_.kept() < 3) return;
    gathered_.pass_on(3);
    ask(events_from(), demand{3});
  }

 private:
  gathered_events gathered_;
};

/// Asks for what it has handled two seconds later.
class late_asker final : public consumer<int> {
 public:
  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options&) override {
    ask(from, demand{4});
    return subscription_mode::manual;
  }
  void handle_events(std::span<int> events) override {
    for (std::size_t each = 0; each < events.size(); ++each) {
      cast_after(2s, ref<late_asker>{self()}, tick{});
    }
    from_ = events_from();
  }
  void handle_cast(tick) { ask(from_, demand{1}); }

 private:
  subscription from_{};
};

class hop_parts_sim_test : public testing::Test {
 protected:
  template <class Dispatcher = demand_dispatcher>
  ref<trickle<Dispatcher>> source(demand_mode mode = demand_mode::forward) {
    return *spawn<trickle<Dispatcher>>(world_.home(), {.name = "from"}, mode);
  }
  template <class Consumer, class Producer>
  ref<Consumer> sink(const ref<Producer>& from, subscription_options options, std::string name) {
    const auto made = *spawn<Consumer>(world_.home(), {.name = name});
    (void)world_.run_until(subscribe(made, from, options));
    return made;
  }
  hop_latency hop(const std::string& consumer) const {
    for (const hop_latency& each : measured_.read()) {
      if (each.consumer == consumer) return each;
    }
    return {};
  }

  simulation world_{1};
  latencies measured_{world_.home().telemetry()};
};

TEST_F(hop_parts_sim_test, events_that_wait_in_a_buffer_wait_for_demand) {
  const auto from = source(demand_mode::accumulate);
  sink<nothing_done>(from, {.max_demand = 10}, "to");
  world_.run_for(4s);

  set_demand(from, demand_mode::forward);
  world_.settle();

  // Made at 1, 2, 3 and 4 s, and let go at 4 s.
  EXPECT_EQ(hop("to").waiting_for_demand.count(), 4U);
  EXPECT_EQ(hop("to").waiting_for_demand.sum(), 3s + 2s + 1s);
}

TEST_F(hop_parts_sim_test, a_broadcast_that_waited_counts_for_each_of_its_consumers) {
  const auto from = source<broadcast_dispatcher>(demand_mode::accumulate);
  sink<nothing_done>(from, {.max_demand = 10}, "one");
  sink<nothing_done>(from, {.max_demand = 10}, "other");
  world_.run_for(2s);

  set_demand(from, demand_mode::forward);
  world_.settle();

  for (const char* const each : {"one", "other"}) {
    EXPECT_EQ(hop(each).waiting_for_demand.count(), 2U);
    EXPECT_EQ(hop(each).waiting_for_demand.sum(), 1s);
  }
}

TEST_F(hop_parts_sim_test, events_of_a_partition_wait_for_the_demand_of_its_own_consumer) {
  const auto from = *spawn<sorted_trickle>(world_.home(), {.name = "from"});
  sink<nothing_done>(from, {.max_demand = 10, .partition = 0}, "even");
  const auto odd = sink<told_asker>(from, {.partition = 1}, "odd");
  world_.run_for(4s);

  cast(odd, tick{});
  world_.settle();

  // 2 and 4 were asked for; 1 and 3 wait until 4 s.
  EXPECT_EQ(hop("even").waiting_for_demand.count(), 2U);
  EXPECT_EQ(hop("even").waiting_for_demand.sum(), 0s);
  EXPECT_EQ(hop("odd").waiting_for_demand.count(), 2U);
  EXPECT_EQ(hop("odd").waiting_for_demand.sum(), 3s + 1s);
}

TEST_F(hop_parts_sim_test, events_that_were_asked_for_do_not_wait_for_demand) {
  sink<nothing_done>(source(), {.max_demand = 10}, "to");

  world_.run_for(5s);

  EXPECT_EQ(hop("to").waiting_for_demand.count(), 5U);
  EXPECT_EQ(hop("to").waiting_for_demand.longest(), 0s);
}

/// It asks when three of four have been handled, with the third.
TEST_F(hop_parts_sim_test, demand_is_acknowledged_when_the_ask_for_it_goes_out) {
  sink<nothing_done>(source(), {.max_demand = 4, .min_demand = 1}, "to");

  world_.run_for(5s);

  EXPECT_EQ(hop("to").acknowledging.count(), 3U);
  EXPECT_EQ(hop("to").acknowledging.sum(), 2s + 1s);
}

TEST_F(hop_parts_sim_test, a_manual_consumer_acknowledges_when_it_asks) {
  sink<late_asker>(source(), {}, "to");

  world_.run_for(5500ms);

  EXPECT_EQ(hop("to").acknowledging.count(), 3U);
  EXPECT_EQ(hop("to").acknowledging.sum(), 3 * 2s);
}

/// What it gathers goes on when it has three, taken in one second after the other.
TEST_F(hop_parts_sim_test, a_stage_says_how_long_it_gathers) {
  const auto gathering = *spawn<gatherer>(world_.home(), {.name = "gathers"});
  const auto to = *spawn<vectors_taken>(world_.home(), {.name = "to"});
  (void)world_.run_until(subscribe(to, gathering, {.max_demand = 10}));
  (void)world_.run_until(subscribe(gathering, source(), {.max_demand = 10}));

  world_.run_for(7500ms);

  EXPECT_EQ(hop("gathers").waiting_for_batch.count(), 6U);
  EXPECT_EQ(hop("gathers").waiting_for_batch.sum(), 2 * (2s + 1s));
  EXPECT_EQ(hop("to").in_service.count(), 2U);
}

TEST_F(hop_parts_sim_test, the_time_in_a_batch_is_not_that_of_the_acknowledgement) {
  sink<manual_gatherer>(source(), {}, "to");

  world_.run_for(6500ms);

  EXPECT_EQ(hop("to").waiting_for_batch.count(), 6U);
  EXPECT_EQ(hop("to").waiting_for_batch.sum(), 2 * (2s + 1s));
  EXPECT_EQ(hop("to").acknowledging.count(), 6U);
  EXPECT_EQ(hop("to").acknowledging.longest(), 0s);
}

}  // namespace
}  // namespace genstage
