#include <gtest/gtest.h>

#include <chrono>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/range_producer.hpp>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

/// 0, 1, 2 and so on; notes the last one that was made.
generator<std::int64_t> counting(std::int64_t* made, std::int64_t end = INT64_MAX) {
  for (std::int64_t number = 0; number < end; ++number) {
    *made = number;
    co_yield number;
  }
}

generator<std::int64_t> broken() {
  co_yield 1;
  throw std::runtime_error{"no more"};
}

async_generator<std::int64_t> slow(std::int64_t end) {
  for (std::int64_t number = 0; number < end; ++number) {
    if (number % 2 == 1) {
      auto pause = sleep_for(1s);
      co_await std::move(pause);
    }
    co_yield number;
  }
}

subscription_options with_mode(cancel_mode mode, std::int64_t most = 4) {
  return {.max_demand = most, .min_demand = 0, .cancel = mode};
}

// G-335, G-336
TEST(range_producer_sim_test, the_range_is_not_touched_before_the_first_demand) {
  world here;
  std::int64_t made = -1;
  auto source = *from_range(here.sim.home(), counting(&made));
  here.sim.settle();
  EXPECT_EQ(made, -1);

  journal seen;
  here.join(here.start<sink>(&seen, sink_rules{.mode = subscription_mode::manual, .first_ask = 3}),
            source);
  here.sim.settle();

  EXPECT_EQ(made, 2) << "three elements, and not a fourth";
}

// G-337, G-339
TEST(range_producer_sim_test, the_last_elements_leave_before_the_end) {
  world here;
  journal seen;
  auto source = *from_range(here.sim.home(), sequence(0, 6));
  auto end = here.watch(source);
  auto consumer = here.start<sink>(&seen);
  auto consumer_end = here.watch(consumer);
  here.join(consumer, source, with_mode(cancel_mode::transient));

  EXPECT_EQ(here.fate(end), "normal");
  EXPECT_EQ(here.fate(consumer_end), "alive");
  EXPECT_EQ(seen,
            (journal{"joins producer", "0..3 (4)", "4..5 (2)", "producer gone: down normal"}));
}

// G-339
TEST(range_producer_sim_test, a_permanent_consumer_ends_with_the_range) {
  world here;
  journal seen;
  auto consumer = here.start<sink>(&seen);
  auto end = here.watch(consumer);
  here.join(consumer, *from_range(here.sim.home(), sequence(0, 2)));

  EXPECT_EQ(here.fate(end), "normal");
}

// G-338
TEST(range_producer_sim_test, the_end_is_found_at_the_demand_after_the_last_element) {
  world here;
  journal seen;
  auto source = *from_range(here.sim.home(), sequence(0, 4));
  auto consumer =
      here.start<sink>(&seen, sink_rules{.mode = subscription_mode::manual, .first_ask = 4});
  here.join(consumer, source);
  EXPECT_TRUE(here.is_alive(source));

  cast(consumer, ask_for{1});

  EXPECT_FALSE(here.is_alive(source));
}

// G-338
TEST(range_producer_sim_test, an_empty_range_nobody_asks_lives) {
  world here;
  auto source = *from_range(here.sim.home(), numbers{});

  EXPECT_TRUE(here.is_alive(source));
}

// G-340
TEST(range_producer_sim_test, several_consumers_share_the_range) {
  world here;
  journal seen;
  numbers first;
  numbers second;
  auto source = *from_range(here.sim.home(), std::views::iota(std::int64_t{0}, std::int64_t{20}));
  for (numbers* each : {&first, &second}) {
    auto consumer = here.start<sink>(&seen, sink_rules{}, each);
    here.join(consumer, source, with_mode(cancel_mode::temporary));
  }
  here.sim.settle();

  first.insert(first.end(), second.begin(), second.end());
  std::ranges::sort(first);
  EXPECT_EQ(first, sequence(0, 20));
}

// G-334, G-341, RS-3.14
TEST(range_producer_sim_test, without_consumers_it_stops_only_if_told_so) {
  for (const on_last_cancel chosen : {on_last_cancel::go_on, on_last_cancel::stop}) {
    world here;
    journal seen;
    auto source = *from_range(here.sim.home(), std::views::iota(std::int64_t{0}),
                              range_options{.on_cancel = chosen});
    auto end = here.watch(source);
    EXPECT_EQ(here.fate(end), "alive") << "nobody has come yet";
    auto leaver = here.start<sink>(&seen, sink_rules{.mode = subscription_mode::manual});
    auto other = here.start<sink>(&seen, sink_rules{.mode = subscription_mode::manual});
    const auto tag = here.join(leaver, source, with_mode(cancel_mode::temporary));
    here.join(other, source, with_mode(cancel_mode::temporary));

    cancel(source, tag, exit_reason::normal());
    EXPECT_EQ(here.fate(end), "alive") << "one is left";
    here.kill(other);

    EXPECT_EQ(here.fate(end), chosen == on_last_cancel::stop ? "normal" : "alive");
  }
}

// G-334
TEST(range_producer_sim_test, a_range_is_sent_as_its_options_say) {
  world here;
  journal one;
  journal other;
  auto source =
      *from_range(here.sim.home(), std::views::iota(std::int64_t{0}, std::int64_t{4}),
                  range_options{.demand = demand_mode::accumulate}, {}, broadcast_dispatcher{});
  here.join(here.start<sink>(&one), source, with_mode(cancel_mode::temporary));
  here.join(here.start<sink>(&other), source, with_mode(cancel_mode::temporary));
  here.sim.settle();
  EXPECT_EQ(one, journal{"joins producer"});

  set_demand(source, demand_mode::forward);
  here.sim.settle();

  EXPECT_EQ(one.at(1), "0..3 (4)");
  EXPECT_EQ(other.at(1), "0..3 (4)");
}

