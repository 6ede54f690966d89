#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/process/introspection.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>

// What is asked of running stages: the demand mode (section 9), infos behind events (section 12),
// the buffer's estimate, and subscriptions that take the place of others (G-069 to G-073).
namespace genstage {
namespace {

using namespace conversation;

struct remark {
  std::string text;
};
struct finish {};

/// Emits what it is told to, begins with a mode, and writes down what it hears of itself.
class gate final : public producer<std::int64_t> {
 public:
  explicit gate(journal* seen, demand_mode mode = demand_mode::forward, buffer_options kept = {})
      : seen_{seen}, mode_{mode}, kept_{kept} {}

  void handle_demand(demand asked, output<std::int64_t>&) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
  }
  void handle_cancel(const cancellation& ended) override {
    seen_->push_back(described(ended));
    current_output().emit(1000);
  }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  void handle_cast(finish, output<std::int64_t>& out) {
    out.emit(99);
    async_info(ref<gate>{self()}, finish{});
  }
  void handle_info(remark told) { seen_->push_back(told.text); }
  void handle_info(finish) { stop(exit_reason::normal()); }
  discarded_log format_discarded(std::size_t count) override {
    seen_->push_back("discarded " + std::to_string(count));
    return count > 1 ? discarded_log::write : discarded_log::leave_out;
  }
  buffer_options buffer() const override { return kept_; }
  demand_mode initial_demand() const override { return mode_; }

 private:
  journal* seen_;
  demand_mode mode_;
  buffer_options kept_;
};

/// A producer_consumer that hears infos, and says something when a subscription ends.
class relay final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit relay(journal* seen) : seen_{seen} {}
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
  }
  void handle_info(remark told, output<std::int64_t>& out) {
    seen_->push_back(told.text);
    out.emit(-1);
  }

 private:
  journal* seen_;
};

class parted final : public producer<std::int64_t> {
 public:
  explicit parted(journal* seen) : seen_{seen} {}
  auto dispatcher() const {
    return partition_dispatcher{{.partitions = 2}, [](std::int64_t event) { return event % 2; }};
  }
  void handle_demand(demand, output<std::int64_t>&) override {}
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  void handle_info(remark told) { seen_->push_back(told.text); }

 private:
  journal* seen_;
};

class requests_sim_test : public ::testing::Test {
 protected:
  ref<sink> start_manual(journal& into) {
    return here.start<sink>(&into, sink_rules{.mode = subscription_mode::manual});
  }
  /// Asks, and lets the ask arrive.
  void let_ask(const ref<sink>& who, std::int64_t count) {
    cast(who, ask_for{count});
    here.sim.settle();
  }
  template <class S>
  std::size_t buffered(const ref<S>& stage) {
    return **here.sim.run_until(estimate_buffered_count(stage));
  }
  template <class S>
  demand_mode mode_of(const ref<S>& stage) {
    return **here.sim.run_until(get_demand(stage));
  }

  world here;
  journal up;
  journal first;
  journal second;
};

// G-154, G-156, G-158, G-161
TEST_F(requests_sim_test, accumulated_asks_reach_the_producer_one_by_one) {
  const auto from = here.start<gate>(&up, demand_mode::accumulate);
  const auto to = start_manual(first);
  here.join(to, from);
  let_ask(to, 2);
  let_ask(to, 3);
  ASSERT_EQ(up, journal{});

  set_demand(from, demand_mode::forward);
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 2", "demand 3"}));
  EXPECT_EQ(mode_of(from), demand_mode::forward);
}

// G-167: GenStage delivers 1..3, 6, 4..5.
TEST_F(requests_sim_test, what_is_emitted_while_accumulating_leaves_after_what_was_buffered) {
  const auto from = here.start<gate>(&up);
  cast(from, emit{sequence(1, 5)});
  set_demand(from, demand_mode::accumulate);
  const auto to = start_manual(first);
  here.join(to, from);
  let_ask(to, 3);
  cast(from, emit{{6}});
  let_ask(to, 4);
  ASSERT_EQ(first, (journal{"joins producer"}));

  set_demand(from, demand_mode::forward);
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "1..6 (6)"}));
  EXPECT_EQ(up, (journal{"demand 1"}));
}

