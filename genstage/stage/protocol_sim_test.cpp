#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/process/server.hpp>
#include <genstage/stage/conversation_test.hpp>

// Single messages, right and wrong ones, from a peer that speaks by hand; section 5 of the
// specification.
namespace genstage {
namespace {

using namespace conversation;

class doubler final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    for (const std::int64_t event : events) out.emit(2 * event);
  }
};

class text_source final : public producer<std::string> {
 public:
  void handle_demand(demand asked, output<std::string>& out) override {
    for (std::uint64_t left = asked.count(); left > 0; --left) out.emit("x");
  }
};

class protocol_sim_test : public ::testing::Test {
 protected:
  void send_subscribe(const process_ref& to, unique_id tag, subscription_options options = {}) {
    to.send(std::make_unique<subscribe_message>(subscription{tag, peer},
                                                event_type::of<std::int64_t>(), options, "probe"));
  }
  void send_ask(const process_ref& to, unique_id tag, std::int64_t count) {
    auto asked = std::make_unique<batch_message<std::int64_t>>(message_kind::ask, tag, peer.id());
    asked->asked = demand{count};
    to.send(std::move(asked));
  }
  void send_events(const process_ref& to, unique_id tag, const numbers& events) {
    auto sent = std::make_unique<batch_message<std::int64_t>>(message_kind::events, tag, peer.id());
    sent->events.append(events);
    to.send(std::move(sent));
  }
  void send_end(message_kind kind, const process_ref& to, unique_id tag, exit_reason reason) {
    to.send(std::make_unique<cancel_message>(kind, tag, std::move(reason)));
  }
  unique_id fresh_tag() { return here.sim.home().mint(); }
  /// A consumer whose producer is the probe.
  unique_id subscribe_to_probe(const process_ref& consumer, subscription_options options) {
    return *here.request(consumer, {.producer = peer, .options = options});
  }

  world here;
  journal got;
  process_ref peer = here.start_probe(got);
  journal seen;
};

// G-076
TEST_F(protocol_sim_test, an_ask_right_behind_the_subscription_is_served) {
  const auto from = here.start<counter>();
  const unique_id tag = fresh_tag();

  send_subscribe(from.process(), tag);
  send_ask(from.process(), tag, 3);
  here.sim.settle();

  EXPECT_EQ(got, (journal{"events 0..2 (3)"}));
}

// G-077
TEST_F(protocol_sim_test, a_duplicated_subscription_is_refused_and_the_first_goes_on) {
  const auto from = here.start<source>(&seen);
  const unique_id tag = fresh_tag();
  send_subscribe(from.process(), tag);

  send_subscribe(from.process(), tag);
  send_ask(from.process(), tag, 3);
  cast(from, emit{sequence(0, 3)});
  here.sim.settle();

  EXPECT_EQ(got, (journal{"cancelled duplicated_subscription", "events 0..2 (3)"}));
  EXPECT_EQ(seen, (journal{"joined by consumer", "demand 3"}));
  EXPECT_EQ(here.lines, (journal{"error received a duplicated subscription from probe; refused"}));
}

// G-079
TEST_F(protocol_sim_test, an_ask_on_an_unknown_tag_is_answered_with_a_cancel) {
  const auto from = here.start<source>(&seen);

  send_ask(from.process(), fresh_tag(), 3);
  here.sim.settle();

  EXPECT_EQ(got, (journal{"cancelled unknown_subscription"}));
  EXPECT_EQ(seen, journal{});
  EXPECT_EQ(here.lines, journal{});
}

// G-079, G-089: a producer takes the asks of its only consumer by a shorter way, which these must
// not go.
TEST_F(protocol_sim_test, what_is_no_ask_of_a_conversation_is_none_in_its_midst_either) {
  const auto from = here.start<counter>(&seen);
  const unique_id tag = fresh_tag();
  send_subscribe(from.process(), tag);
  for (int turn = 0; turn < 3; ++turn) send_ask(from.process(), tag, 2);
  here.sim.settle();
  got.clear();
  seen.clear();

  send_ask(from.process(), tag, 0);
  send_ask(from.process(), fresh_tag(), 1);
  send_ask(from.process(), tag, 1);
  send_end(message_kind::cancel, from.process(), tag, exit_reason::normal());
  send_ask(from.process(), tag, 2);
  here.sim.settle();

  EXPECT_EQ(seen, journal{"demand 1"});
  EXPECT_EQ(got, (journal{"cancelled unknown_subscription", "events 6..6 (1)", "cancelled normal",
                          "cancelled unknown_subscription"}));
}

