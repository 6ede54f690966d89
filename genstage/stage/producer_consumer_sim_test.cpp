#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/stage/conversation_test.hpp>

// Stages that receive and emit, beyond the reference traces: section 10 of the specification.
namespace genstage {
namespace {

using namespace conversation;

struct transfer_rules {
  std::int64_t copies = 1;
  subscription_mode mode = subscription_mode::automatic;
};

/// Emits each event as often as it is told to, and writes down each callback.
class transfer final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit transfer(journal* seen, transfer_rules rules = {}) : seen_{seen}, rules_{rules} {}

  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    seen_->push_back(described(events));
    for (const std::int64_t event : events) {
      for (std::int64_t left = rules_.copies; left > 0; --left) out.emit(event);
    }
  }
  subscription_mode handle_subscribe(peer_role role, const subscription& from,
                                     const subscription_options&) override {
    seen_->push_back(joined(role));
    if (role == peer_role::consumer) return subscription_mode::automatic;
    upstream_ = from;
    return rules_.mode;
  }
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  void handle_cast(ask_for told) { ask(upstream_, demand{told.count}); }
  void terminate(const exit_reason& reason) override {
    seen_->push_back("terminate " + to_string(reason));
  }

 private:
  journal* seen_;
  transfer_rules rules_;
  subscription upstream_{};
};

class producer_consumer_sim_test : public ::testing::Test {
 protected:
  ref<sink> start_manual() {
    return here.start<sink>(&down, sink_rules{.mode = subscription_mode::manual}, &got);
  }
  /// The calls since the last look.
  journal news(journal& of) { return std::exchange(of, {}); }

  world here;
  journal up;
  journal middle;
  journal down;
  numbers got;
};

// G-169, G-170
TEST_F(producer_consumer_sim_test, without_consumers_it_fetches_its_maximum_and_handles_nothing) {
  const auto from = here.start<counter>(&up);
  const auto between = here.start<transfer>(&middle);

  here.join(between, from, {.max_demand = 10, .min_demand = 5});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 10"}));
  EXPECT_EQ(middle, (journal{"joins producer"}));
}

// G-172
TEST_F(producer_consumer_sim_test, a_message_once_begun_is_handled_whole_and_the_rest_buffered) {
  const auto from = here.start<counter>(&up);
  const auto between = here.start<transfer>(&middle);
  here.join(between, from, {.max_demand = 10, .min_demand = 5});
  const auto to = start_manual();
  here.join(to, between);
  here.sim.settle();
  news(middle);

  cast(to, ask_for{1});
  here.sim.settle();

  EXPECT_EQ(middle, (journal{"0..4 (5)", "5..9 (5)"}));
  EXPECT_EQ(got, sequence(0, 1));
}

// G-178
TEST_F(producer_consumer_sim_test, what_was_made_leaves_before_more_is_taken_in) {
  const auto from = here.start<counter>(&up);
  const auto between = here.start<transfer>(&middle);
  here.join(between, from, {.max_demand = 10, .min_demand = 5});
  const auto to = start_manual();
  here.join(to, between);
  cast(to, ask_for{1});
  here.sim.settle();
  news(middle);

  cast(to, ask_for{9});
  here.sim.settle();

  EXPECT_EQ(middle, journal{});
  EXPECT_EQ(got, sequence(0, 10));
}

// G-176
TEST_F(producer_consumer_sim_test, intake_stops_when_nobody_asks) {
  for (const std::int64_t copies : {1, 3}) {
    journal calls;
    journal demands;
    const auto from = here.start<counter>(&demands);
    const auto between = here.start<transfer>(&calls, transfer_rules{.copies = copies});
    here.join(between, from, {.max_demand = 4, .min_demand = 2});
    const auto to = start_manual();
    here.join(to, between);

    cast(to, ask_for{5});
    here.sim.settle();

    // What was fetched is what was handled and at most the maximum besides.
    const auto handled =
        std::ranges::count_if(calls, [](const std::string& line) { return line.ends_with("(2)"); });
    EXPECT_EQ(demands.front(), "demand 4");
    EXPECT_EQ(static_cast<std::ptrdiff_t>(demands.size()) - 1, handled);
    EXPECT_LE(handled * 2 * copies, 5 + 4 * copies);
  }
}

