#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/stage/conversation_test.hpp>

// How subscriptions begin and end, as in sections 4 and 6 of the specification.
namespace genstage {
namespace {

using namespace conversation;

class subscription_sim_test : public ::testing::Test {
 protected:
  world here;
  journal up;
  journal down;
};

// G-045, G-046, G-060
TEST_F(subscription_sim_test, subscribing_completes_after_the_consumers_callback_and_first_ask) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);

  here.join(to, from, {.max_demand = 7});

  EXPECT_EQ(down, (journal{"joins producer"}));
  here.sim.settle();
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 7"}));
}

// G-059
TEST_F(subscription_sim_test, the_consumers_callback_runs_before_the_producers_in_any_order) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    world fresh{seed};
    journal both;
    const auto from = fresh.start<source>(&both);
    const auto to = fresh.start<sink>(&both);

    fresh.join(to, from, {.max_demand = 7});
    fresh.sim.settle();

    ASSERT_EQ(both, (journal{"joins producer", "joined by consumer", "demand 7"})) << seed;
  }
}

// G-048
TEST_F(subscription_sim_test, subscribing_a_dead_consumer_fails) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);
  here.kill(to);

  const auto outcome = *here.sim.run_until(subscribe(to, from));

  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, errc::process_ended);
}

// G-045, G-050, G-051
TEST_F(subscription_sim_test, options_out_of_bounds_are_refused_and_the_stage_lives_on) {
  const auto from = here.start_named<source>("numbers", &up);
  const auto to = here.start_named<sink>("printed", &down);
  const std::vector<std::pair<subscription_options, std::string>> table{
      {{.max_demand = 0}, "max_demand is 0, must be at least 1"},
      {{.max_demand = 10, .min_demand = -1}, "min_demand is -1, must be at least 0"},
      {{.max_demand = 10, .min_demand = 10}, "min_demand is 10, must be less than max_demand (10)"},
      {{.max_demand = 200, .min_demand = 500},
       "min_demand is 500, must be less than max_demand (200)"},
  };
  for (const auto& [options, complaint] : table) {
    here.lines.clear();

    const auto outcome = *here.sim.run_until(subscribe(to, from, options));

    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, errc::invalid_argument);
    EXPECT_NE(outcome.error().message.find(complaint), std::string::npos)
        << outcome.error().message;
    EXPECT_EQ(here.lines, (journal{"error " + outcome.error().message}));
  }
  EXPECT_TRUE(here.is_alive(to));
  EXPECT_EQ(down, journal{});
  EXPECT_EQ(up, journal{});
}

TEST_F(subscription_sim_test, the_least_options_that_are_allowed_work) {
  const auto from = here.start<counter>(&up, 2);
  const auto to = here.start<sink>(&down);

  here.join(to, from, {.max_demand = 1});
  here.sim.settle();

  EXPECT_EQ(down, (journal{"joins producer", "0..0 (1)", "1..1 (1)"}));
}

// G-053
TEST_F(subscription_sim_test, options_are_checked_before_the_name_is_looked_up) {
  const auto to = here.start<sink>(&down);

  const auto outcome =
      here.request(to.process(), {.producer_name = "nobody", .options = {.max_demand = 0}});

  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, errc::invalid_argument);
  EXPECT_TRUE(here.is_alive(to));
}

// G-056, G-057
TEST_F(subscription_sim_test, a_name_that_nobody_has_stops_the_consumer_unless_it_is_temporary) {
  const std::vector<std::pair<cancel_mode, std::string>> table{
      {cancel_mode::permanent, "noproc"},
      {cancel_mode::transient, "noproc"},
      {cancel_mode::temporary, "alive"},
  };
  for (const auto& [mode, fate] : table) {
    journal seen;
    const auto to = here.start<sink>(&seen);
    auto end = here.watch(to);
    here.lines.clear();

    const auto outcome =
        here.request(to.process(), {.producer_name = "nobody", .options = {.cancel = mode}});

    EXPECT_TRUE(outcome.has_value());
    EXPECT_EQ(here.fate(end), fate);
    EXPECT_EQ(std::ranges::count(seen, "joins producer"), 0);
    if (mode != cancel_mode::temporary) {
      ASSERT_FALSE(here.lines.empty());
      EXPECT_EQ(here.lines.front(), "error is not able to subscribe to nobody: it is not alive");
    }
  }
}