// G-168: GenStage delivers the info at once, ahead of the event.
TEST_F(requests_sim_test, an_info_trails_events_that_are_held_while_accumulating) {
  const auto from = here.start<gate>(&up, demand_mode::accumulate);
  const auto to = start_manual(first);
  here.join(to, from);
  let_ask(to, 3);
  cast(from, emit{{1}});
  async_info(from, remark{"after 1"});
  here.sim.settle();
  ASSERT_EQ(up, journal{});

  set_demand(from, demand_mode::forward);
  here.sim.settle();

  EXPECT_EQ(first.back(), "1..1 (1)");
  EXPECT_TRUE(std::ranges::count(up, "after 1") == 1);
}

TEST_F(requests_sim_test, demand_of_one_that_left_while_accumulating_is_not_forwarded) {
  const auto from = here.start<gate>(&up, demand_mode::accumulate);
  const auto leaver = start_manual(first);
  const auto stayer = start_manual(second);
  here.join(leaver, from);
  here.join(stayer, from);
  let_ask(leaver, 5);
  let_ask(stayer, 2);
  here.kill(leaver);

  set_demand(from, demand_mode::forward);
  here.sim.settle();

  std::uint64_t forwarded = 0;
  for (const std::string& each : up) {
    if (each.starts_with("demand ")) forwarded += std::stoull(each.substr(7));
  }
  EXPECT_LE(forwarded, 2U);
  EXPECT_EQ(second, (journal{"joins producer", "1000..1000 (1)"}));
}

// G-163
TEST_F(requests_sim_test, forwarding_before_anybody_has_subscribed_is_as_if_never_accumulated) {
  const auto from = here.start<gate>(&up, demand_mode::accumulate);
  EXPECT_EQ(mode_of(from), demand_mode::accumulate);

  set_demand(from, demand_mode::forward);
  const auto to = start_manual(first);
  here.join(to, from);
  let_ask(to, 2);

  EXPECT_EQ(up, (journal{"demand 2"}));
}

// G-162
TEST_F(requests_sim_test, setting_a_mode_twice_changes_nothing) {
  const auto from = here.start<gate>(&up, demand_mode::accumulate);
  const auto to = start_manual(first);
  here.join(to, from);
  let_ask(to, 2);

  set_demand(from, demand_mode::accumulate);
  here.sim.settle();
  EXPECT_EQ(up, journal{});
  set_demand(from, demand_mode::forward);
  set_demand(from, demand_mode::forward);
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 2"}));
}

// G-159, G-166: GenStage keeps such events apart, without a bound, and moves buffered ones to them.
TEST_F(requests_sim_test, events_made_while_accumulating_are_in_the_buffer_and_within_its_bound) {
  const auto from = here.start<gate>(&up, demand_mode::accumulate, buffer_options{.size = 4});
  const auto to = start_manual(first);
  here.join(to, from);
  cast(from, emit{sequence(0, 3)});
  let_ask(to, 2);
  EXPECT_EQ(buffered(from), 3U);

  cast(from, emit{sequence(3, 3)});
  EXPECT_EQ(buffered(from), 4U);
  set_demand(from, demand_mode::forward);
  here.sim.settle();

  EXPECT_EQ(up, (journal{"discarded 2"}));
  EXPECT_EQ(first, (journal{"joins producer", "2..3 (2)"}));
}

/// Stops at its first demand.
class quitter final : public producer<std::int64_t> {
 public:
  explicit quitter(journal* seen) : seen_{seen} {}
  void handle_demand(demand asked, output<std::int64_t>&) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
    stop(exit_reason::normal());
  }
  demand_mode initial_demand() const override { return demand_mode::accumulate; }

 private:
  journal* seen_;
};

// G-164
TEST_F(requests_sim_test, a_stop_at_the_first_accumulated_ask_drops_the_others) {
  const auto from = here.start<quitter>(&up);
  const auto to = start_manual(first);
  here.join(to, from);
  let_ask(to, 2);
  let_ask(to, 3);

  set_demand(from, demand_mode::forward);
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 2"}));
  EXPECT_FALSE(here.is_alive(from));
}

