#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/stage/conversation_test.hpp>
#include <stdexcept>

// Demand and events in a producer: section 8 of the specification, with the recommendations of
// G-151 to G-153, and the demand dispatcher (section 14) at work in a stage.
namespace genstage {
namespace {

using namespace conversation;

/// Answers a demand with so many events more or less than was asked.
class approximate final : public producer<std::int64_t> {
 public:
  approximate(journal* seen, std::int64_t off) : seen_{seen}, off_{off} {}

  void handle_demand(demand asked, output<std::int64_t>& out) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
    for (std::int64_t left = static_cast<std::int64_t>(asked) + off_; left > 0; --left) {
      out.emit(next_++);
    }
  }

 private:
  journal* seen_;
  std::int64_t off_;
  std::int64_t next_ = 0;
};

class broken final : public producer<std::int64_t> {
 public:
  void handle_demand(demand, output<std::int64_t>& out) override {
    out.emit(1);
    throw std::runtime_error{"no more"};
  }
};

class producer_sim_test : public ::testing::Test {
 protected:
  /// A consumer that asks by hand only, so that the test decides about the demand.
  ref<sink> start_manual(journal& into) {
    return here.start<sink>(&into, sink_rules{.mode = subscription_mode::manual});
  }

  world here;
  journal up;
  journal first;
  journal second;
};

// G-139, G-141
TEST_F(producer_sim_test, a_demand_that_the_buffer_covers_never_reaches_the_callback) {
  const auto from = here.start<source>(&up);
  cast(from, emit{sequence(0, 5)});
  const auto to = start_manual(first);
  here.join(to, from);

  cast(to, ask_for{3});
  cast(to, ask_for{2});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "0..2 (3)", "3..4 (2)"}));
  EXPECT_EQ(up, (journal{"joined by consumer"}));
}

// G-139, G-140
TEST_F(producer_sim_test, only_what_the_buffer_lacks_is_demanded) {
  const auto from = here.start<source>(&up);
  cast(from, emit{sequence(0, 5)});
  const auto to = start_manual(first);
  here.join(to, from);

  cast(to, ask_for{7});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "0..4 (5)"}));
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 2"}));
}

// G-143, G-144
TEST_F(producer_sim_test, a_demand_answered_in_part_is_not_repeated) {
  const auto from = here.start<approximate>(&up, -1);
  const auto to = start_manual(first);
  here.join(to, from);

  cast(to, ask_for{3});
  here.sim.settle();
  cast(to, ask_for{3});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 3", "demand 3"}));
  EXPECT_EQ(first, (journal{"joins producer", "0..1 (2)", "2..3 (2)"}));
}

// G-143, G-146
TEST_F(producer_sim_test, a_surplus_waits_for_the_next_ask) {
  const auto from = here.start<approximate>(&up, 2);
  const auto to = start_manual(first);
  here.join(to, from);

  cast(to, ask_for{3});
  cast(to, ask_for{2});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"demand 3"}));
  EXPECT_EQ(first, (journal{"joins producer", "0..2 (3)", "3..4 (2)"}));
}

// G-145
TEST_F(producer_sim_test, events_may_be_emitted_without_any_demand) {
  const auto from = here.start<source>(&up);
  const auto to = start_manual(first);
  here.join(to, from);
  cast(to, ask_for{3});
  here.sim.settle();

  cast(from, emit{sequence(0, 2)});
  cast(from, emit{sequence(2, 2)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "0..1 (2)", "2..2 (1)"}));
}

// G-150
TEST_F(producer_sim_test, the_demand_of_a_leaver_is_not_demanded_twice) {
  const auto from = here.start<source>(&up);
  const auto leaver = start_manual(first);
  here.join(leaver, from);
  cast(leaver, ask_for{10});
  here.sim.settle();
  here.kill(leaver);
  const auto next = start_manual(second);
  here.join(next, from);

  cast(next, ask_for{7});
  cast(next, ask_for{7});
  here.sim.settle();

  EXPECT_EQ(up, (journal{"joined by consumer", "demand 10", "consumer gone: down killed",
                         "joined by consumer", "demand 4"}));
}