// G-080
TEST_F(protocol_sim_test, a_cancel_is_confirmed_to_the_registered_consumer_whoever_wished_it) {
  const auto from = here.start<source>(&seen);
  const auto to = here.start<sink>(&seen);
  const unique_id tag = here.join(to, from, {.cancel = cancel_mode::temporary});
  here.sim.settle();
  seen.clear();

  send_end(message_kind::cancel, from.process(), tag, exit_reason::user("stranger"));
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"consumer gone: cancel stranger", "producer gone: cancel stranger"}));
  EXPECT_EQ(got, journal{});
}

// G-081, G-084
TEST_F(protocol_sim_test, cancels_of_unknown_tags_are_ignored_in_both_directions) {
  const auto from = here.start<source>(&seen);
  const auto to = here.start<sink>(&seen);

  send_end(message_kind::cancel, from.process(), fresh_tag(), exit_reason::normal());
  send_end(message_kind::cancelled, to.process(), fresh_tag(), exit_reason::normal());
  here.sim.settle();

  EXPECT_EQ(seen, journal{});
  EXPECT_EQ(got, journal{});
  EXPECT_EQ(here.lines, journal{});
}

// G-083
TEST_F(protocol_sim_test, events_for_an_unknown_tag_are_refused_without_a_callback) {
  const auto to = here.start<sink>(&seen);

  send_events(to.process(), fresh_tag(), {1, 2});
  here.sim.settle();

  EXPECT_EQ(seen, journal{});
  EXPECT_EQ(got, (journal{"cancel unknown_subscription"}));
}

// G-117
TEST_F(protocol_sim_test, events_that_come_after_the_end_are_refused) {
  const auto to = here.start<sink>(&seen);
  const unique_id tag =
      subscribe_to_probe(to.process(), {.max_demand = 4, .cancel = cancel_mode::temporary});
  send_end(message_kind::cancelled, to.process(), tag, exit_reason::normal());

  send_events(to.process(), tag, {1, 2});
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"joins producer", "producer gone: cancel normal"}));
  EXPECT_EQ(got, (journal{"subscribe", "ask 4", "cancel unknown_subscription"}));
}

// G-079
TEST_F(protocol_sim_test, an_ask_after_the_end_is_refused) {
  const auto from = here.start<source>(&seen);
  const unique_id tag = fresh_tag();
  send_subscribe(from.process(), tag);
  send_end(message_kind::cancel, from.process(), tag, exit_reason::normal());

  send_ask(from.process(), tag, 1);
  here.sim.settle();

  EXPECT_EQ(got, (journal{"cancelled normal", "cancelled unknown_subscription"}));
}

// G-067, G-085
TEST_F(protocol_sim_test, a_consumer_refuses_what_only_producers_understand) {
  const auto to = here.start<sink>(&seen);

  send_subscribe(to.process(), fresh_tag());
  send_ask(to.process(), fresh_tag(), 1);
  send_end(message_kind::cancel, to.process(), fresh_tag(), exit_reason::normal());
  here.sim.settle();

  EXPECT_EQ(seen, journal{});
  EXPECT_EQ(got, (journal{"cancelled not_a_producer"}));
  EXPECT_EQ(here.lines, (journal{"error is a consumer and cannot be subscribed to; refused",
                                 "error received an ask but is a consumer; ignored",
                                 "error received a cancel of a consumer but is a consumer; "
                                 "ignored"}));
}

// G-049, G-086
TEST_F(protocol_sim_test, a_producer_refuses_what_only_consumers_understand) {
  const auto from = here.start<source>(&seen);

  send_events(from.process(), fresh_tag(), {1});
  send_end(message_kind::cancelled, from.process(), fresh_tag(), exit_reason::normal());
  const auto outcome = here.request(from.process(), {.producer = peer});
  here.sim.settle();

  EXPECT_EQ(seen, journal{});
  EXPECT_EQ(got, journal{});
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, errc::invalid_argument);
  EXPECT_EQ(here.lines, (journal{"error received events but is a producer; ignored",
                                 "error received a cancel of a producer but is a producer; "
                                 "ignored",
                                 "error is a producer and cannot be subscribed to another stage"}));
  EXPECT_TRUE(here.is_alive(from));
}