// G-175
TEST_F(producer_consumer_sim_test, a_filter_that_emits_nothing_goes_on_asking) {
  const auto from = here.start<counter>(&up, 100);
  const auto between = here.start<transfer>(&middle, transfer_rules{.copies = 0});
  here.join(between, from, {.max_demand = 10, .min_demand = 5});
  const auto to = start_manual();
  here.join(to, between);

  cast(to, ask_for{1});
  here.sim.settle();

  const auto handled =
      std::ranges::count_if(middle, [](const std::string& line) { return line.ends_with("(5)"); });
  EXPECT_EQ(handled, 20);
}

// G-180, G-183
TEST_F(producer_consumer_sim_test, the_end_of_a_producer_waits_behind_the_events_it_sent) {
  const auto from = here.start<source>(&up);
  const auto between = here.start<transfer>(&middle);
  const unique_id tag = here.join(
      between, from, {.max_demand = 4, .min_demand = 2, .cancel = cancel_mode::temporary});
  cast(from, emit{sequence(0, 4)});
  cancel(from, tag, exit_reason::normal());
  const auto to = start_manual();
  here.join(to, between);
  here.sim.settle();
  EXPECT_EQ(news(middle), (journal{"joins producer", "joined by consumer"}));

  cast(to, ask_for{100});
  here.sim.settle();

  // Forgotten at once, so its events are handled in one piece and nothing more is asked.
  EXPECT_EQ(middle, (journal{"0..3 (4)", "producer gone: cancel normal"}));
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 4", "consumer gone: cancel normal"}));
}

// G-117, G-180
TEST_F(producer_consumer_sim_test, events_after_the_end_are_refused_though_the_end_still_waits) {
  journal peer_seen;
  const process_ref peer = here.start_probe(peer_seen);
  const auto between = here.start<transfer>(&middle);
  const unique_id tag = *here.request(
      between.process(), {.producer = peer, .options = {.cancel = cancel_mode::temporary}});
  const auto send = [&](numbers events) {
    auto sent = std::make_unique<batch_message<std::int64_t>>(message_kind::events, tag, peer.id());
    sent->events.append(events);
    between.process().send(std::move(sent));
  };
  send({1, 2});
  between.process().send(
      std::make_unique<cancel_message>(message_kind::cancelled, tag, exit_reason::normal()));
  send({3});
  here.sim.settle();

  EXPECT_EQ(peer_seen, (journal{"subscribe", "ask 1000", "cancel unknown_subscription"}));
  EXPECT_EQ(middle, (journal{"joins producer"}));
}

// G-181
TEST_F(producer_consumer_sim_test, an_end_behind_events_is_not_reached_while_nobody_asks) {
  const auto from = here.start<source>(&up);
  const auto between = here.start<transfer>(&middle);
  here.join(between, from, {.max_demand = 4, .min_demand = 2});
  cast(from, emit{sequence(0, 4)});
  cast(from, leave{exit_reason::normal()});
  here.sim.settle();

  EXPECT_TRUE(here.is_alive(between));
  EXPECT_EQ(middle, (journal{"joins producer"}));
}

// G-180
TEST_F(producer_consumer_sim_test, with_nothing_queued_the_end_is_acted_on_at_once) {
  const auto from = here.start<source>(&up);
  const auto between = here.start<transfer>(&middle);
  here.join(between, from);

  cast(from, leave{exit_reason::normal()});
  here.sim.settle();

  EXPECT_EQ(middle, (journal{"joins producer", "producer gone: down normal", "terminate normal"}));
}

