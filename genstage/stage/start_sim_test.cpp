#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/process/server.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/range_producer.hpp>
#include <stdexcept>

// Kinds of stages, how they start, their options, what their callbacks may leave out, and what can
// be known of them: sections 1 to 3 and 19 of the specification.
namespace genstage {
namespace {

using namespace conversation;
using namespace std::chrono_literals;

struct birth {
  std::optional<exit_reason> stop_with{};
  bool is_ignored = false;
  bool throws = false;
};

/// A producer whose init does as it is told.
class newborn final : public producer<std::int64_t> {
 public:
  newborn(journal* seen, birth rules) : seen_{seen}, rules_{std::move(rules)} {}
  void init() {
    seen_->push_back("init");
    if (rules_.is_ignored) ignore();
    if (rules_.stop_with) stop(*rules_.stop_with);
    if (rules_.throws) throw std::runtime_error{"no disk"};
  }
  void handle_demand(demand, output<std::int64_t>&) override {}
  void terminate(const exit_reason&) override { seen_->push_back("terminate"); }

 private:
  journal* seen_;
  birth rules_;
};

/// A stage between whose options are given.
class middle final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit middle(buffer_options kept = {}, std::int64_t partitions = 1)
      : kept_{kept}, partitions_{partitions} {}
  auto dispatcher() const {
    return partition_dispatcher{{.partitions = partitions_}, [](std::int64_t) { return 0; }};
  }
  buffer_options buffer() const override { return kept_; }
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
  }

 private:
  buffer_options kept_;
  std::int64_t partitions_;
};

/// A stage between that says nothing about its options.
class modest final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>, output<std::int64_t>&) override {}
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
};
class modest_source final : public producer<std::int64_t> {
 public:
  void handle_demand(demand, output<std::int64_t>&) override {}
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
};
class modest_sink final : public consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
};

class undecided final : public producer<std::int64_t> {
 public:
  explicit undecided(journal* seen) : seen_{seen} {}
  demand_dispatcher dispatcher() const { throw std::runtime_error{"which one?"}; }
  void handle_demand(demand, output<std::int64_t>&) override {}
  void terminate(const exit_reason&) override { seen_->push_back("terminate"); }

 private:
  journal* seen_;
};

class start_sim_test : public ::testing::Test {
 protected:
  template <class S, class... A>
  std::string outcome(A... arguments) {
    const auto failure = here.start_with<S>({}, std::move(arguments)...);
    return failure ? to_string(*failure) : "started";
  }
  template <class S>
  std::size_t buffered(const ref<S>& stage) {
    return **here.sim.run_until(estimate_buffered_count(stage));
  }

  world here;
  journal up;
  journal down;
};

// G-010, G-011
TEST_F(start_sim_test, a_start_has_ended_when_init_and_all_subscriptions_have) {
  const auto from = here.start<source>(&up);

  const auto failure =
      here.start_with<sink>({{.producer = from.process()}, {.producer = from.process()}}, &down);

  EXPECT_EQ(failure, std::nullopt);
  EXPECT_EQ(down, (journal{"joins producer", "joins producer"}));
}

// G-012, G-013, G-016
TEST_F(start_sim_test, a_stage_that_does_not_start_says_why_and_does_not_terminate) {
  EXPECT_EQ(here.start_with<newborn>({}, &up, birth{.is_ignored = true}), exit_reason::ignored());
  EXPECT_EQ(outcome<newborn>(&up, birth{.stop_with = exit_reason::user("tired")}), "tired");
  EXPECT_EQ(outcome<newborn>(&up, birth{.throws = true}),
            "error (std::runtime_error: no disk) in init");
  EXPECT_EQ(outcome<newborn>(&up, birth{}), "started");

  EXPECT_EQ(up, (journal{"init", "init", "init", "init"}));
}

// G-016
TEST_F(start_sim_test, the_name_of_a_stage_that_did_not_start_is_free) {
  (void)here.start_named<newborn>("numbers", &up, birth{.throws = true});
  here.sim.settle();

  EXPECT_FALSE(here.sim.home().find("numbers"));
  EXPECT_TRUE(here.is_alive(here.start_named<newborn>("numbers", &up, birth{})));
}

