#include <gtest/gtest.h>

#include <genstage/stage/operations.hpp>
#include <genstage/stage/range_producer.hpp>
#include <genstage/stage/reactive_streams/peers_test.hpp>
#include <random>
#include <ranges>
#include <vector>

// Stages as Publishers, and what stands between as Processors: the rules of Reactive Streams 1.1 to
// 1.11, those of 3 that are the Publisher's, and 4. A rule holds for each kind of stage that emits.
namespace genstage {
namespace {

using namespace reactive;
using conversation::leave;
using conversation::sequence;

const subscription_options alone{.cancel = cancel_mode::temporary, .partition = 0};

auto all_to_one() {
  return partition_dispatcher{{.partitions = 1}, [](std::int64_t) { return 0; }};
}

template <class Dispatcher>
process_ref start_numbers(world& here, publishing how, Dispatcher dispatcher) {
  return here.start<numbers_from<Dispatcher>>(how, std::move(dispatcher)).process();
}

/// Each kind of stage that emits.
struct publisher_kind {
  const char* name;
  std::function<process_ref(world&, publishing)> start;
};
const std::vector<publisher_kind>& all_kinds() {
  static const std::vector<publisher_kind> all{
      {"demand dispatcher",
       [](world& here, publishing how) { return start_numbers(here, how, demand_dispatcher{}); }},
      {"broadcast dispatcher",
       [](world& here, publishing how) {
         return start_numbers(here, how, broadcast_dispatcher{});
       }},
      {"partition dispatcher",
       [](world& here, publishing how) { return start_numbers(here, how, all_to_one()); }},
      {"producer_consumer",
       [](world& here, publishing how) {
         const auto from = here.start<numbers_from<demand_dispatcher>>(how, demand_dispatcher{});
         const auto between = here.start<middle<>>();
         here.join(between, from, {.max_demand = 4});
         return between.process();
       }},
  };
  return all;
}

// RS-1.1, RS-1.3, RS-1.7, RS-3.8, RS-4.1: at no instant more than was asked for, and never two
// signals at once or one after the end, whatever the order in which requests and events travel.
TEST(publisher_sim_test, no_more_is_delivered_than_was_requested_and_all_of_it_in_order) {
  for (const publisher_kind& kind : all_kinds()) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      world here{seed};
      std::mt19937_64 dice{seed};
      const subscriber to{here, kind.start(here, {.end = 50}), alone};
      for (int round = 0; round < 200; ++round) {
        to.request(static_cast<std::int64_t>(dice() % 8));
        if (dice() % 3 == 0) here.sim.settle();
      }
      here.sim.settle();

      ASSERT_FALSE(to.seen().broke_a_rule) << kind.name << ", seed " << seed;
      ASSERT_EQ(to.got(), sequence(0, 50)) << kind.name << ", seed " << seed;
      ASSERT_EQ(to.signals().back(), "onComplete") << kind.name << ", seed " << seed;
    }
  }
}

// RS-1.2
TEST(publisher_sim_test, it_may_deliver_less_than_was_requested_and_complete) {
  for (const publisher_kind& kind : all_kinds()) {
    world here;
    const subscriber to{here, kind.start(here, {.end = 3}), alone};

    to.request(10);
    here.sim.settle();

    EXPECT_EQ(to.got(), sequence(0, 3)) << kind.name;
    EXPECT_EQ(to.signals().back(), "onComplete") << kind.name;
  }
}

// RS-1.4, RS-4.2+
TEST(publisher_sim_test, a_failure_is_told_to_every_subscriber) {
  for (const publisher_kind& kind : all_kinds()) {
    world here;
    const process_ref from = kind.start(here, {.breaks_at = 6});
    const subscriber asking{here, from, alone};
    const subscriber idle{here, from, alone};
    here.sim.settle();

    asking.request(10);
    if (kind.name == std::string{"broadcast dispatcher"}) idle.request(10);
    here.sim.settle();

    for (const subscriber* each : {&asking, &idle}) {
      ASSERT_FALSE(each->signals().empty()) << kind.name;
      EXPECT_EQ(each->signals().back(),
                "onError error (std::runtime_error: broken) in handle_demand")
          << kind.name;
    }
  }
}

