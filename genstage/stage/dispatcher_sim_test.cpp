#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <map>
#include <memory>

// Broadcast and partition dispatchers at work in stages: sections 15 and 16 of the specification,
// with the recommendations of annex B2.
namespace genstage {
namespace {

using namespace conversation;

struct remark {
  std::string text;
};

/// Broadcasts what it is told to, whatever is asked.
class announcer final : public producer<std::int64_t> {
 public:
  explicit announcer(journal* seen) : seen_{seen} {}
  auto dispatcher() const { return broadcast_dispatcher{}; }
  void handle_demand(demand asked, output<std::int64_t>&) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
  }
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  void handle_info(remark told) { seen_->push_back(told.text); }

 private:
  journal* seen_;
};

/// Broadcasts as many numbers as are asked for.
class beacon final : public producer<std::int64_t> {
 public:
  explicit beacon(journal* seen, std::int64_t end = 100, demand_mode mode = demand_mode::forward)
      : seen_{seen}, end_{end}, mode_{mode} {}
  demand_mode initial_demand() const override { return mode_; }
  auto dispatcher() const { return broadcast_dispatcher{}; }
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
    for (auto left = asked.count(); left > 0 && next_ < end_; --left) out.emit(next_++);
  }

 private:
  journal* seen_;
  std::int64_t end_;
  demand_mode mode_;
  std::int64_t next_ = 0;
};

/// Reads events, and writes down where they were.
class reader final : public consumer<const std::int64_t> {
 public:
  explicit reader(journal* seen, std::vector<const std::int64_t*>* where = nullptr)
      : seen_{seen}, where_{where} {}
  void handle_events(std::span<const std::int64_t> events) override {
    std::string line;
    for (const std::int64_t event : events) line += std::to_string(event) + " ";
    line.pop_back();
    seen_->push_back(line);
    if (where_ != nullptr) where_->push_back(events.data());
  }

 private:
  journal* seen_;
  std::vector<const std::int64_t*>* where_;
};

using unique_number = std::unique_ptr<std::int64_t>;

/// Broadcasts what cannot be copied.
class treasurer final : public producer<unique_number> {
 public:
  auto dispatcher() const { return broadcast_dispatcher{}; }
  void handle_demand(demand, output<unique_number>&) override {}
  void handle_cast(emit told, output<unique_number>& out) {
    for (const std::int64_t event : told.events) out.emit(std::make_unique<std::int64_t>(event));
  }
};
class admirer final : public consumer<const unique_number> {
 public:
  explicit admirer(journal* seen) : seen_{seen} {}
  void handle_events(std::span<const unique_number> events) override {
    std::string line;
    for (const auto& event : events) line += std::to_string(*event) + " ";
    line.pop_back();
    seen_->push_back(line);
  }

 private:
  journal* seen_;
};
class robber final : public consumer<unique_number> {
 public:
  void handle_events(std::span<unique_number>) override {}
};

struct sorter_rules {
  partition_options options{.partitions = 2};
  /// Answers each demand with the next numbers; else only casts emit.
  bool answers = true;
};

/// Even numbers to partition 0, odd ones to 1; multiples of 5 to nobody.
class sorter final : public producer<std::int64_t> {
 public:
  sorter(journal* seen, sorter_rules rules) : seen_{seen}, rules_{rules} {}
  auto dispatcher() const {
    return partition_dispatcher{rules_.options,
                                [](std::int64_t event) -> std::optional<std::int64_t> {
                                  if (event % 5 == 0) return std::nullopt;
                                  return event % 2;
                                }};
  }
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
    if (!rules_.answers) return;
    for (auto left = asked.count(); left > 0; --left) out.emit(++next_);
  }
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  buffer_options buffer() const override { return {.size = 100, .keep = buffer_keep::first}; }

 private:
  journal* seen_;
  sorter_rules rules_;
  std::int64_t next_ = 0;
};