// G-049
TEST_F(protocol_sim_test, a_producer_doesnt_look_at_the_options_of_a_request_that_it_refuses) {
  const auto from = here.start<source>(&seen);

  const auto outcome =
      here.request(from.process(), {.producer = peer, .options = {.max_demand = 0}});

  EXPECT_EQ(outcome.error().message.find("max_demand"), std::string::npos);
}

// G-082
TEST_F(protocol_sim_test, a_producer_consumer_understands_both_sides) {
  const auto middle = here.start<doubler>();
  const unique_id above = subscribe_to_probe(middle.process(), {.max_demand = 4, .min_demand = 0});
  const unique_id below = fresh_tag();
  send_subscribe(middle.process(), below);
  send_ask(middle.process(), below, 10);

  send_events(middle.process(), above, {1, 2, 3, 4});
  here.sim.settle();

  EXPECT_EQ(got, (journal{"subscribe", "ask 4", "events 2..8 (4)", "ask 4"}));
}

TEST_F(protocol_sim_test, a_producer_of_other_events_is_refused_naming_both_types) {
  const auto from = here.start_named<text_source>("texts");

  send_subscribe(from.process(), fresh_tag());
  here.sim.settle();

  ASSERT_EQ(got.size(), 1U);
  EXPECT_TRUE(got[0].starts_with("cancelled subscription probe -> texts: the producer emits "));
  EXPECT_NE(got[0].find("string"), std::string::npos);
  EXPECT_NE(got[0].find("the consumer takes long"), std::string::npos);
}

TEST_F(protocol_sim_test, a_stage_wired_by_name_to_other_events_ends_and_harms_nobody) {
  const auto from = here.start_named<text_source>("texts");
  const auto to = here.start<sink>(&seen);
  auto end = here.watch(to);

  // Behind the wish travels an ask that carries events of the wrong type.
  (void)here.request(to.process(), {.producer_name = "texts"});

  EXPECT_TRUE(here.fate(end).starts_with("subscription ")) << here.fate(end);
  EXPECT_TRUE(here.is_alive(from));
}

// G-089, G-223
TEST_F(protocol_sim_test, an_ask_for_nothing_changes_nothing) {
  const auto from = here.start<source>(&seen);
  const unique_id tag = fresh_tag();
  send_subscribe(from.process(), tag);

  send_ask(from.process(), tag, 0);
  send_ask(from.process(), tag, 5);
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"joined by consumer", "demand 5"}));
  EXPECT_EQ(here.lines, journal{});
}

// G-236
TEST_F(protocol_sim_test, an_ask_larger_than_the_first_is_warned_about_and_honoured) {
  const auto from = here.start<counter>();
  const unique_id tag = fresh_tag();
  send_subscribe(from.process(), tag);

  send_ask(from.process(), tag, 2);
  send_ask(from.process(), tag, 7);
  here.sim.settle();

  EXPECT_EQ(got, (journal{"events 0..1 (2)", "events 2..8 (7)"}));
  EXPECT_EQ(here.lines, (journal{"warning demand_dispatcher: " + to_string(peer.id()) +
                                 " asked for 7 events, at most 2 were expected; honoured"}));
}

// G-092: GenStage calls handle_events([]) of a manual consumer.
TEST_F(protocol_sim_test, a_message_without_events_reaches_no_callback) {
  for (const auto mode : {subscription_mode::automatic, subscription_mode::manual}) {
    journal calls;
    const auto to = here.start<sink>(&calls, sink_rules{.mode = mode});
    const unique_id tag = subscribe_to_probe(to.process(), {.max_demand = 1, .min_demand = 0});

    send_events(to.process(), tag, {});
    here.sim.settle();

    EXPECT_EQ(calls, (journal{"joins producer"}));
  }
}

// The worked example of rule G-127.
TEST_F(protocol_sim_test, events_beyond_what_was_asked_are_handled_reported_and_not_charged) {
  const auto to = here.start<sink>(&seen);
  const unique_id tag = subscribe_to_probe(to.process(), {.max_demand = 4, .min_demand = 2});

  send_events(to.process(), tag, sequence(1, 7));
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"joins producer", "1..2 (2)", "3..4 (2)", "5..6 (2)", "7..7 (1)"}));
  EXPECT_EQ(got, (journal{"subscribe", "ask 4", "ask 2", "ask 2"}));
  ASSERT_EQ(here.lines.size(), 2U);
  EXPECT_TRUE(here.lines[0].starts_with("error received 2 events from "));
  EXPECT_TRUE(here.lines[1].starts_with("error received 1 events from "));
}