// RS-1.5, RS-2.9: with elements or without, asked or not.
TEST(publisher_sim_test, an_orderly_end_is_told_even_if_nothing_was_requested) {
  world here;
  const auto from = here.start<numbers_from<demand_dispatcher>>(publishing{}, demand_dispatcher{});
  const subscriber to{here, from.process()};

  cast(from, leave{exit_reason::normal()});
  here.sim.settle();

  EXPECT_EQ(to.signals(), (journal{"onComplete"}));
}

// RS-1.5: GenStage's rule G-338 decides when the end of a range is noticed: when somebody asks.
TEST(publisher_sim_test, an_empty_range_completes_when_something_is_requested) {
  world here;
  const subscriber to{here, from_range(here.sim.home(), numbers{})->process()};
  here.sim.settle();
  EXPECT_EQ(to.signals(), journal{});

  to.request(1);
  here.sim.settle();

  EXPECT_EQ(to.signals(), (journal{"onComplete"}));
}

// RS-1.6, RS-1.7, RS-3.6, RS-3.7
TEST(publisher_sim_test, what_is_requested_after_the_end_changes_nothing) {
  for (const publisher_kind& kind : all_kinds()) {
    world here;
    journal seen;
    const process_ref from = kind.start(here, {.seen = &seen});
    const subscriber to{here, from, alone};
    to.request(1);
    here.sim.settle();
    to.cancel();
    here.sim.settle();
    const journal before = seen;

    to.request(5);
    to.cancel();
    here.sim.settle();

    EXPECT_EQ(to.got(), sequence(0, 1)) << kind.name;
    EXPECT_EQ(to.signals().back(), "confirmed") << kind.name;
    EXPECT_EQ(seen, before) << kind.name;
    EXPECT_TRUE(here.sim.home().find(from.id())) << kind.name;
  }
}

// RS-1.8, RS-3.12: at most what was requested before still comes, and then nothing.
TEST(publisher_sim_test, after_a_cancel_nothing_comes_but_what_was_on_its_way) {
  for (const publisher_kind& kind : all_kinds()) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      world here{seed};
      const subscriber to{here, kind.start(here, {}), alone};
      to.request(3);
      to.request(4);

      to.cancel();
      here.sim.settle();

      ASSERT_FALSE(to.seen().broke_a_rule) << kind.name << ", seed " << seed;
      ASSERT_LE(to.got().size(), 7U) << kind.name << ", seed " << seed;
      ASSERT_EQ(to.signals().back(), "confirmed") << kind.name << ", seed " << seed;
    }
  }
}

// RS-1.9: refusing is a signal to the one who asked, and harms nobody.
TEST(publisher_sim_test, a_refused_subscriber_gets_an_error_and_nobody_else_anything) {
  world here;
  const process_ref parted = start_numbers(here, {}, all_to_one());
  const subscriber lost{here, parted, {.partition = 7}};
  const process_ref dead = start_numbers(here, {}, demand_dispatcher{});
  here.kill(ref<conversation::source>{dead});
  const subscriber late{here, dead};
  const subscriber to{here, parted, alone};
  to.request(1);
  here.sim.settle();

  EXPECT_EQ(lost.signals().size(), 1U);
  EXPECT_TRUE(lost.signals().front().starts_with("onError subscription subscriber -> "));
  EXPECT_EQ(late.signals(), (journal{"onError noproc"}));
  EXPECT_EQ(to.got(), sequence(0, 1));
}

// RS-1.10
TEST(publisher_sim_test, a_process_subscribes_several_times_as_distinct_subscriptions) {
  world here;
  journal up;
  journal down;
  const auto from =
      here.start<numbers_from<demand_dispatcher>>(publishing{.seen = &up}, demand_dispatcher{});
  const auto to = here.start<conversation::sink>(
      &down, conversation::sink_rules{.mode = subscription_mode::manual, .first_ask = 2});

  const unique_id first = here.join(to, from, {.max_demand = 10});
  const unique_id second = here.join(to, from, {.max_demand = 10});
  here.sim.settle();

  EXPECT_NE(first, second);
  EXPECT_EQ(up, (journal{"demand 2", "demand 2"}));
  EXPECT_EQ(std::ranges::count(down, "joins producer"), 2);
}