// G-160, G-165
TEST_F(requests_sim_test, consumers_may_change_while_demand_is_accumulated) {
  const auto from = here.start<source>(&up);
  const auto before = start_manual(first);
  const unique_id tag = here.join(before, from, {.cancel = cancel_mode::temporary});
  here.sim.settle();
  set_demand(from, demand_mode::accumulate);
  cancel(from, tag, exit_reason::normal());
  cast(from, emit{sequence(0, 2)});
  cast(from, emit{sequence(2, 2)});
  const auto after = start_manual(second);
  here.join(after, from);
  let_ask(after, 5);
  up.clear();

  set_demand(from, demand_mode::forward);
  here.sim.settle();

  EXPECT_EQ(second, (journal{"joins producer", "0..3 (4)"}));
  EXPECT_EQ(up, (journal{"demand 1"}));
  EXPECT_EQ(buffered(from), 0U);
}

// G-157, G-199. Where the type is known, this does not compile.
TEST_F(requests_sim_test, what_only_producers_have_is_refused_with_a_line_in_the_log) {
  const auto to = here.start<sink>(&first);
  const auto between = here.start<relay>(&up);
  const auto accumulate = [](stage_requests& asked) { asked.set_demand(demand_mode::accumulate); };
  const auto forward = [](stage_requests& asked) { asked.set_demand(demand_mode::forward); };

  detail::tell_stage(between.process(), forward);
  detail::tell_stage(between.process(), accumulate);
  here.sim.settle();
  detail::tell_stage(to.process(), forward);
  here.sim.settle();
  const auto count = **here.sim.run_until(detail::ask_stage<std::size_t>(
      to.process(), [](stage_requests& asked) { return asked.buffered_count(); }));

  EXPECT_EQ(count, 0U);
  EXPECT_EQ(here.lines, (journal{"error is a producer_consumer: the demand mode can only be set "
                                 "for producers; ignored",
                                 "error is a consumer: the demand mode can only be set for "
                                 "producers; ignored",
                                 "error is a consumer and buffers no events"}));
}

// G-155: GenStage crashes a producer_consumer that is asked for its mode.
TEST_F(requests_sim_test, stages_that_are_no_producers_forward) {
  EXPECT_EQ(mode_of(here.start<relay>(&up)), demand_mode::forward);
  EXPECT_EQ(mode_of(here.start<sink>(&first)), demand_mode::forward);
}

// G-198, G-201, G-206, G-209, G-210, G-212, G-216
TEST_F(requests_sim_test, an_info_comes_when_the_events_before_it_have_been_sent) {
  const auto from = here.start<gate>(&up);
  cast(from, emit{sequence(0, 3)});
  EXPECT_TRUE(here.sim.run_until(sync_info(from, remark{"one"}))->has_value());
  async_info(from, remark{"two"});
  cast(from, emit{sequence(3, 2)});
  async_info(from, remark{"three"});
  const auto to = start_manual(first);
  here.join(to, from);
  EXPECT_EQ(buffered(from), 5U);

  let_ask(to, 2);
  EXPECT_EQ(up, journal{});
  let_ask(to, 2);
  EXPECT_EQ(up, (journal{"one", "two"}));
  let_ask(to, 1);
  EXPECT_EQ(up, (journal{"one", "two", "three"}));
  // An info parts what would have been one message.
  EXPECT_EQ(first, (journal{"joins producer", "0..1 (2)", "2..2 (1)", "3..3 (1)", "4..4 (1)"}));
}

/// Hears infos and casts.
class listener final : public consumer<std::int64_t> {
 public:
  explicit listener(journal* seen) : seen_{seen} {}
  void handle_events(std::span<std::int64_t>) override {}
  void handle_info(remark told) { seen_->push_back(told.text); }
  void handle_cast(remark told) { seen_->push_back("cast " + told.text); }

 private:
  journal* seen_;
};