/// Makes numbers for the partition that asks.
class mill final : public partitioned_producer<std::int64_t> {
 public:
  explicit mill(journal* seen) : seen_{seen} {}
  auto dispatcher() const {
    return partition_dispatcher{{.partitions = 2}, [](std::int64_t event) { return event / 1000; }};
  }
  void handle_demand(std::size_t partition, demand asked, output<std::int64_t>& out) override {
    seen_->push_back("demand " + std::to_string(asked.count()) + " of " +
                     std::to_string(partition));
    for (auto left = asked.count(); left > 0; --left) {
      out.emit(static_cast<std::int64_t>(1000 * partition) + next_[partition]++);
    }
  }

 private:
  journal* seen_;
  std::array<std::int64_t, 2> next_{};
};

class middle_sorter final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  auto dispatcher() const {
    return partition_dispatcher{{.partitions = 1}, [](std::int64_t event) -> std::optional<int> {
                                  if (event < 90) return std::nullopt;
                                  return 0;
                                }};
  }
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
  }
};

class dispatcher_sim_test : public ::testing::Test {
 protected:
  static subscription_options taking(std::int64_t most, event_selector wanted = {}) {
    return {.max_demand = most,
            .min_demand = 0,
            .cancel = cancel_mode::temporary,
            .selector = std::move(wanted)};
  }
  static subscription_options of_partition(partition_key which, std::int64_t most) {
    return {
        .max_demand = most, .min_demand = 0, .cancel = cancel_mode::temporary, .partition = which};
  }
  std::uint64_t noted(record_kind kind) {
    std::uint64_t count = 0;
    for (const record& each : records.read()) count += each.kind == kind ? each.count : 0;
    return count;
  }
  ref<sink> start_manual(journal& into) {
    return here.start<sink>(&into, sink_rules{.mode = subscription_mode::manual});
  }

  recorder records{1U << 12U};
  world here{1, &records};
  journal up;
  journal first;
  journal second;
};

TEST_F(dispatcher_sim_test, readers_share_one_batch_and_nothing_is_copied) {
  std::vector<const std::int64_t*> one;
  std::vector<const std::int64_t*> other;
  const auto from = here.start<announcer>(&up);
  here.join(here.start<reader>(&first, &one), from, taking(3));
  here.join(here.start<reader>(&second, &other), from, taking(3));

  for (std::int64_t round = 0; round < 3; ++round) cast(from, emit{sequence(3 * round, 3)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"0 1 2", "3 4 5", "6 7 8"}));
  EXPECT_EQ(second, first);
  EXPECT_EQ(one, other);
  EXPECT_EQ(noted(record_kind::copied), 0U);
}

TEST_F(dispatcher_sim_test, an_owner_among_readers_gets_a_counted_copy) {
  const auto from = here.start<announcer>(&up);
  here.join(here.start<reader>(&first), from, taking(4));
  here.join(here.start<sink>(&second), from, taking(4));

  cast(from, emit{sequence(0, 4)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"0 1 2 3"}));
  EXPECT_EQ(second, (journal{"joins producer", "0..3 (4)"}));
  EXPECT_EQ(noted(record_kind::copied), 4U);
}

TEST_F(dispatcher_sim_test, the_only_consumer_of_a_broadcast_gets_the_batch_itself) {
  const auto from = here.start<announcer>(&up);
  here.join(here.start<sink>(&first), from, taking(4));

  cast(from, emit{sequence(0, 4)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "0..3 (4)"}));
  EXPECT_EQ(noted(record_kind::copied), 0U);
}

TEST_F(dispatcher_sim_test, readers_with_selectors_see_what_they_want_even_if_it_cannot_be_copied) {
  const auto odd = [](const unique_number& event) { return *event % 2 == 1; };
  const auto from = here.start<treasurer>();
  here.join(here.start<admirer>(&first), from, taking(6));
  here.join(here.start<admirer>(&second), from, taking(6, odd));

  cast(from, emit{sequence(0, 6)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"0 1 2 3 4 5"}));
  EXPECT_EQ(second, (journal{"1", "3", "5"}));
}

TEST_F(dispatcher_sim_test, an_owner_of_what_cannot_be_copied_is_refused_at_run_time) {
  const auto from = here.start_named<treasurer>("gold");
  const auto to = here.start_named<robber>("robber");
  auto end = here.watch(to);

  (void)here.request(to.process(), {.producer_name = "gold"});

  EXPECT_TRUE(
      here.fate(end).starts_with("subscription robber -> gold: the consumer owns its "
                                 "events, must read them"))
      << here.fate(end);
  EXPECT_TRUE(here.is_alive(from));
}