// The recommendation of G-184, where the original loses the buffered output.
TEST_F(producer_consumer_sim_test, it_stops_after_its_producer_only_once_all_output_has_left) {
  const auto from = here.start<source>(&up);
  const auto between = here.start<transfer>(&middle, transfer_rules{.copies = 3});
  here.join(between, from, {.max_demand = 4, .min_demand = 0});
  const auto to = start_manual();
  here.join(to, between, {.cancel = cancel_mode::transient});
  cast(to, ask_for{2});
  cast(from, emit{sequence(0, 4)});
  here.sim.settle();
  cast(from, leave{exit_reason::normal()});
  here.sim.settle();
  EXPECT_TRUE(here.is_alive(between));

  cast(to, ask_for{11});
  here.sim.settle();

  EXPECT_EQ(got, (numbers{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}));
  EXPECT_FALSE(here.is_alive(between));
  EXPECT_EQ(down.back(), "producer gone: down normal");
}

TEST_F(producer_consumer_sim_test, a_whole_pipeline_drains_when_its_first_stage_ends) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    world fresh{seed};
    journal ignored;
    numbers arrived;
    const auto from = fresh.start<source>(&ignored);
    const auto between = fresh.start<transfer>(&ignored, transfer_rules{.copies = 2});
    const auto to = fresh.start<sink>(&ignored, sink_rules{}, &arrived);
    fresh.join(between, from, {.max_demand = 4});
    fresh.join(to, between, {.max_demand = 3, .cancel = cancel_mode::transient});

    for (std::int64_t event = 0; event < 50; event += 5) cast(from, emit{sequence(event, 5)});
    fresh.sim.settle();
    cast(from, leave{exit_reason::normal()});
    fresh.sim.settle();

    ASSERT_EQ(arrived.size(), 100U) << seed;
    ASSERT_TRUE(std::ranges::is_sorted(arrived)) << seed;
    ASSERT_FALSE(fresh.is_alive(between)) << seed;
  }
}

// The recommendation of G-185, where the original pulls and buffers for ever.
TEST_F(producer_consumer_sim_test, the_demand_of_a_dead_consumer_lets_nothing_more_in) {
  const auto from = here.start<counter>(&up);
  const auto between = here.start<transfer>(&middle);
  const auto to = start_manual();
  here.join(to, between);
  cast(to, ask_for{1'000'000});
  here.sim.settle();
  here.kill(to);

  here.join(between, from, {.max_demand = 10, .min_demand = 5});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 10"}));
}

TEST_F(producer_consumer_sim_test, a_new_consumer_gets_what_was_buffered_for_a_dead_one_first) {
  const auto from = here.start<counter>(&up, 8);
  const auto between = here.start<transfer>(&middle);
  here.join(between, from, {.max_demand = 4, .min_demand = 0});
  const auto leaver = start_manual();
  here.join(leaver, between);
  cast(leaver, ask_for{1});
  here.sim.settle();
  here.kill(leaver);
  const auto next = start_manual();
  here.join(next, between);

  cast(next, ask_for{100});
  here.sim.settle();

  EXPECT_EQ(got, sequence(0, 8));
}

// G-187
TEST_F(producer_consumer_sim_test, a_manual_subscription_upwards_gets_whole_messages) {
  const auto from = here.start<counter>(&up);
  const auto between =
      here.start<transfer>(&middle, transfer_rules{.mode = subscription_mode::manual});
  here.join(between, from, {.max_demand = 4, .min_demand = 2});
  const auto to = start_manual();
  here.join(to, between);
  cast(between, ask_for{10});
  here.sim.settle();
  EXPECT_EQ(news(middle), (journal{"joins producer", "joined by consumer"}));

  cast(to, ask_for{3});
  here.sim.settle();

  EXPECT_EQ(middle, (journal{"0..9 (10)"}));
  EXPECT_EQ(up, (journal{"demand 10"}));
  EXPECT_EQ(got, sequence(0, 3));
}