// G-202, G-211, G-212, G-245, G-269
TEST_F(requests_sim_test, an_info_to_an_empty_buffer_or_to_a_consumer_comes_at_once) {
  async_info(here.start<gate>(&up), remark{"now"});
  async_info(here.start<listener>(&first), remark{"now"});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"now"}));
  EXPECT_EQ(first, (journal{"now"}));
}

// G-214, G-320
TEST_F(requests_sim_test, an_info_comes_after_what_is_in_the_mailbox_already) {
  const auto to = here.start<listener>(&first);

  async_info(to, remark{"info"});
  cast(to, remark{"one"});
  cast(to, remark{"two"});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"cast one", "cast two", "info"}));
}

// G-217
TEST_F(requests_sim_test, an_info_does_not_wait_for_consumers_to_handle_what_was_sent) {
  const auto from = here.start<gate>(&up);
  const auto to = here.start<sink>(&first);
  here.join(to, from);
  here.sim.settle();
  up.clear();
  (void)here.sim.run_until(suspend(to));

  cast(from, emit{sequence(0, 3)});
  async_info(from, remark{"sent"});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"sent"}));
  EXPECT_EQ(first, (journal{"joins producer"}));
}

// G-320
TEST_F(requests_sim_test, requests_and_casts_of_one_sender_are_handled_in_the_order_sent) {
  const auto from = here.start<gate>(&up);

  cast(from, emit{{1}});
  auto before = estimate_buffered_count(from);
  cast(from, emit{{2}});
  set_demand(from, demand_mode::accumulate);
  auto mode = get_demand(from);
  set_demand(from, demand_mode::forward);
  auto after = estimate_buffered_count(from);

  EXPECT_EQ(**here.sim.run_until(std::move(before)), 1U);
  EXPECT_EQ(**here.sim.run_until(std::move(mode)), demand_mode::accumulate);
  EXPECT_EQ(**here.sim.run_until(std::move(after)), 2U);
}

// G-319
TEST_F(requests_sim_test, a_stop_drains_nothing) {
  const auto from = here.start<gate>(&up);
  const auto to = start_manual(first);
  here.join(to, from, {.cancel = cancel_mode::temporary});
  cast(from, emit{sequence(0, 3)});
  async_info(from, remark{"never"});
  here.sim.settle();

  EXPECT_TRUE(here.sim.run_until(stop(from))->has_value());
  let_ask(to, 3);

  EXPECT_EQ(first, (journal{"joins producer", "producer gone: down normal"}));
  EXPECT_EQ(up, journal{});
}

// G-218
TEST_F(requests_sim_test, a_producer_ends_when_its_last_events_have_been_sent) {
  const auto from = here.start<gate>(&up);
  auto end = here.watch(from);
  const auto to = start_manual(first);
  here.join(to, from, {.cancel = cancel_mode::temporary});
  cast(from, finish{});
  EXPECT_EQ(here.fate(end), "alive");

  let_ask(to, 1);

  EXPECT_EQ(here.fate(end), "normal");
  EXPECT_EQ(first.at(1), "99..99 (1)");
}

// G-213
TEST_F(requests_sim_test, an_info_to_a_producer_consumer_trails_its_input_and_its_output) {
  const auto from = here.start<source>(&second);
  const auto middle = here.start<relay>(&up);
  here.join(middle, from, {.max_demand = 10, .min_demand = 0});
  cast(from, emit{sequence(0, 4)});
  here.sim.settle();
  async_info(middle, remark{"behind"});
  const auto to = start_manual(first);
  here.join(to, middle);

  let_ask(to, 3);
  EXPECT_EQ(up, journal{});
  let_ask(to, 2);

  EXPECT_EQ(up, (journal{"behind"}));
  EXPECT_EQ(first, (journal{"joins producer", "0..2 (3)", "3..3 (1)", "-1..-1 (1)"}));
}

// G-215. G-301: in GenStage an info also waits for partitions whose queues are empty.
TEST_F(requests_sim_test, an_info_waits_for_the_partitions_that_have_events_queued_and_no_others) {
  const auto from = here.start<parted>(&up);
  const auto even = start_manual(first);
  const auto odd = start_manual(second);
  here.join(even, from, {.partition = 0});
  here.join(odd, from, {.partition = 1});
  let_ask(odd, 1);
  cast(from, emit{{1, 2, 4}});
  here.sim.settle();
  async_info(from, remark{"evens are gone"});
  here.sim.settle();
  ASSERT_EQ(up, journal{});

  let_ask(even, 2);

  EXPECT_EQ(up, (journal{"evens are gone"}));
}