TEST_F(dispatcher_sim_test, selected_events_travel_as_one_message_and_others_cost_no_demand) {
  const auto even = [](const std::int64_t& event) { return event % 2 == 0; };
  const auto from = here.start<beacon>(&up, 10);
  here.join(here.start<reader>(&first), from, taking(4, even));

  here.sim.settle();

  EXPECT_EQ(first, (journal{"0 2", "4", "6", "8"}));
  EXPECT_EQ(up, (journal{"demand 4", "demand 2", "demand 1", "demand 4", "demand 2"}));
}

// G-264: GenStage sends an empty message.
TEST_F(dispatcher_sim_test, a_selector_that_wants_nothing_stops_nobody_and_brings_no_message) {
  const auto none = [](const std::int64_t&) { return false; };
  const auto from = here.start<announcer>(&up);
  here.join(here.start<sink>(&first, sink_rules{.mode = subscription_mode::manual, .first_ask = 2}),
            from, taking(2, none));
  here.join(here.start<reader>(&second), from, taking(2));

  for (std::int64_t round = 0; round < 3; ++round) cast(from, emit{sequence(2 * round, 2)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer"}));
  EXPECT_EQ(second, (journal{"0 1", "2 3", "4 5"}));
}

// G-262
TEST_F(dispatcher_sim_test, a_selector_for_other_events_is_refused_naming_both_types) {
  const auto from = here.start_named<announcer>("news", &up);
  const auto to = here.start_named<reader>("paper", &first);
  auto end = here.watch(to);

  here.join(to, from, {.selector = [](const std::string&) { return true; }});

  EXPECT_TRUE(here.fate(end).starts_with("subscription paper -> news: the selector takes "))
      << here.fate(end);
  EXPECT_TRUE(here.is_alive(from));
}

// G-268: GenStage hangs here with a full buffer.
TEST_F(dispatcher_sim_test, a_late_subscriber_that_has_asked_gets_what_was_buffered_meanwhile) {
  const auto from = here.start<announcer>(&up);
  here.join(here.start<reader>(&first), from, taking(10));
  const auto late = start_manual(second);
  here.join(late, from, taking(10));
  cast(from, emit{sequence(0, 3)});
  here.sim.settle();
  ASSERT_EQ(first, journal{});

  cast(late, ask_for{10});
  here.sim.settle();
  cast(from, emit{sequence(3, 1)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"0 1 2", "3"}));
  EXPECT_EQ(second, (journal{"joins producer", "0..2 (3)", "3..3 (1)"}));
}

TEST_F(dispatcher_sim_test, when_the_last_consumer_dies_the_next_gets_what_is_buffered) {
  const auto from = here.start<announcer>(&up);
  const auto doomed = start_manual(first);
  here.join(doomed, from, taking(10));
  cast(doomed, ask_for{10});
  here.kill(doomed);
  cast(from, emit{sequence(0, 3)});

  here.join(here.start<reader>(&second), from, taking(10));
  here.sim.settle();

  EXPECT_EQ(second, (journal{"0 1 2"}));
}

// G-258, G-267: a subscriber that never asks is a gate.
TEST_F(dispatcher_sim_test, the_demand_that_a_leaver_held_up_is_asked_for) {
  const auto from = here.start<beacon>(&up, 10);
  const auto silent = start_manual(second);
  const unique_id tag = here.join(silent, from, taking(10));
  here.join(here.start<reader>(&first), from, taking(5));
  here.sim.settle();
  ASSERT_EQ(up, journal{});

  cancel(from, tag, exit_reason::normal());
  here.sim.settle();

  EXPECT_EQ(first, (journal{"0 1 2 3 4", "5 6 7 8 9"}));
}

// G-266
TEST_F(dispatcher_sim_test, who_comes_late_has_missed_what_was_sent_unless_demand_is_accumulated) {
  for (const demand_mode begun : {demand_mode::forward, demand_mode::accumulate}) {
    journal early;
    journal late;
    const auto from = here.start<beacon>(&up, 4, begun);
    here.join(here.start<reader>(&early), from, taking(2));
    here.sim.settle();
    here.join(here.start<reader>(&late), from, taking(2));
    set_demand(from, demand_mode::forward);
    here.sim.settle();

    EXPECT_EQ(early, (journal{"0 1", "2 3"}));
    EXPECT_EQ(late, begun == demand_mode::forward ? journal{} : early);
  }
}

// G-269
TEST_F(dispatcher_sim_test, an_info_to_a_broadcast_comes_at_once_if_nothing_is_buffered) {
  const auto from = here.start<announcer>(&up);
  here.join(here.start<reader>(&first), from, taking(3));
  here.join(start_manual(second), from, taking(3));

  async_info(from, remark{"nobody is served"});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 3", "nobody is served"})) << "though the second holds up all";
}

/// Broadcasts nothing, and stops when anybody leaves.
class offended final : public producer<std::int64_t> {
 public:
  explicit offended(journal* seen) : seen_{seen} {}
  auto dispatcher() const { return broadcast_dispatcher{}; }
  void handle_demand(demand asked, output<std::int64_t>&) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
  }
  void handle_cancel(const cancellation&) override { stop(exit_reason::user("offended")); }

 private:
  journal* seen_;
};