// G-003, G-058
TEST_F(subscription_sim_test, a_dead_producer_is_noticed_by_its_down) {
  const std::vector<std::pair<cancel_mode, std::string>> table{
      {cancel_mode::permanent, "noproc"},
      {cancel_mode::transient, "noproc"},
      {cancel_mode::temporary, "alive"},
  };
  const auto from = here.start<source>(&up);
  here.kill(from);
  for (const auto& [mode, fate] : table) {
    journal seen;
    const auto to = here.start<sink>(&seen);
    auto end = here.watch(to);

    here.join(to, from, {.cancel = mode});

    EXPECT_EQ(here.fate(end), fate);
    ASSERT_GE(seen.size(), 2U);
    EXPECT_EQ(seen[0], "joins producer");
    EXPECT_EQ(seen[1], "producer gone: down noproc");
  }
}

// G-056
TEST_F(subscription_sim_test, a_start_with_a_name_that_nobody_has_fails_with_noproc) {
  const auto failure = here.start_with<sink>({{.producer_name = "nobody"}}, &down);

  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(*failure, exit_reason::noproc());
  EXPECT_EQ(down, journal{});
}

// G-057
TEST_F(subscription_sim_test, a_start_with_a_temporary_name_that_nobody_has_succeeds) {
  const auto failure = here.start_with<sink>(
      {{.producer_name = "nobody", .options = {.cancel = cancel_mode::temporary}}}, &down);

  EXPECT_EQ(failure, std::nullopt);
}

// G-058
TEST_F(subscription_sim_test, a_start_with_a_dead_producer_succeeds_and_stops_later) {
  const auto from = here.start<source>(&up);
  here.kill(from);

  const auto failure = here.start_with<sink>({{.producer = from.process()}}, &down);
  here.sim.settle();

  EXPECT_EQ(failure, std::nullopt);
  EXPECT_EQ(down, (journal{"joins producer", "producer gone: down noproc", "terminate noproc"}));
}

// A departure from G-054, where the original starts without the subscription: a stage that is wired
// wrongly is a mistake in the program, and its supervisor should hear of it.
TEST_F(subscription_sim_test, a_start_with_bad_options_fails_and_says_why) {
  const auto from = here.start<source>(&up);

  const auto failure =
      here.start_with<sink>({{.producer = from.process(), .options = {.max_demand = 0}}}, &down);

  ASSERT_TRUE(failure.has_value());
  EXPECT_NE(to_string(*failure).find("max_demand is 0, must be at least 1"), std::string::npos);
}

// G-062, G-064
TEST_F(subscription_sim_test, a_start_subscribes_in_order_and_ends_at_the_first_that_stops_it) {
  const auto first = here.start<source>(&up);
  journal second_seen;
  const auto second = here.start<source>(&second_seen);

  const auto failure =
      here.start_with<sink>({{.producer = first.process()}, {.producer = second.process()}}, &down,
                            sink_rules{.stop_when_joining = exit_reason::user("no thanks")});
  here.sim.settle();

  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(*failure, exit_reason::user("no thanks"));
  // The producer may be too late to learn why.
  ASSERT_EQ(up.size(), 2U);
  EXPECT_TRUE(up[1].starts_with("consumer gone: down "));
  EXPECT_EQ(second_seen, journal{});
}

// G-062
TEST_F(subscription_sim_test, a_consumer_that_stops_while_joining_fails_the_request) {
  const auto from = here.start<source>(&up);
  const auto to =
      here.start<sink>(&down, sink_rules{.stop_when_joining = exit_reason::user("no thanks")});
  auto end = here.watch(to);

  const auto outcome = *here.sim.run_until(subscribe(to, from));

  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, errc::process_ended);
  EXPECT_EQ(here.fate(end), "no thanks");
  ASSERT_EQ(up.size(), 2U);
  EXPECT_TRUE(up[1].starts_with("consumer gone: down "));
}

// G-061, G-128
TEST_F(subscription_sim_test, a_manual_subscription_asks_only_when_the_stage_does) {
  const auto from = here.start<counter>(&up);
  const auto to = here.start<sink>(&down, sink_rules{.mode = subscription_mode::manual});
  here.join(to, from, {.max_demand = 4});
  here.sim.settle();
  EXPECT_EQ(up, journal{});

  cast(to, ask_for{10});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 10"}));
  EXPECT_EQ(down, (journal{"joins producer", "0..9 (10)"}));
}