// RS-1.11
TEST(publisher_sim_test, a_broadcast_gives_all_the_same_from_when_each_has_joined) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    world here{seed};
    std::mt19937_64 dice{seed};
    const process_ref from = start_numbers(here, {.end = 60}, broadcast_dispatcher{});
    std::vector<subscriber> all;
    for (int round = 0; round < 200; ++round) {
      if (round % 10 == 0 && all.size() < 4) all.emplace_back(here, from);
      for (const subscriber& each : all) each.request(static_cast<std::int64_t>(dice() % 3));
      if (dice() % 2 == 0) here.sim.settle();
    }
    here.sim.settle();

    for (const subscriber& each : all) {
      ASSERT_FALSE(each.seen().broke_a_rule) << "seed " << seed;
      if (each.got().empty()) continue;
      const auto first = each.got().front();
      ASSERT_EQ(each.got(), sequence(first, 60 - first)) << "seed " << seed;
    }
    ASSERT_EQ(all.front().got(), sequence(0, 60)) << "seed " << seed;
  }
}

// RS-2.5, RS-2.12: for the one who sends the handshake.
TEST(publisher_sim_test, a_second_handshake_for_a_subscription_is_refused) {
  for (const publisher_kind& kind : all_kinds()) {
    world here;
    journal seen;
    const subscriber to{here, kind.start(here, {.seen = &seen}), alone};
    here.sim.settle();

    to.shake_hands(alone);
    here.sim.settle();

    EXPECT_EQ(to.signals(), (journal{"onError duplicated_subscription"})) << kind.name;
  }
}

// RS-3.2, RS-3.3, RS-3.10: a request from inside onNext works, and is answered later.
TEST(publisher_sim_test, a_subscriber_may_request_while_it_is_given_something) {
  for (const publisher_kind& kind : all_kinds()) {
    world here;
    const subscriber to{here, kind.start(here, {.end = 20}), alone};
    to.seen().on_next = [&] {
      const std::size_t before = to.got().size();
      to.request(1);
      EXPECT_EQ(to.got().size(), before);
    };

    to.request(1);
    here.sim.settle();

    EXPECT_EQ(to.got(), sequence(0, 20)) << kind.name;
    EXPECT_FALSE(to.seen().broke_a_rule) << kind.name;
  }
}

// RS-3.4, RS-3.5, RS-3.11, RS-3.15, RS-3.16: they are messages, to the living and to the dead.
TEST(publisher_sim_test, a_request_and_a_cancel_only_send) {
  world here;
  journal seen;
  const auto from =
      here.start<numbers_from<demand_dispatcher>>(publishing{.seen = &seen}, demand_dispatcher{});
  const subscriber to{here, from.process()};
  here.sim.settle();

  to.request(3);
  to.cancel();
  to.cancel();
  EXPECT_EQ(seen, journal{}) << "nothing has run yet";
  here.sim.settle();
  EXPECT_EQ(seen, (journal{"demand 3", "consumer gone: cancel normal"}));

  here.kill(from);
  EXPECT_NO_THROW(to.request(1));
  EXPECT_NO_THROW(to.cancel());
  here.sim.settle();
  EXPECT_EQ(to.signals().back(), "confirmed");
}

// RS-3.9: nothing is no request, and less than nothing is an error of whoever says it.
TEST(publisher_sim_test, a_request_for_nothing_is_none) {
  world here;
  journal seen;
  const subscriber to{here, start_numbers(here, {.seen = &seen}, demand_dispatcher{})};

  to.request(0);
  EXPECT_THROW(to.request(-5), std::invalid_argument);
  here.sim.settle();

  EXPECT_EQ(seen, journal{});
  EXPECT_EQ(to.signals(), journal{});
}

// RS-3.13
TEST(publisher_sim_test, a_cancelled_subscriber_is_forgotten) {
  for (const publisher_kind& kind : all_kinds()) {
    world here;
    const auto owned = std::make_shared<int>(1);
    subscription_options options = alone;
    options.user = owned;
    const subscriber to{here, kind.start(here, {}), options};
    options = {};
    to.request(2);
    here.sim.settle();

    to.cancel();
    here.sim.settle();

    EXPECT_EQ(owned.use_count(), 1) << kind.name << " keeps what came with the subscription";
  }
}