// G-101: the leaver's end releases demand, but the stage has stopped.
TEST_F(dispatcher_sim_test, a_producer_that_stops_as_a_consumer_leaves_is_asked_for_nothing) {
  const auto from = here.start<offended>(&up);
  const unique_id tag = here.join(start_manual(second), from, taking(10));
  here.join(here.start<reader>(&first), from, taking(5));
  here.sim.settle();

  cancel(from, tag, exit_reason::normal());

  EXPECT_FALSE(here.is_alive(from));
  EXPECT_EQ(up, journal{});
}

// G-254: GenStage accepts the third attempt, and then each event comes twice.
TEST_F(dispatcher_sim_test, a_second_and_a_third_subscription_to_a_broadcast_are_refused) {
  const auto from = here.start<announcer>(&up);
  const auto to = here.start<sink>(&first);
  for (int attempt = 0; attempt < 3; ++attempt) here.join(to, from, {.max_demand = 10});
  here.sim.settle();

  cast(from, emit{sequence(0, 2)});
  here.sim.settle();

  EXPECT_EQ(std::ranges::count(first, "0..1 (2)"), 1);
  EXPECT_EQ(std::ranges::count(first, "producer gone: cancel already_subscribed"), 2);
  EXPECT_TRUE(here.is_alive(to));
}

// G-280, G-281, G-282
TEST_F(dispatcher_sim_test, each_event_goes_to_its_partition_and_dropped_ones_are_made_again) {
  const auto from = here.start<sorter>(&up, sorter_rules{});
  here.join(here.start<reader>(&first), from, of_partition(0, 4));
  here.sim.settle();
  cast(from, emit{{-1}});
  here.sim.settle();

  // Until the queue of the odd ones is full, the even ones go on.
  EXPECT_EQ(first[0], "2 4");
  EXPECT_EQ(first[1], "6");
  EXPECT_EQ(here.lines, (journal{"error partition_dispatcher: the hash returned -1, known "
                                 "partitions are 0..1; 1 events discarded"}));
}

// G-295, G-298: in GenStage all demand is one sum, which the partition that is behind uses up.
TEST_F(dispatcher_sim_test, a_partition_without_consumers_doesnt_hold_up_another_one) {
  const auto from =
      here.start<sorter>(&up, sorter_rules{.options = {.partitions = 2, .queue_size = 8}});
  numbers got;
  here.join(here.start<sink>(&first, sink_rules{}, &got), from, of_partition(0, 4));
  here.sim.settle();

  // 8 odd numbers wait, none was lost, and the producer rests.
  EXPECT_EQ(got, (numbers{2, 4, 6, 8, 12, 14, 16, 18}));
  const auto late = start_manual(second);
  here.join(late, from, of_partition(1, 100));
  cast(late, ask_for{8});
  here.sim.settle();
  EXPECT_EQ(second.at(1), "1..19 (8)");
}