// G-029
TEST_F(start_sim_test, a_dispatcher_that_throws_fails_the_start_with_that) {
  EXPECT_EQ(outcome<undecided>(&up), "error (std::runtime_error: which one?) in init");
  EXPECT_EQ(up, journal{});
}

// G-020, G-021, G-023, G-024
TEST_F(start_sim_test, an_option_that_makes_no_sense_is_named_and_nothing_is_subscribed) {
  const auto refused = [&](std::size_t size, std::int64_t partitions) {
    const auto from = here.start<source>(&up);
    auto [far, near] = make_operation<std::optional<exit_reason>>();
    (void)here.sim.home().spawn(
        detail::make_stage<middle>(
            [=] { return std::make_unique<middle>(buffer_options{.size = size}, partitions); },
            {{.producer = from.process()}}),
        {.name = "between", .started = far});
    return to_string(***here.sim.run_until(std::move(near)));
  };

  EXPECT_EQ(refused(static_cast<std::size_t>(-1), 1),
            "between: buffer: size is -1, must be at least 0; not started");
  EXPECT_EQ(refused(static_cast<std::size_t>(-1), 0),
            "between: partition_dispatcher: partitions is 0, must be at least 1; not started");
  EXPECT_EQ(up, journal{});
}

// G-017, G-024, G-026, G-027
TEST_F(start_sim_test, a_producer_keeps_the_last_10000_events_unless_it_says_otherwise) {
  const auto from = here.start<modest_source>();
  cast(from, emit{sequence(0, 10'001)});
  EXPECT_EQ(buffered(from), 10'000U);
  EXPECT_EQ(here.lines, (journal{"warning discarded 1 events: nobody had asked for them and the "
                                 "buffer is full"}));

  here.join(here.start<sink>(&down), from, {.max_demand = 1, .min_demand = 0});
  here.sim.settle();

  EXPECT_EQ(down.at(1), "1..1 (1)");
}

// G-018, G-024
TEST_F(start_sim_test, a_stage_between_keeps_as_many_events_as_it_makes) {
  const auto between = here.start<modest>();

  cast(between, emit{sequence(0, 10'001)});

  EXPECT_EQ(buffered(between), 10'001U);
  EXPECT_EQ(here.lines, journal{});
}

// G-031, G-333
TEST_F(start_sim_test, a_stage_is_linked_to_a_parent_if_it_is_given_one) {
  const auto parent = here.start<source>(&up);
  const auto linked =
      *spawn<source>(here.sim.home(), {.parent = parent.process()}, &up, buffer_options{});
  const auto range = *from_range(here.sim.home(), numbers{1, 2}, {}, {.parent = parent.process()});
  const auto unlinked = here.start<source>(&up);

  here.kill(parent, exit_reason::user("tired"));

  EXPECT_FALSE(here.is_alive(linked));
  EXPECT_FALSE(here.is_alive(range));
  EXPECT_TRUE(here.is_alive(unlinked));
}

// G-032
TEST_F(start_sim_test, a_name_that_is_held_is_refused_before_init_runs) {
  const auto holder = here.start_named<newborn>("numbers", &up, birth{});
  here.sim.settle();

  const auto second = spawn<newborn>(here.sim.home(), {.name = "numbers"}, &down, birth{});
  here.sim.settle();

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().message,
            "process numbers: the name is held by " + to_string(holder.id()) + "; not started");
  EXPECT_EQ(down, journal{});
}

// G-033
TEST_F(start_sim_test, a_name_is_looked_up_when_the_consumer_takes_up_the_request) {
  const name<source> later{"later"};
  const auto to = here.start<sink>(&down);
  auto joining = subscribe(to, later, {.max_demand = 3});
  (void)here.start_named<source>("later", &up);

  const auto tag = *here.sim.run_until(std::move(joining));
  here.sim.settle();

  EXPECT_TRUE(tag.has_value());
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 3"}));
}

// G-043, G-047, G-048
TEST_F(start_sim_test, subscribing_without_waiting_works_and_is_lost_on_the_dead) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down);
  const auto dead = here.start<sink>(&down);
  here.kill(dead);

  async_subscribe(dead, from);
  async_subscribe(to, from, {.max_demand = 3});
  here.sim.settle();

  EXPECT_EQ(down, (journal{"joins producer"}));
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 3"}));
  EXPECT_EQ(here.lines, journal{});
}

struct join_yourself {};

class narcissus final : public async_producer_consumer<std::int64_t, std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t>, output<std::int64_t>&) override { co_return; }
  task<std::string> handle_call(join_yourself) {
    const ref<narcissus> me{self()};
    auto joining = subscribe(me, me);
    const result<unique_id> tag = co_await std::move(joining);
    auto counting = estimate_buffered_count(me);
    const result<std::size_t> count = co_await std::move(counting);
    co_return tag || count ? "answered" : tag.error().message;
  }
};

// G-066
TEST_F(start_sim_test, a_stage_that_would_wait_for_itself_is_refused) {
  const auto mirror = here.start_named<narcissus>("mirror");

  EXPECT_EQ(**here.sim.run_until(call(mirror, join_yourself{})),
            "call: process mirror calls itself, only another one can answer while it waits; "
            "refused");
  EXPECT_TRUE(here.is_alive(mirror));
}

struct remind {};
struct reminder {};
struct watch {
  process_ref who;
};

/// Hears of what is none of the library's business.
class attentive final : public consumer<std::int64_t> {
 public:
  explicit attentive(journal* seen) : seen_{seen} {}
  void init() { trap_exits(); }
  void handle_events(std::span<std::int64_t>) override {}
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }
  void handle_down(const genstage::down& notice) {
    seen_->push_back("down " + to_string(notice.reason));
  }
  void handle_exit(const exit_signal& signal) {
    seen_->push_back("exit " + to_string(signal.reason));
  }
  void handle_cast(watch told) {
    monitor(told.who);
    link(told.who);
  }
  void handle_cast(remind) { cast_after(1s, ref<attentive>{self()}, reminder{}); }
  void handle_cast(reminder) { seen_->push_back("reminded"); }
  void terminate(const exit_reason& reason) override {
    seen_->push_back("terminate " + to_string(reason));
  }

 private:
  journal* seen_;
};

// G-087, G-088, G-315, G-327
TEST_F(start_sim_test, downs_and_exits_that_are_not_of_subscriptions_reach_callbacks_of_their_own) {
  const auto from = here.start<source>(&up);
  const auto stranger = here.start<source>(&up);
  const auto to = here.start<attentive>(&down);
  here.join(to, from, {.cancel = cancel_mode::temporary});
  cast(to, watch{stranger.process()});
  here.sim.settle();

  here.kill(from);
  EXPECT_EQ(down, (journal{"producer gone: down killed"}));
  here.kill(stranger);

  std::ranges::sort(down);
  EXPECT_EQ(down, (journal{"down killed", "exit killed", "producer gone: down killed"}));
  EXPECT_TRUE(here.is_alive(to));
}

// G-321, G-327
TEST_F(start_sim_test, a_parents_end_terminates_a_stage_that_traps_exits) {
  const auto parent = here.start<source>(&up);
  const auto to = *spawn<attentive>(here.sim.home(), {.parent = parent.process()}, &down);
  here.sim.settle();

  here.kill(parent, exit_reason::user("tired"));

  EXPECT_FALSE(here.is_alive(to));
  EXPECT_EQ(down, (journal{"terminate tired"}));
}

// G-089
TEST_F(start_sim_test, a_stage_that_asks_for_less_than_nothing_ends_and_asks_for_nothing) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<sink>(&down, sink_rules{.mode = subscription_mode::manual});
  auto end = here.watch(to);
  here.join(to, from);

  cast(to, ask_for{-1});

  const std::string reason =
      "error (std::invalid_argument: demand: count is -1, must be at least 0) in handle_cast";
  EXPECT_EQ(here.fate(end), reason);
  EXPECT_EQ(up, (journal{"joined by consumer", "consumer gone: down " + reason}));
}

// G-041
TEST_F(start_sim_test, a_stage_reminds_itself_by_a_message) {
  const auto to = here.start<attentive>(&down);

  cast(to, remind{});
  here.sim.run_for(999ms);
  EXPECT_EQ(down, journal{});
  here.sim.run_for(1ms);

  EXPECT_EQ(down, (journal{"reminded"}));
}

// G-042
TEST_F(start_sim_test, what_a_stage_leaves_out_has_a_default) {
  const auto from = here.start<modest_source>();
  const auto to = here.start<modest_sink>();
  const unique_id tag = here.join(to, from, {.cancel = cancel_mode::temporary});
  here.sim.settle();
  EXPECT_EQ(here.sim.run_until(get_stage_status(to))->value().producers.at(0).mode,
            subscription_mode::automatic);

  cancel(from, tag, exit_reason::normal());
  to.process().send(
      std::make_unique<down_message>(unique_id{7}, from.id(), exit_reason::user("tired")));
  here.sim.settle();

  EXPECT_TRUE(here.is_alive(from));
  EXPECT_TRUE(here.is_alive(to));
}

// G-008
TEST(stage_log_sim_test, lines_have_a_level_and_name_the_stage_by_its_name_or_its_pid) {
  std::vector<log_record> lines;
  simulation sim{1, {.log = [&](const log_record& line) { lines.push_back(line); }}};
  journal seen;
  const auto from =
      *spawn<source>(sim.home(), {.name = "numbers"}, &seen, buffer_options{.size = 0});
  const auto to = *spawn<sink>(sim.home(), {}, &seen);
  cast(from, emit{{1}});
  sim.settle();
  const unique_id tag = **sim.run_until(subscribe(to, from));
  (void)sim.run_until(subscribe(to, from, {.max_demand = 0}));
  cancel(from, tag, exit_reason::normal());
  sim.settle();

  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].level, log_level::warning);
  EXPECT_EQ(lines[0].subject, "numbers");
  EXPECT_EQ(lines[1].level, log_level::error);
  EXPECT_EQ(lines[1].subject, to_string(to.id()));
  EXPECT_EQ(lines[2].level, log_level::info);
}