// G-150
TEST_F(producer_sim_test, what_a_leaver_asked_for_and_was_buffered_is_not_demanded_again) {
  const auto from = here.start<source>(&up);
  const auto leaver = start_manual(first);
  here.join(leaver, from);
  cast(leaver, ask_for{10});
  here.sim.settle();
  here.kill(leaver);
  cast(from, emit{sequence(0, 10)});
  here.sim.settle();
  up.clear();
  const auto next = start_manual(second);
  here.join(next, from);

  cast(next, ask_for{12});
  here.sim.settle();

  EXPECT_EQ(second, (journal{"joins producer", "0..9 (10)"}));
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 2"}));
}

TEST_F(producer_sim_test, buffered_events_leave_before_newer_ones_whatever_the_credit) {
  const auto from = here.start<source>(&up);
  const auto leaver = start_manual(first);
  here.join(leaver, from);
  cast(leaver, ask_for{10});
  here.sim.settle();
  here.kill(leaver);
  cast(from, emit{sequence(1, 3)});
  here.sim.settle();
  const auto next = start_manual(second);
  here.join(next, from);

  cast(next, ask_for{5});
  here.sim.settle();
  cast(from, emit{{4}});
  here.sim.settle();
  cast(next, ask_for{5});
  here.sim.settle();

  EXPECT_EQ(second, (journal{"joins producer", "1..3 (3)", "4..4 (1)"}));
}

// G-149, G-326
TEST_F(producer_sim_test, events_sent_to_a_consumer_that_dies_are_lost_later_ones_are_kept) {
  const auto from = here.start<source>(&up);
  const auto leaver = start_manual(first);
  here.join(leaver, from);
  cast(leaver, ask_for{10});
  here.sim.settle();
  here.sim.home().exit(leaver.process(), exit_reason::kill());
  here.sim.settle();
  cast(from, emit{sequence(0, 2)});
  here.sim.settle();
  const auto next = start_manual(second);
  here.join(next, from);

  cast(next, ask_for{10});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer"}));
  EXPECT_EQ(second, (journal{"joins producer", "0..1 (2)"}));
}

TEST_F(producer_sim_test, a_full_buffer_that_keeps_the_first_drops_the_newest) {
  const auto from = here.start<source>(&up, buffer_options{.size = 3, .keep = buffer_keep::first});
  cast(from, emit{sequence(0, 5)});
  const auto to = start_manual(first);
  here.join(to, from);

  cast(to, ask_for{5});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "0..2 (3)"}));
  EXPECT_EQ(here.lines, (journal{"warning discarded 2 events: nobody had asked for them and the "
                                 "buffer is full"}));
}

// G-025: GenStage passes the size and then crashes.
TEST_F(producer_sim_test, a_buffer_of_size_zero_drops_all_that_nobody_asked_for) {
  const auto from = here.start<source>(&up, buffer_options{.size = 0});
  const auto to = start_manual(first);
  here.join(to, from);
  cast(to, ask_for{2});
  here.sim.settle();

  cast(from, emit{sequence(0, 5)});
  cast(to, ask_for{5});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "0..1 (2)"}));
  EXPECT_EQ(here.lines.front(),
            "warning discarded 3 events: nobody had asked for them and the "
            "buffer is full");
}

TEST_F(producer_sim_test, demand_for_dropped_events_is_demanded_again) {
  const auto from = here.start<source>(&up, buffer_options{.size = 2});
  const auto leaver = start_manual(first);
  here.join(leaver, from);
  cast(leaver, ask_for{10});
  here.sim.settle();
  here.kill(leaver);
  cast(from, emit{sequence(0, 10)});
  here.sim.settle();
  up.clear();
  const auto next = start_manual(second);
  here.join(next, from);

  cast(next, ask_for{10});
  here.sim.settle();

  EXPECT_EQ(second, (journal{"joins producer", "8..9 (2)"}));
  EXPECT_EQ(up, (journal{"joined by consumer", "demand 8"}));
}

TEST_F(producer_sim_test, a_callback_that_throws_ends_the_producer_and_its_output_is_not_sent) {
  const auto from = here.start<broken>();
  const auto to = start_manual(first);
  auto end = here.watch(to);
  here.join(to, from);

  cast(to, ask_for{1});

  const std::string reason = "error (std::runtime_error: no more) in handle_demand";
  EXPECT_EQ(here.fate(end), reason);
  EXPECT_EQ(first,
            (journal{"joins producer", "producer gone: down " + reason, "terminate " + reason}));
}

