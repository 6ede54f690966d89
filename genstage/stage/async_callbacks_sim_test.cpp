#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/process/introspection.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <stdexcept>

// Stages that wait while subscriptions begin and end, and while they end themselves.
namespace genstage {
namespace {

using namespace conversation;
using namespace std::chrono_literals;

struct note {
  std::string text;
};

constexpr std::int64_t stops_it = 13;
constexpr std::int64_t throws_in_it = 14;

/// Takes a second for the beginning and the end of each subscription, and for its own end.
class ceremonious final : public async_producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit ceremonious(journal* seen, subscription_mode mode = subscription_mode::automatic)
      : seen_{seen}, mode_{mode} {}

  task<subscription_mode> handle_subscribe(peer_role role, const subscription& from,
                                           const subscription_options& options) override {
    seen_->push_back(joined(role));
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    if (options.max_demand == stops_it) stop(exit_reason::user("unlucky"));
    if (options.max_demand == throws_in_it) throw std::runtime_error{"too many"};
    seen_->push_back("joined");
    if (role == peer_role::consumer) co_return subscription_mode::automatic;
    if (mode_ == subscription_mode::manual) ask(from, demand{2});
    co_return mode_;
  }
  task<> handle_cancel(const cancellation& ended) override {
    seen_->push_back(described(ended));
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    seen_->push_back("forgotten");
    current_output().emit(-1);
  }
  task<> terminate(const exit_reason& reason) override {
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    seen_->push_back("terminate " + to_string(reason));
  }
  task<> handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
    co_return;
  }
  void handle_cast(note told) { seen_->push_back(told.text); }

 private:
  journal* seen_;
  subscription_mode mode_;
};

class async_callbacks_sim_test : public ::testing::Test {
 protected:
  ref<sink> start_manual() {
    return here.start<sink>(&down, sink_rules{.mode = subscription_mode::manual});
  }

  // First, since the frames that the world destroys at its end may still write.
  journal up;
  journal middle;
  journal down;
  world here;
};

TEST_F(async_callbacks_sim_test, a_subscription_is_made_when_the_callback_has_waited) {
  const auto from = here.start<counter>(&up, 2);
  const auto to = here.start<ceremonious>(&middle, subscription_mode::manual);

  auto joining = subscribe(to, from);
  cast(to, note{"a cast"});
  here.sim.run_for(999ms);
  EXPECT_FALSE(joining.is_done());
  EXPECT_EQ(middle, (journal{"joins producer"}));
  here.sim.run_for(1ms);

  EXPECT_TRUE(here.sim.run_until(std::move(joining))->has_value());
  here.sim.settle();
  EXPECT_EQ(middle, (journal{"joins producer", "joined", "a cast"}));
  EXPECT_EQ(up, (journal{"demand 2"}));
}

TEST_F(async_callbacks_sim_test, an_ask_waits_for_the_producers_callback) {
  const auto from = here.start<counter>(&up, 4);
  const auto between = here.start<ceremonious>(&middle);
  (void)subscribe(between, from, {.max_demand = 4, .min_demand = 0});
  here.sim.run_for(1s);
  const auto to = here.start<sink>(&down);
  here.join(to, between, {.max_demand = 4, .min_demand = 0});

  here.sim.run_for(999ms);
  EXPECT_EQ(down, (journal{"joins producer"}));
  here.sim.run_for(1ms);

  EXPECT_EQ(down, (journal{"joins producer", "0..3 (4)"}));
}

TEST_F(async_callbacks_sim_test, what_ends_a_consumer_while_it_joins_fails_the_request) {
  const auto from = here.start<counter>(&up);
  const auto outcome = [&](std::int64_t most, bool killed) {
    const auto to = here.start<ceremonious>(&middle);
    auto end = here.watch(to);
    auto joining = subscribe(to, from, {.max_demand = most});
    here.sim.run_for(500ms);
    if (killed) here.kill(to);
    const auto seen = *here.sim.run_until(std::move(joining));
    EXPECT_FALSE(seen.has_value());
    EXPECT_EQ(seen.error().code, errc::process_ended);
    here.sim.run_for(2s);
    return here.fate(end);
  };

  EXPECT_EQ(outcome(stops_it, false), "unlucky");
  EXPECT_EQ(outcome(throws_in_it, false),
            "error (std::runtime_error: too many) in handle_subscribe");
  EXPECT_EQ(outcome(1, true), "killed");
}

TEST_F(async_callbacks_sim_test, a_start_makes_its_subscriptions_one_after_the_other) {
  const auto from = here.start<source>(&up);

  const auto failure =
      here.start_with<ceremonious>({{.producer = from.process(), .options = {.max_demand = 1}},
                                    {.producer = from.process(), .options = {.max_demand = 2}}},
                                   &middle);

  EXPECT_EQ(failure, std::nullopt);
  EXPECT_EQ(here.sim.now(), instant{2s});
  EXPECT_EQ(middle, (journal{"joins producer", "joined", "joins producer", "joined"}));
  here.sim.settle();
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 1", "joined by consumer", "demand 2"}));
}

TEST_F(async_callbacks_sim_test, a_start_whose_subscription_stops_the_stage_goes_no_further) {
  const auto from = here.start<source>(&up);

  const auto failure = here.start_with<ceremonious>(
      {{.producer = from.process(), .options = {.max_demand = stops_it}},
       {.producer = from.process()}},
      &middle);

  EXPECT_EQ(failure, exit_reason::user("unlucky"));
  EXPECT_EQ(middle, (journal{"joins producer", "joined"}));
}