// G-061
TEST_F(subscription_sim_test, a_stage_may_ask_while_it_joins) {
  const auto from = here.start<counter>(&up);
  const auto to =
      here.start<sink>(&down, sink_rules{.mode = subscription_mode::manual, .first_ask = 3});

  here.join(to, from);
  here.sim.settle();

  EXPECT_EQ(down, (journal{"joins producer", "0..2 (3)"}));
}

// G-065, G-132
TEST_F(subscription_sim_test, two_subscriptions_to_one_producer_are_accounted_apart) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);

  const unique_id first = here.join(to, from, {.max_demand = 2, .cancel = cancel_mode::temporary});
  const unique_id second = here.join(to, from, {.max_demand = 3, .cancel = cancel_mode::temporary});
  cancel(from, first, exit_reason::normal());
  here.sim.settle();
  cast(from, emit{sequence(0, 3)});
  here.sim.settle();

  EXPECT_NE(first, second);
  EXPECT_EQ(down, (journal{"joins producer", "joins producer", "producer gone: cancel normal",
                           "0..1 (2)", "2..2 (1)"}));
}

// G-094
TEST_F(subscription_sim_test, a_producer_that_answers_manual_towards_a_consumer_ends) {
  const auto from = here.start<source>(&up, buffer_options{}, subscription_mode::manual);
  const auto to = here.start<sink>(&down);
  auto end = here.watch(from);

  here.join(to, from, {.cancel = cancel_mode::temporary});

  EXPECT_NE(here.fate(end).find("bad_return_value"), std::string::npos);
}

// G-109 to G-113
TEST_F(subscription_sim_test, a_cancel_ends_the_consumer_as_its_mode_says_with_that_reason) {
  const std::vector<exit_reason> orderly{exit_reason::normal(), exit_reason::shutdown(),
                                         exit_reason::shutdown("drained")};
  const std::vector<exit_reason> abnormal{exit_reason::user("tired"), exit_reason::killed(),
                                          exit_reason::noproc()};
  const auto check = [&](cancel_mode mode, const exit_reason& reason, bool stops) {
    world fresh;
    journal seen;
    const auto from = fresh.start<source>(&up);
    const auto to = fresh.start<sink>(&seen);
    auto end = fresh.watch(to);
    const unique_id tag = fresh.join(to, from, {.cancel = mode});

    cancel(from, tag, reason);

    EXPECT_EQ(fresh.fate(end), stops ? to_string(reason) : "alive") << to_string(reason);
    ASSERT_GE(seen.size(), 2U);
    EXPECT_EQ(seen[1], "producer gone: cancel " + to_string(reason));
    EXPECT_EQ(seen.size(), stops ? 3U : 2U);
    const bool is_said = std::ranges::any_of(fresh.lines, [&](const std::string& line) {
      return line.starts_with("info stops after a cancel from producer ") &&
             line.ends_with("with reason " + to_string(reason));
    });
    EXPECT_EQ(is_said, stops);
    EXPECT_TRUE(fresh.is_alive(from));
  };
  for (const exit_reason& reason : orderly) {
    check(cancel_mode::permanent, reason, true);
    check(cancel_mode::transient, reason, false);
    check(cancel_mode::temporary, reason, false);
  }
  for (const exit_reason& reason : abnormal) {
    check(cancel_mode::permanent, reason, true);
    check(cancel_mode::transient, reason, true);
    check(cancel_mode::temporary, reason, false);
  }
}

// G-109 to G-112, G-324
TEST_F(subscription_sim_test, the_end_of_a_producer_ends_the_consumer_as_its_mode_says) {
  const std::vector<exit_reason> reasons{exit_reason::normal(), exit_reason::shutdown(),
                                         exit_reason::user("tired")};
  for (const exit_reason& reason : reasons) {
    for (const auto mode :
         {cancel_mode::permanent, cancel_mode::transient, cancel_mode::temporary}) {
      const bool stops = mode == cancel_mode::permanent ||
                         (mode == cancel_mode::transient && !reason.is_orderly());
      world fresh;
      journal seen;
      const auto from = fresh.start<source>(&up);
      const auto to = fresh.start<sink>(&seen);
      auto end = fresh.watch(to);
      fresh.join(to, from, {.cancel = mode});

      cast(from, leave{reason});

      EXPECT_EQ(fresh.fate(end), stops ? to_string(reason) : "alive") << to_string(reason);
      ASSERT_GE(seen.size(), 2U);
      EXPECT_EQ(seen[1], "producer gone: down " + to_string(reason));
    }
  }
}