// G-037, G-310
TEST_F(producer_sim_test, what_a_call_emits_has_left_when_the_reply_is_given) {
  recorder records{64};
  world fresh{1, &records};
  const auto from = fresh.start<source>(&up);
  const auto to = fresh.start<sink>(&first);
  fresh.join(to, from, {.max_demand = 5});
  fresh.sim.settle();
  std::ptrdiff_t sent_before_reply = 0;
  auto [far, near] = make_operation<std::size_t>();
  far.on_settled([&]() noexcept {
    sent_before_reply = std::ranges::count(records.read(), record_kind::delivery, &record::kind);
  });

  from.process().send(std::make_unique<detail::call_message<source, emit_and_confirm, std::size_t>>(
      emit_and_confirm{{1, 2}}, far));

  EXPECT_EQ(**fresh.sim.run_until(std::move(near)), 2U);
  EXPECT_EQ(sent_before_reply, 1);
}

TEST_F(producer_sim_test, what_a_stage_emits_and_stops_with_still_leaves) {
  class parting final : public producer<std::int64_t> {
   public:
    void handle_demand(demand, output<std::int64_t>& out) override {
      out.emit(7);
      stop(exit_reason::normal());
    }
  };
  const auto from = here.start<parting>();
  const auto to = here.start<sink>(&first);

  here.join(to, from, {.max_demand = 5, .cancel = cancel_mode::transient});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "7..7 (1)", "producer gone: down normal"}));
}

// The demand dispatcher at work.

// G-239
TEST_F(producer_sim_test, the_consumer_with_the_largest_demand_is_served_first) {
  const auto from = here.start<source>(&up);
  const auto small = start_manual(first);
  const auto large = start_manual(second);
  here.join(small, from);
  here.join(large, from);
  cast(small, ask_for{2});
  here.sim.settle();
  cast(large, ask_for{3});
  here.sim.settle();

  cast(from, emit{sequence(0, 5)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "3..4 (2)"}));
  EXPECT_EQ(second, (journal{"joins producer", "0..2 (3)"}));
}

// G-234
TEST_F(producer_sim_test, among_equals_the_one_that_asked_first_is_served_first) {
  const auto from = here.start<source>(&up);
  const auto early = start_manual(first);
  const auto late = start_manual(second);
  here.join(early, from);
  here.join(late, from);
  cast(early, ask_for{3});
  here.sim.settle();
  cast(late, ask_for{3});
  here.sim.settle();

  cast(from, emit{sequence(0, 2)});
  cast(from, emit{sequence(2, 2)});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "0..1 (2)"}));
  EXPECT_EQ(second, (journal{"joins producer", "2..3 (2)"}));
}

// G-241
TEST_F(producer_sim_test, equal_demands_and_single_events_go_round_in_turn) {
  const auto from = here.start<source>(&up);
  const auto early = start_manual(first);
  const auto late = start_manual(second);
  here.join(early, from);
  here.join(late, from);
  cast(early, ask_for{4});
  here.sim.settle();
  cast(late, ask_for{4});
  here.sim.settle();

  for (std::int64_t event = 0; event < 6; ++event) cast(from, emit{{event}});
  here.sim.settle();

  EXPECT_EQ(first, (journal{"joins producer", "0..0 (1)", "2..2 (1)", "4..4 (1)"}));
  EXPECT_EQ(second, (journal{"joins producer", "1..1 (1)", "3..3 (1)", "5..5 (1)"}));
}

TEST_F(producer_sim_test, no_consumer_sees_events_out_of_order_while_others_come_and_go) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    world fresh{seed};
    journal ignored;
    const auto from = fresh.start<source>(&ignored);
    std::vector<numbers> got(6);
    std::vector<ref<sink>> all;
    std::int64_t next = 0;
    for (numbers& each : got) {
      all.push_back(fresh.start<sink>(&ignored, sink_rules{}, &each));
      (void)subscribe(all.back(), from, {.max_demand = 1 + static_cast<std::int64_t>(seed % 5)});
      cast(from, emit{sequence(next, 9)});
      next += 9;
      if (all.size() % 2 == 0) {
        fresh.sim.home().exit(all[all.size() / 2].process(), exit_reason::kill());
      }
    }

    fresh.sim.settle();

    for (const numbers& each : got) ASSERT_TRUE(std::ranges::is_sorted(each)) << seed;
  }
}

}  // namespace
}  // namespace genstage