// RS-3.14
TEST(publisher_sim_test, the_last_cancel_may_end_the_publisher) {
  world here;
  const auto from = *from_range(here.sim.home(), std::views::iota(std::int64_t{0}),
                                range_options{.on_cancel = on_last_cancel::stop});
  const subscriber first{here, from.process()};
  const subscriber second{here, from.process()};
  here.sim.settle();

  first.cancel();
  EXPECT_TRUE(here.is_alive(from));
  second.cancel();

  EXPECT_FALSE(here.is_alive(from));
}

// RS-3.17: whatever is added to the largest demand, it stays that.
TEST(publisher_sim_test, requests_beyond_all_bounds_mean_no_bound) {
  for (const publisher_kind& kind : all_kinds()) {
    world here;
    const process_ref from = kind.start(here, {.end = 30});
    const subscriber leaver{here, from, alone};
    const subscriber to{here, from, alone};
    for (int round = 0; round < 3; ++round) {
      leaver.request(INT64_MAX);
      to.request(INT64_MAX);
    }
    leaver.cancel();
    here.sim.settle();

    EXPECT_FALSE(to.seen().broke_a_rule) << kind.name;
    EXPECT_EQ(to.signals().back(), "onComplete") << kind.name;
    if (kind.name != std::string{"broadcast dispatcher"}) continue;
    EXPECT_EQ(to.got(), sequence(0, 30));
  }
}

// RS-3.17: who has asked for all goes on getting it when another one who did so leaves.
TEST(publisher_sim_test, one_of_two_with_unbounded_demand_leaves_the_other_its_own) {
  world here;
  journal up;
  const auto from = here.start<conversation::source>(&up);
  const subscriber leaver{here, from.process()};
  const subscriber to{here, from.process()};
  leaver.request(INT64_MAX);
  to.request(INT64_MAX);
  here.sim.settle();

  leaver.cancel();
  here.sim.settle();
  cast(from, conversation::emit{sequence(0, 5)});
  here.sim.settle();

  EXPECT_EQ(to.got(), sequence(0, 5));
}

// RS-4.2: what a stage between does about an error is its cancel mode: it passes on its own end,
// or it absorbs the error, which has ended the subscription.
TEST(publisher_sim_test, a_stage_between_passes_an_error_on_or_absorbs_it) {
  for (const cancel_mode mode : {cancel_mode::permanent, cancel_mode::temporary}) {
    world here;
    const publisher from{here};
    const auto between = here.start<middle<>>();
    here.join(between, from.as_producer(), {.max_demand = 4, .cancel = mode});
    const subscriber to{here, between.process()};
    to.request(10);
    here.sim.settle();
    from.next(0, 2);

    from.fail();
    here.sim.settle();

    EXPECT_EQ(to.got(), sequence(0, 2)) << "what came before the error is passed on first";
    EXPECT_EQ(to.seen().has_ended(), mode == cancel_mode::permanent);
    EXPECT_EQ(here.is_alive(between), mode == cancel_mode::temporary);
  }
}

// RS-4.2+: a request that others held up is remembered, and forwarded when it can be.
TEST(publisher_sim_test, what_was_requested_long_ago_is_requested_upstream_when_it_can_be) {
  world here;
  const publisher from{here};
  const auto between = here.start<middle<broadcast_dispatcher>>();
  here.join(between, from.as_producer(), {.max_demand = 4, .min_demand = 2});
  const subscriber early{here, between.process()};
  const subscriber late{here, between.process()};
  early.request(20);
  here.sim.settle();
  from.next(0, 4);
  here.sim.settle();
  ASSERT_EQ(from.seen(), (journal{"subscribe", "request 4"})) << "the other has asked for nothing";
  ASSERT_TRUE(early.got().empty());

  late.request(1);
  here.sim.settle();
  EXPECT_EQ(early.got(), sequence(0, 1));
  EXPECT_EQ(late.got(), sequence(0, 1));
  late.cancel();
  here.sim.settle();

  EXPECT_EQ(early.got(), sequence(0, 4));
  EXPECT_EQ(from.requested(), demand{8}) << "all of the first four have been handled";
}

}  // namespace
}  // namespace genstage