// G-108
TEST_F(subscription_sim_test, one_end_is_told_once_when_cancel_and_down_race) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    world fresh{seed};
    journal producer_seen;
    journal consumer_seen;
    const auto from = fresh.start<source>(&producer_seen);
    const auto to = fresh.start<sink>(&consumer_seen);
    const unique_id tag = fresh.join(to, from, {.cancel = cancel_mode::temporary});

    cancel(from, tag, exit_reason::normal());
    if (seed % 2 == 0) cast(from, leave{exit_reason::normal()});
    if (seed % 3 == 0) cast(to, leave{exit_reason::normal()});
    fresh.sim.settle();

    const auto is_end = [](const std::string& line) { return line.find("gone") != line.npos; };
    ASSERT_LE(std::ranges::count_if(consumer_seen, is_end), 1) << seed;
    ASSERT_EQ(std::ranges::count_if(producer_seen, is_end), 1) << seed;
    if (seed % 3 != 0) {
      ASSERT_EQ(std::ranges::count_if(consumer_seen, is_end), 1) << seed;
    }
  }
}

// G-115
TEST_F(subscription_sim_test, a_stop_in_handle_cancel_decides_over_the_mode) {
  for (const auto mode : {cancel_mode::permanent, cancel_mode::transient, cancel_mode::temporary}) {
    journal seen;
    const auto from = here.start<source>(&up);
    const auto to =
        here.start<sink>(&seen, sink_rules{.stop_when_cancelled = exit_reason::user("my own")});
    auto end = here.watch(to);
    const unique_id tag = here.join(to, from, {.cancel = mode});

    cancel(from, tag, exit_reason::user("tired"));

    EXPECT_EQ(here.fate(end), "my own");
  }
}

// G-091
TEST_F(subscription_sim_test, events_on_the_way_when_a_cancel_is_wished_are_still_handled) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);
  const unique_id tag = here.join(to, from, {.max_demand = 8, .cancel = cancel_mode::temporary});
  here.sim.settle();

  cast(from, emit{sequence(0, 2)});
  cancel(from, tag, exit_reason::normal());
  cast(from, emit{sequence(2, 2)});
  here.sim.settle();

  EXPECT_EQ(down, (journal{"joins producer", "0..1 (2)", "producer gone: cancel normal"}));
}

// G-118
TEST_F(subscription_sim_test, a_temporary_consumer_without_subscriptions_takes_a_new_one) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);
  const subscription_options options{.max_demand = 8, .cancel = cancel_mode::temporary};
  cancel(from, here.join(to, from, options), exit_reason::normal());
  here.sim.settle();

  here.join(to, from, options);
  cast(from, emit{sequence(0, 2)});
  here.sim.settle();

  EXPECT_EQ(down, (journal{"joins producer", "producer gone: cancel normal", "joins producer",
                           "0..1 (2)"}));
}

// G-105, G-108
TEST_F(subscription_sim_test, a_producer_hears_of_a_consumers_death_once_and_lives_on) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);
  here.join(to, from, {.max_demand = 5});
  here.sim.settle();

  here.kill(to);

  EXPECT_EQ(up, (journal{"joined by consumer", "demand 5", "consumer gone: down killed"}));
  EXPECT_TRUE(here.is_alive(from));
}

// G-109, G-325
TEST_F(subscription_sim_test, a_crash_of_the_first_stage_takes_permanent_ones_along) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);
  auto end = here.watch(to);
  here.join(to, from);

  cast(from, leave{exit_reason::normal()});

  EXPECT_EQ(here.fate(end), "normal");
  EXPECT_EQ(down, (journal{"joins producer", "producer gone: down normal", "terminate normal"}));
}

}  // namespace
}  // namespace genstage