// G-203
TEST_F(requests_sim_test, an_info_is_not_lost_with_the_event_that_it_follows) {
  const auto from = here.start<gate>(&up, demand_mode::forward, buffer_options{.size = 2});
  cast(from, emit{{1}});
  async_info(from, remark{"after 1"});

  cast(from, emit{{2, 3, 4}});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"discarded 2", "after 1"}));
}

// G-195, G-196
TEST_F(requests_sim_test, the_producer_is_told_of_drops_and_decides_about_the_line_in_the_log) {
  const auto from = here.start<gate>(&up, demand_mode::forward, buffer_options{.size = 2});

  cast(from, emit{{1, 2, 3}});
  here.sim.settle();
  EXPECT_EQ(here.lines, journal{});
  cast(from, emit{{4, 5}});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"discarded 1", "discarded 2"}));
  EXPECT_EQ(here.lines.size(), 1U);
}

// G-102: GenStage sends them to the one that has left.
TEST_F(requests_sim_test, what_is_emitted_when_a_consumer_leaves_goes_to_those_that_stay) {
  const auto from = here.start<gate>(&up);
  const auto leaver = start_manual(first);
  const auto stayer = start_manual(second);
  const unique_id tag = here.join(leaver, from, {.cancel = cancel_mode::temporary});
  here.join(stayer, from);
  let_ask(leaver, 9);
  let_ask(stayer, 1);

  cancel(from, tag, exit_reason::normal());
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "producer gone: cancel normal"}));
  EXPECT_EQ(second, (journal{"joins producer", "1000..1000 (1)"}));
}

// G-043, G-069, G-072, G-073
TEST_F(requests_sim_test, a_new_subscription_takes_the_place_of_another_and_of_its_demand) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&first);
  const unique_id before = here.join(to, from, {.max_demand = 5, .cancel = cancel_mode::temporary});
  here.sim.settle();

  const auto after = *here.sim.run_until(
      resubscribe(to, from, before, exit_reason::user("anew"), {.max_demand = 7}));
  here.sim.settle();

  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 5", "consumer gone: cancel anew",
                         "joined by consumer", "demand 2"}));
  EXPECT_EQ(first, (journal{"joins producer", "joins producer", "producer gone: cancel anew"}));
}

// G-043, G-071
TEST_F(requests_sim_test, a_permanent_subscription_that_is_replaced_ends_its_consumer) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&first);
  auto end = here.watch(to);
  const unique_id before = here.join(to, from);

  async_resubscribe(to, from, before, exit_reason::user("anew"));

  EXPECT_EQ(here.fate(end), "anew");
}

// G-070
TEST_F(requests_sim_test, replacing_what_the_producer_does_not_know_is_a_plain_subscription) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&first);

  (void)here.sim.run_until(
      resubscribe(to, from, unique_id{12345}, exit_reason::normal(), {.max_demand = 3}));
  here.sim.settle();

  EXPECT_EQ(up, (journal{"joined by consumer", "demand 3"}));
  EXPECT_TRUE(here.is_alive(to));
}

TEST_F(requests_sim_test, options_of_the_programs_own_reach_both_ends) {
  class curious final : public producer<std::int64_t> {
   public:
    explicit curious(journal* seen) : seen_{seen} {}
    void handle_demand(demand, output<std::int64_t>&) override {}
    subscription_mode handle_subscribe(peer_role, const subscription&,
                                       const subscription_options& options) override {
      seen_->push_back(std::any_cast<std::string>(options.user));
      return subscription_mode::automatic;
    }

   private:
    journal* seen_;
  };
  const auto from = here.start<curious>(&up);

  here.join(here.start<sink>(&first), from, {.user = std::string{"first class"}});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"first class"}));
}

}  // namespace
}  // namespace genstage