TEST_F(dispatcher_sim_test, a_full_queue_that_drops_holds_up_nobody) {
  const sorter_rules rules{
      .options = {.partitions = 2, .queue_size = 2, .when_full = full_queue::drops_events},
      .answers = false};
  const auto from = here.start<sorter>(&up, rules);
  here.join(here.start<reader>(&first), from, of_partition(0, 100));

  cast(from, emit{sequence(1, 8)});
  here.sim.settle();
  here.join(here.start<reader>(&second), from, of_partition(1, 100));
  here.sim.settle();

  EXPECT_EQ(first, (journal{"2 4 6 8"}));
  EXPECT_EQ(second, (journal{"1 3"}));
  EXPECT_EQ(here.lines, (journal{"warning discarded 1 events: nobody had asked for them and the "
                                 "buffer is full"}));
}

// N17: the slow partition is asked for nothing, the other goes on.
TEST_F(dispatcher_sim_test, a_partitioned_producer_is_asked_for_each_partition_by_itself) {
  const auto from = here.start<mill>(&up);
  const auto slow = start_manual(second);
  here.join(slow, from, of_partition(1, 5));
  cast(slow, ask_for{2});
  numbers got;
  here.join(here.start<sink>(&first, sink_rules{.stop_at_call = 4}, &got), from,
            of_partition(0, 3));
  here.sim.settle();

  EXPECT_EQ(got, sequence(0, 12));
  EXPECT_EQ(second, (journal{"joins producer", "1000..1001 (2)"}));
  EXPECT_EQ(std::ranges::count(up, "demand 2 of 1"), 1);
  EXPECT_GE(std::ranges::count(up, "demand 3 of 0"), 4);
}

// G-297: GenStage throws the queued events away.
TEST_F(dispatcher_sim_test, what_is_queued_for_a_leaver_is_kept_for_the_next_of_its_partition) {
  const auto from = here.start<sorter>(&up, sorter_rules{.answers = false});
  const auto leaver = start_manual(first);
  const unique_id tag = here.join(leaver, from, of_partition(1, 5));
  cast(leaver, ask_for{1});
  cast(from, emit{{1, 3, 7}});
  here.sim.settle();

  cancel(from, tag, exit_reason::normal());
  here.join(here.start<reader>(&second), from, of_partition(1, 5));
  here.sim.settle();

  EXPECT_EQ(second, (journal{"3 7"}));
}

// G-096. G-098: GenStage ends the producer, and everybody with it.
TEST_F(dispatcher_sim_test, a_wrong_partition_ends_only_the_subscription_that_asks_for_it) {
  const auto from = here.start_named<sorter>("router", &up, sorter_rules{.answers = false});
  here.join(here.start<reader>(&first), from, of_partition(0, 5));
  const auto to = here.start_named<sink>("lost", &second);
  here.join(to, from, of_partition(7, 5));
  cast(from, emit{{2, 4}});
  here.sim.settle();

  const std::string why =
      "subscription lost -> router: partition_dispatcher: partition is 7, must be one of 0..1; "
      "refused";
  EXPECT_EQ(first, (journal{"2 4"}));
  EXPECT_EQ(second, (journal{"joins producer", "producer gone: cancel " + why}));
  EXPECT_EQ(here.lines, (journal{"error " + why}));
  EXPECT_TRUE(here.is_alive(from));
}

// G-281: GenStage counts dropped events as room that is used up, and stops for good.
TEST_F(dispatcher_sim_test, a_producer_consumer_whose_hash_drops_much_goes_on) {
  const auto from = here.start<counter>(nullptr, 100);
  const auto middle = here.start<middle_sorter>();
  here.join(middle, from, {.max_demand = 10});
  here.join(here.start<reader>(&first), middle, of_partition(0, 5));
  here.sim.settle();

  ASSERT_FALSE(first.empty());
  EXPECT_TRUE(first.back().ends_with("99"));
}

// G-220
TEST_F(dispatcher_sim_test, options_of_a_dispatcher_that_make_no_sense_fail_the_start) {
  auto started = here.start_with<sorter>({}, &up, sorter_rules{.options = {.partitions = 0}});

  ASSERT_TRUE(started.has_value());
  EXPECT_TRUE(
      started->text().ends_with(": partition_dispatcher: partitions is 0, must be at least 1; "
                                "not started"))
      << started->text();
}

}  // namespace
}  // namespace genstage