// The examples of rules G-125, G-135 and G-136.
TEST_F(protocol_sim_test, an_ask_refills_to_the_maximum_once_the_minimum_is_reached) {
  struct row {
    subscription_options options;
    std::vector<std::int64_t> messages;
    journal asks;
  };
  const std::vector<row> table{
      {{.max_demand = 1000, .min_demand = 750}, {100, 100, 100}, {"ask 1000", "ask 300"}},
      {{.max_demand = 100, .min_demand = 20},
       {100, 80, 100},
       {"ask 100", "ask 80", "ask 100", "ask 80"}},
      {{.max_demand = 1, .min_demand = 0}, {1, 1}, {"ask 1", "ask 1", "ask 1"}},
      {{.max_demand = 3}, {3}, {"ask 3", "ask 2"}},
  };
  for (const row& each : table) {
    got.clear();
    const auto to = here.start<sink>(&seen);
    const unique_id tag = subscribe_to_probe(to.process(), each.options);

    for (const std::int64_t count : each.messages) {
      send_events(to.process(), tag, sequence(0, count));
      here.sim.settle();
    }

    journal expected{"subscribe"};
    expected.insert(expected.end(), each.asks.begin(), each.asks.end());
    EXPECT_EQ(got, expected) << each.options.max_demand;
  }
}

// G-124, G-130
TEST_F(protocol_sim_test, asks_for_handled_batches_leave_before_the_stage_stops_the_others_never) {
  const auto to = here.start<sink>(&seen, sink_rules{.stop_at_call = 2});
  const unique_id tag = subscribe_to_probe(to.process(), {.max_demand = 4, .min_demand = 3});

  send_events(to.process(), tag, sequence(1, 4));
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"joins producer", "1..1 (1)", "2..2 (1)", "terminate enough"}));
  EXPECT_EQ(got, (journal{"subscribe", "ask 4", "ask 1"}));
}

// G-132
TEST_F(protocol_sim_test, a_slow_producer_doesnt_hold_up_the_asks_for_another) {
  const auto to = here.start<sink>(&seen);
  const unique_id silent = subscribe_to_probe(to.process(), {.max_demand = 5});
  const unique_id busy = subscribe_to_probe(to.process(), {.max_demand = 2, .min_demand = 0});
  EXPECT_NE(silent, busy);

  send_events(to.process(), busy, {1, 2});
  here.sim.settle();

  EXPECT_EQ(got, (journal{"subscribe", "ask 5", "subscribe", "ask 2", "ask 2"}));
}

// G-114
TEST_F(protocol_sim_test, already_subscribed_ends_not_even_a_permanent_consumer) {
  const auto to = here.start<sink>(&seen);
  const unique_id tag = subscribe_to_probe(to.process(), {});

  send_end(message_kind::cancelled, to.process(), tag, cancel_reason::already_subscribed());
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"joins producer", "producer gone: cancel already_subscribed"}));
  EXPECT_TRUE(here.is_alive(to));
  EXPECT_EQ(here.lines, journal{});
}

// G-075, G-105
TEST_F(protocol_sim_test, the_death_of_a_peer_that_is_no_stage_is_noticed_on_both_sides) {
  const auto from = here.start<source>(&seen);
  const auto to = here.start<sink>(&seen);
  send_subscribe(from.process(), fresh_tag());
  subscribe_to_probe(to.process(), {.cancel = cancel_mode::temporary});
  here.sim.settle();
  seen.clear();

  here.sim.home().exit(peer, exit_reason::kill());
  here.sim.settle();

  std::ranges::sort(seen);
  EXPECT_EQ(seen, (journal{"consumer gone: down killed", "producer gone: down killed"}));
}

TEST_F(protocol_sim_test, a_server_ignores_the_messages_of_stages) {
  class plain final : public server {};
  const auto other = *spawn<plain>(here.sim.home(), {});

  send_subscribe(other.process(), fresh_tag());
  here.sim.settle();

  EXPECT_EQ(here.lines, (journal{"error is a server and received a message of a stage; ignored"}));
}

}  // namespace
}  // namespace genstage