// G-334, G-337: what a partition has not been sent yet is not lost with the end.
TEST(range_producer_sim_test, the_end_comes_when_the_last_partition_has_been_sent_its_elements) {
  world here;
  journal slow_seen;
  numbers got;
  auto source = *from_range(
      here.sim.home(), sequence(0, 10), {}, {},
      partition_dispatcher{{.partitions = 2}, [](std::int64_t event) { return event % 2; }});
  auto end = here.watch(source);
  auto slow = here.start<sink>(&slow_seen, sink_rules{.mode = subscription_mode::manual});
  here.join(slow, source, {.cancel = cancel_mode::temporary, .partition = 1});
  auto quick = here.start<sink>(&slow_seen, sink_rules{}, &got);
  here.join(quick, source, {.max_demand = 20, .cancel = cancel_mode::temporary, .partition = 0});

  EXPECT_EQ(here.fate(end), "alive") << "the odd ones are still there";
  EXPECT_EQ(got, (numbers{0, 2, 4, 6, 8}));
  slow_seen.clear();
  cast(slow, ask_for{4});
  EXPECT_EQ(here.fate(end), "alive");
  cast(slow, ask_for{4});

  EXPECT_EQ(here.fate(end), "normal");
  EXPECT_EQ(slow_seen, (journal{"1..7 (4)", "9..9 (1)", "producer gone: down normal",
                                "producer gone: down normal"}));
}

// G-334, G-342: who leaves early is not the last one if all have subscribed before.
TEST(range_producer_sim_test, a_broadcast_range_begins_when_all_have_subscribed) {
  world here;
  numbers got;
  journal seen;
  auto source = *from_range(here.sim.home(), sequence(0, 6),
                            {.on_cancel = on_last_cancel::stop, .demand = demand_mode::accumulate},
                            {}, broadcast_dispatcher{});
  auto end = here.watch(source);
  auto leaver = here.start<sink>(&seen, sink_rules{.stop_at_call = 1});
  here.join(leaver, source, with_mode(cancel_mode::temporary, 2));
  here.sim.settle();
  here.join(here.start<sink>(&seen, sink_rules{}, &got), source,
            with_mode(cancel_mode::temporary, 2));

  set_demand(source, demand_mode::forward);

  EXPECT_EQ(here.fate(end), "normal");
  EXPECT_FALSE(here.is_alive(leaver));
  EXPECT_EQ(got, sequence(0, 6));
}

// G-345
TEST(range_producer_sim_test, what_it_has_no_use_for_is_logged_and_ignored) {
  world here;
  auto source = *from_range(here.sim.home(), sequence(0, 6));

  source.process().send(std::make_unique<batch_message<std::int64_t>>(message_kind::events,
                                                                      unique_id{77}, pid{1, 1}));

  EXPECT_TRUE(here.is_alive(source));
  ASSERT_EQ(here.lines.size(), 1U);
  EXPECT_TRUE(here.lines.front().starts_with("error ")) << here.lines.front();
}

// G-343
TEST(range_producer_sim_test, an_exception_of_the_range_is_one_of_handle_demand) {
  world here;
  journal seen;
  auto source = *from_range(here.sim.home(), broken());
  auto end = here.watch(source);
  here.join(here.start<sink>(&seen), source, with_mode(cancel_mode::temporary));

  EXPECT_EQ(here.fate(end), "error (std::runtime_error: no more) in handle_demand");
}

TEST(range_producer_sim_test, elements_that_cannot_be_copied_are_moved_out_of_a_container) {
  class taker final : public consumer<std::unique_ptr<int>> {
   public:
    explicit taker(std::vector<int>* got) : got_{got} {}
    void handle_events(std::span<std::unique_ptr<int>> events) override {
      for (const auto& event : events) got_->push_back(*event);
    }

   private:
    std::vector<int>* got_;
  };
  world here;
  std::vector<int> got;
  std::vector<std::unique_ptr<int>> kept;
  kept.push_back(std::make_unique<int>(1));
  kept.push_back(std::make_unique<int>(2));
  here.join(here.start<taker>(&got), *from_range(here.sim.home(), std::move(kept)));
  here.sim.settle();

  EXPECT_EQ(got, (std::vector<int>{1, 2}));
}

TEST(range_producer_sim_test, what_is_there_is_sent_before_the_sequence_waits) {
  world here;
  numbers got;
  journal seen;
  auto source = *from_range(here.sim.home(), slow(5));
  auto end = here.watch(source);
  here.join(here.start<sink>(&seen, sink_rules{}, &got), source,
            with_mode(cancel_mode::temporary, 100));
  here.sim.settle();
  EXPECT_EQ(got, (numbers{0}));

  here.sim.run_for(1s);
  EXPECT_EQ(got, (numbers{0, 1, 2}));

  here.sim.run_for(1s);
  EXPECT_EQ(got, (numbers{0, 1, 2, 3, 4}));
  EXPECT_EQ(here.fate(end), "normal");
}

TEST(range_producer_sim_test, a_stage_that_waits_for_its_sequence_can_be_killed) {
  world here;
  journal seen;
  auto source = *from_range(here.sim.home(), slow(5));
  auto end = here.watch(source);
  here.join(here.start<sink>(&seen), source, with_mode(cancel_mode::temporary, 100));
  here.sim.settle();

  here.kill(source);

  EXPECT_EQ(here.fate(end), "killed");
}

}  // namespace
}  // namespace genstage