// G-174, G-179
TEST_F(producer_consumer_sim_test, what_other_callbacks_emit_uses_the_same_room_and_buffer) {
  const auto from = here.start<counter>(&up, 4);
  const auto between = here.start<transfer>(&middle);
  here.join(between, from, {.max_demand = 4, .min_demand = 0});
  const auto to = start_manual();
  here.join(to, between);
  cast(between, emit{{100, 101}});
  here.sim.settle();

  cast(to, ask_for{2});
  here.sim.settle();
  EXPECT_EQ(got, (numbers{100, 101}));
  EXPECT_EQ(std::ranges::count(middle, "0..3 (4)"), 0);
  cast(to, ask_for{1});
  here.sim.settle();

  EXPECT_EQ(got, (numbers{100, 101, 0}));
}

// G-095, G-186
TEST_F(producer_consumer_sim_test, one_callback_sees_both_directions) {
  const auto from = here.start<source>(&up);
  const auto between = here.start<transfer>(&middle);
  const subscription_options options{.cancel = cancel_mode::temporary};
  const unique_id above = here.join(between, from, options);
  const unique_id below = here.join(here.start<sink>(&down), between, options);

  cancel(between, below, exit_reason::normal());
  cancel(from, above, exit_reason::normal());
  here.sim.settle();

  std::ranges::sort(middle);
  EXPECT_EQ(middle, (journal{"consumer gone: cancel normal", "joined by consumer", "joins producer",
                             "producer gone: cancel normal"}));
}

/// Writes down whose events it is given.
class origin_teller final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit origin_teller(journal* seen) : seen_{seen} {}
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>&) override {
    seen_->push_back(described(events) + " of " + to_string(events_from().peer.id()) + " under " +
                     std::to_string(static_cast<std::uint64_t>(events_from().tag)));
  }

 private:
  journal* seen_;
};

// G-129. G-182: GenStage names a producer that does not exist.
TEST_F(producer_consumer_sim_test, it_knows_whose_events_it_handles_even_if_that_one_has_left) {
  const auto one = here.start<source>(&up);
  const auto other = here.start<source>(&up);
  const auto between = here.start<origin_teller>(&middle);
  const subscription_options options{.cancel = cancel_mode::temporary};
  const unique_id first = here.join(between, one, options);
  const unique_id second = here.join(between, other, options);
  cast(one, emit{{1}});
  here.sim.settle();
  cast(other, emit{{2}});
  here.sim.settle();
  here.kill(one);
  const auto to = start_manual();
  here.join(to, between);

  cast(to, ask_for{1});
  here.sim.settle();

  const auto under = [](unique_id tag) {
    return " under " + std::to_string(static_cast<std::uint64_t>(tag));
  };
  EXPECT_EQ(middle, (journal{"1..1 (1) of " + to_string(one.id()) + under(first),
                             "2..2 (1) of " + to_string(other.id()) + under(second)}));
}

/// Passes each number on, less one, until none is left.
class countdown final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit countdown(numbers* seen) : seen_{seen} {}
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    for (const std::int64_t event : events) {
      seen_->push_back(event);
      if (event > 0) out.emit(event - 1);
    }
  }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }

 private:
  numbers* seen_;
};

// G-066
TEST_F(producer_consumer_sim_test, a_stage_subscribed_to_itself_is_a_loop_that_works) {
  const auto loop = here.start<countdown>(&got);
  auto end = here.watch(loop);
  const unique_id tag = here.join(loop, loop, {.max_demand = 2, .min_demand = 1});

  cast(loop, emit{{5}});
  here.sim.settle();
  EXPECT_EQ(got, (numbers{5, 4, 3, 2, 1, 0}));
  cancel(loop, tag, exit_reason::normal());

  EXPECT_EQ(here.fate(end), "normal");
}

}  // namespace
}  // namespace genstage