// G-329, G-331
TEST_F(start_sim_test, a_stage_tells_its_kind_its_dispatcher_and_its_subscriptions) {
  const auto from = here.start_named<source>("numbers", &up);
  const auto between = here.start<middle>();
  const auto to = here.start<sink>(&down, sink_rules{.mode = subscription_mode::manual});
  const unique_id above = here.join(between, from, {.max_demand = 4, .min_demand = 1});
  const unique_id below =
      here.join(to, between, {.cancel = cancel_mode::transient, .partition = 0});
  cast(to, ask_for{3});
  cast(from, emit{sequence(0, 6)});
  here.sim.settle();

  const stage_status first = **here.sim.run_until(get_stage_status(from));
  const stage_status second = **here.sim.run_until(get_stage_status(between));
  const stage_status third = **here.sim.run_until(get_stage_status(to));

  EXPECT_EQ(first.kind, stage_kind::producer);
  EXPECT_EQ(first.dispatcher, "demand_dispatcher");
  EXPECT_TRUE(first.producers.empty());
  ASSERT_EQ(first.consumers.size(), 1U);
  EXPECT_EQ(first.consumers[0].from.peer.id(), between.id());
  EXPECT_EQ(first.consumers[0].from.tag, above);
  EXPECT_EQ(first.consumers[0].sent, 6U);
  EXPECT_EQ(second.kind, stage_kind::producer_consumer);
  EXPECT_EQ(second.dispatcher, "partition_dispatcher");
  ASSERT_EQ(second.producers.size(), 1U);
  EXPECT_EQ(second.producers[0].to.tag, above);
  EXPECT_EQ(second.producers[0].label, to_string(from.id()));
  EXPECT_EQ(second.producers[0].cancel, cancel_mode::permanent);
  ASSERT_EQ(second.consumers.size(), 1U);
  EXPECT_EQ(second.consumers[0].from.tag, below);
  EXPECT_EQ(third.kind, stage_kind::consumer);
  EXPECT_EQ(third.dispatcher, "");
  ASSERT_EQ(third.producers.size(), 1U);
  EXPECT_EQ(third.producers[0].mode, subscription_mode::manual);
  EXPECT_EQ(third.producers[0].cancel, cancel_mode::transient);
}

}  // namespace
}  // namespace genstage