TEST_F(async_callbacks_sim_test, a_consumer_stops_after_a_cancel_once_the_callback_has_waited) {
  const auto from = here.start<source>(&up);
  const auto between = here.start<ceremonious>(&middle);
  auto end = here.watch(between);
  (void)subscribe(between, from);
  here.sim.run_for(1s);
  const auto to = start_manual();
  (void)subscribe(to, between, {.cancel = cancel_mode::temporary});
  here.sim.run_for(1s);
  cast(to, ask_for{5});
  here.sim.settle();
  middle.clear();

  cast(from, leave{exit_reason::user("tired")});
  here.sim.run_for(999ms);
  EXPECT_EQ(middle, (journal{"producer gone: down tired"}));
  here.sim.run_for(1001ms);

  // What the callback emits leaves before the stage stops.
  EXPECT_EQ(here.fate(end), "tired");
  EXPECT_EQ(middle, (journal{"producer gone: down tired", "forgotten", "terminate tired"}));
  EXPECT_EQ(down, (journal{"joins producer", "-1..-1 (1)", "producer gone: down tired"}));
}

TEST_F(async_callbacks_sim_test,
       a_consumer_that_takes_another_ones_place_waits_for_both_callbacks) {
  const auto between = here.start<ceremonious>(&middle);
  const auto to = start_manual();
  const auto before = here.join(to, between, {.cancel = cancel_mode::temporary});
  here.sim.run_for(1s);
  middle.clear();

  const auto after =
      *here.sim.run_until(resubscribe(to, between, before, exit_reason::user("anew")));
  cast(to, ask_for{3});
  here.sim.run_for(2s);

  EXPECT_TRUE(after.has_value());
  EXPECT_EQ(middle,
            (journal{"consumer gone: cancel anew", "forgotten", "joined by consumer", "joined"}));
  EXPECT_EQ(down, (journal{"joins producer", "joins producer", "producer gone: cancel anew",
                           "-1..-1 (1)"}));
}

TEST_F(async_callbacks_sim_test, an_end_among_input_is_told_in_its_turn) {
  const auto from = here.start<source>(&up);
  const auto between = here.start<ceremonious>(&middle);
  (void)subscribe(between, from, {.max_demand = 4, .cancel = cancel_mode::temporary});
  const auto to = start_manual();
  (void)subscribe(to, between);
  here.sim.run_for(2s);
  cast(from, emit{sequence(0, 2)});
  cast(from, leave{exit_reason::normal()});
  here.sim.settle();
  middle.clear();

  cast(to, ask_for{10});
  here.sim.run_for(1s);

  EXPECT_EQ(middle, (journal{"producer gone: down normal", "forgotten"}));
  EXPECT_EQ(down, (journal{"joins producer", "0..1 (2)", "-1..-1 (1)"}));
}

TEST_F(async_callbacks_sim_test, a_stage_suspended_while_it_joins_goes_on_when_it_is_resumed) {
  const auto from = here.start<counter>(&up, 2);
  const auto to = here.start<ceremonious>(&middle, subscription_mode::manual);
  auto joining = subscribe(to, from);
  here.sim.settle();
  auto halting = suspend(to);
  here.sim.run_for(2s);
  EXPECT_TRUE(halting.is_done());
  EXPECT_FALSE(joining.is_done());

  (void)here.sim.run_until(resume(to));

  EXPECT_TRUE(here.sim.run_until(std::move(joining))->has_value());
  here.sim.settle();
  EXPECT_EQ(up, (journal{"demand 2"}));
}

TEST_F(async_callbacks_sim_test, whoever_stops_a_stage_waits_for_its_terminate) {
  const auto between = here.start<ceremonious>(&middle);

  EXPECT_TRUE(here.sim.run_until(stop(between))->has_value());

  EXPECT_EQ(here.sim.now(), instant{1s});
  EXPECT_EQ(middle, (journal{"terminate normal"}));
}

TEST_F(async_callbacks_sim_test, consumers_come_and_go_while_callbacks_wait_and_no_event_is_lost) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    journal ignored;
    numbers got;
    world fresh{seed};
    const auto from = fresh.start<counter>(nullptr, 200);
    const auto between = fresh.start<ceremonious>(&ignored);
    (void)subscribe(between, from, {.max_demand = 5});
    std::vector<ref<sink>> all;
    for (std::int64_t round = 0; round < 6; ++round) {
      all.push_back(fresh.start<sink>(&ignored, sink_rules{}, &got));
      (void)subscribe(all.back(), between,
                      {.max_demand = 1 + round, .cancel = cancel_mode::temporary});
      fresh.sim.run_for(std::chrono::milliseconds{300 + 100 * (seed % 9)});
      // It leaves by itself, so that what is on its way to it has been handled.
      if (round % 2 == 0) cast(all[all.size() / 2], leave{exit_reason::normal()});
    }

    fresh.sim.run_for(30s);

    std::erase(got, -1);
    std::ranges::sort(got);
    ASSERT_TRUE(std::ranges::adjacent_find(got) == got.end()) << seed;
    ASSERT_TRUE(fresh.is_alive(between)) << seed;
    ASSERT_GE(got.size(), 200U - 6 * 6) << seed;
  }
}

}  // namespace
}  // namespace genstage
