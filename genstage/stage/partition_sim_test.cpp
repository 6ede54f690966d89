#include <gtest/gtest.h>

#include <functional>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <optional>
#include <random>

// The partition dispatcher in a stage: section 16 of the specification. Where the original counts
// one sum of demand, this one counts each partition's, so the unit traces of the original are read
// as what they deliver, and what the producer is asked for is this library's.
namespace genstage {
namespace {

using namespace conversation;

struct remark {
  std::string text;
};

using hash = std::function<std::optional<std::int64_t>(std::int64_t&)>;

/// Even numbers to partition 0, odd ones to 1.
std::optional<std::int64_t> by_parity(std::int64_t& event) {
  return event % 2;
}
std::optional<std::int64_t> all_to_the_first(std::int64_t&) {
  return 0;
}

/// Emits what it is told to, and writes down what is asked and what it hears of itself.
class router final : public producer<std::int64_t> {
 public:
  router(journal* seen, std::int64_t partitions, hash choose)
      : seen_{seen}, partitions_{partitions}, choose_{std::move(choose)} {}

  auto dispatcher() const { return partition_dispatcher{{.partitions = partitions_}, choose_}; }
  void handle_demand(demand asked, output<std::int64_t>&) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
  }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  void handle_info(remark told) { seen_->push_back(told.text); }

 private:
  journal* seen_;
  std::int64_t partitions_;
  hash choose_;
};

/// A consumer with one subscription of several that asks for more.
class holder final : public consumer<std::int64_t> {
 public:
  explicit holder(journal* seen) : seen_{seen} {}
  void handle_events(std::span<std::int64_t> events) override {
    seen_->push_back(described(events));
  }
  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options& options) override {
    held_.push_back(from);
    ask(from, demand{options.max_demand});
    return subscription_mode::manual;
  }

 private:
  journal* seen_;
  std::vector<subscription> held_;
};

class partition_sim_test : public ::testing::Test {
 protected:
  void start(std::int64_t partitions, hash choose) {
    from = here.start<router>(&up, partitions, std::move(choose));
  }
  /// A consumer of a partition that asks by hand; it has no name for its own subscription.
  unique_id join(const ref<sink>& who, partition_key which) {
    return here.join(who, from,
                     {.max_demand = 100, .cancel = cancel_mode::temporary, .partition = which});
  }
  ref<sink> join(journal& into, partition_key which) {
    const auto who = here.start<sink>(&into, sink_rules{.mode = subscription_mode::manual});
    (void)join(who, which);
    return who;
  }
  void let_ask(const ref<sink>& who, std::int64_t count) {
    cast(who, ask_for{count});
    here.sim.settle();
  }
  void let_emit(numbers events) {
    cast(from, emit{std::move(events)});
    here.sim.settle();
  }
  std::size_t buffered() { return **here.sim.run_until(estimate_buffered_count(from)); }
  void let_remark(const char* text) {
    async_info(from, remark{text});
    here.sim.settle();
  }

  world here;
  journal up;
  journal first{};
  journal second{};
  ref<router> from;
};

// G-278: what the hash leaves is what is sent.
TEST_F(partition_sim_test, a_hash_may_replace_the_event) {
  start(1, [](std::int64_t& event) {
    event *= 10;
    return 0;
  });
  const auto who = join(first, 0);
  let_ask(who, 2);

  let_emit({1, 2});

  EXPECT_EQ(first, (journal{"joins producer", "10..20 (2)"}));
}

// G-290, G-294, G-304
TEST_F(partition_sim_test,
       a_partition_gets_what_it_has_asked_for_in_one_message_and_the_rest_waits) {
  start(1, all_to_the_first);
  const auto who = join(first, 0);
  let_ask(who, 3);
  let_emit({1});
  let_ask(who, 3);

  let_emit(sequence(2, 7));

  EXPECT_EQ(up, (journal{"demand 3", "demand 3"}));
  EXPECT_EQ(first, (journal{"joins producer", "1..1 (1)", "2..6 (5)"}));
  EXPECT_EQ(buffered(), 2U);
}

// G-291, G-294
TEST_F(partition_sim_test, what_is_queued_goes_first_and_later_events_wait_behind_it) {
  start(1, all_to_the_first);
  const auto who = join(first, 0);
  let_emit(sequence(0, 3));
  let_emit(sequence(3, 2));

  let_ask(who, 2);
  let_emit({5});
  let_ask(who, 10);
  let_emit({6});

  EXPECT_EQ(first, (journal{"joins producer", "0..1 (2)", "2..5 (4)", "6..6 (1)"}))
      << "six of the ten were left when the queue ran dry";
}

// G-291: an info on the way parts what would have been one message.
TEST_F(partition_sim_test, an_info_between_queued_events_parts_their_message) {
  start(1, all_to_the_first);
  const auto who = join(first, 0);
  let_emit(sequence(0, 2));
  let_remark("after 1");
  let_emit(sequence(2, 2));

  let_ask(who, 4);

  EXPECT_EQ(first, (journal{"joins producer", "0..1 (2)", "2..3 (2)"}));
  EXPECT_EQ(up, (journal{"after 1"}));
}

// G-292, G-296, G-303: what a leaver had asked for is not asked for again.
TEST_F(partition_sim_test, what_a_leaver_was_promised_is_credit_for_the_next) {
  start(2, by_parity);
  const auto leaver = here.start<sink>(&first, sink_rules{.mode = subscription_mode::manual});
  const unique_id tag = join(leaver, 0);
  let_ask(leaver, 10);
  cancel(from, tag, exit_reason::normal());
  const auto next = join(second, 1);
  let_ask(next, 5);
  EXPECT_EQ(up, (journal{"demand 10"})) << "ten are on their way, five are enough";

  here.kill(next);
  let_emit(sequence(0, 4));

  EXPECT_EQ(buffered(), 4U) << "they wait, although nobody is there";
}

// G-280, G-305
TEST_F(partition_sim_test, events_that_belong_nowhere_use_up_nothing) {
  start(2, [](std::int64_t& event) -> std::optional<std::int64_t> {
    if (event % 3 == 0) return std::nullopt;
    return event % 2;
  });
  const auto even = join(first, 0);
  const auto odd = join(second, 1);
  let_ask(even, 4);
  let_ask(odd, 4);

  let_emit(sequence(1, 12));

  EXPECT_EQ(first.at(1), "2..10 (4)");
  EXPECT_EQ(second.at(1), "1..11 (4)");
  EXPECT_EQ(buffered(), 0U);
}

// G-293, G-295, G-306: the first partition's events wait for it. In GenStage they would have used
// up what the second one asked for, and more of them would wait for an ask of anybody.
TEST_F(partition_sim_test, events_of_a_partition_without_consumers_wait_and_use_up_nothing) {
  start(2, all_to_the_first);
  const auto other = join(second, 1);
  let_ask(other, 5);
  let_emit(sequence(0, 5));
  let_emit(sequence(5, 5));
  EXPECT_EQ(up, (journal{"demand 5", "demand 5", "demand 5"})) << "the second still wants five";

  const auto late = join(first, 0);
  let_ask(late, 5);

  EXPECT_EQ(first, (journal{"joins producer", "0..4 (5)"}));
  EXPECT_EQ(buffered(), 5U);
}

// G-292, G-307: an ask that the queue fulfils asks the producer for nothing.
TEST_F(partition_sim_test, the_surplus_of_a_busy_partition_is_its_own) {
  start(2, all_to_the_first);
  const auto busy = join(first, 0);
  const auto idle = join(second, 1);
  let_ask(busy, 5);
  let_ask(idle, 5);
  let_emit(sequence(0, 2));
  let_emit(sequence(2, 8));
  EXPECT_EQ(first, (journal{"joins producer", "0..1 (2)", "2..4 (3)"}));
  const journal before = up;

  let_ask(busy, 5);

  EXPECT_EQ(first.back(), "5..9 (5)");
  EXPECT_EQ(up, before);
}

// G-289
TEST_F(partition_sim_test, one_consumer_may_hold_several_partitions) {
  start(2, by_parity);
  const auto both = here.start<holder>(&first);
  for (const int which : {0, 1}) {
    here.join(both, from, {.max_demand = 2, .min_demand = 0, .partition = which});
  }

  let_emit({1, 2, 3, 4});

  std::ranges::sort(first);
  EXPECT_EQ(first, (journal{"1..3 (2)", "2..4 (2)"}));
}

// G-299, G-300: the one that sends its last queued event last lets it through.
TEST_F(partition_sim_test, an_info_waits_for_every_partition_that_has_events_queued) {
  start(3, [](std::int64_t& event) { return event % 3; });
  const auto zero = join(first, 0);
  const auto one = join(second, 1);
  let_remark("nothing is queued");
  ASSERT_EQ(up, (journal{"nothing is queued"}));
  let_emit({0, 1, 3, 4});
  let_remark("behind 3 and 4");
  let_emit({6});

  let_ask(zero, 2);
  ASSERT_EQ(up.back(), "nothing is queued") << "4 is still there";
  let_ask(one, 2);

  EXPECT_EQ(std::ranges::count(up, "behind 3 and 4"), 1);
  EXPECT_EQ(buffered(), 1U) << "6 came after the info, which is no event";
}

// G-297, G-300, G-308: GenStage drops the events at the leaving, and lets the info through.
TEST_F(partition_sim_test, an_info_stays_behind_events_that_a_leaver_leaves) {
  start(2, all_to_the_first);
  const auto idle = join(second, 1);
  const auto leaver = join(first, 0);
  let_ask(idle, 5);
  let_emit(sequence(0, 5));
  let_remark("behind 4");

  here.kill(leaver);
  EXPECT_EQ(std::ranges::count(up, "behind 4"), 0);
  const auto heir = join(first, 0);
  let_ask(heir, 5);

  EXPECT_EQ(first.back(), "0..4 (5)");
  EXPECT_EQ(std::ranges::count(up, "behind 4"), 1);
}

/// A router that gets its events from a producer.
class router_between final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit router_between(journal* seen) : seen_{seen} {}

  auto dispatcher() const { return partition_dispatcher{{.partitions = 2}, &by_parity}; }
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
  }
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }

 private:
  journal* seen_;
};

// G-184: GenStage loses what is buffered; with partitions there may be room in one while output of
// another one waits.
TEST_F(partition_sim_test, the_end_of_its_producer_waits_for_the_output_of_every_partition) {
  journal ignored;
  const auto above = here.start<source>(&ignored);
  const auto between = here.start<router_between>(&up);
  here.join(between, above, {.max_demand = 6, .min_demand = 0, .cancel = cancel_mode::permanent});
  const auto join_partition = [&](journal& into, partition_key which) {
    const auto who = here.start<sink>(&into, sink_rules{.mode = subscription_mode::manual});
    here.join(who, between, {.cancel = cancel_mode::temporary, .partition = which});
    return who;
  };
  const auto even = join_partition(first, 0);
  const auto odd = join_partition(second, 1);
  let_ask(even, 50);
  cast(above, emit{sequence(0, 6)});
  here.sim.settle();
  cast(above, leave{exit_reason::normal()});
  here.sim.settle();
  EXPECT_EQ(first.back(), "0..4 (3)");
  ASSERT_TRUE(here.is_alive(between)) << "1, 3 and 5 wait";
  EXPECT_TRUE(up.empty());

  let_ask(odd, 3);

  EXPECT_EQ(std::ranges::count(second, "1..5 (3)"), 1);
  EXPECT_EQ(up, (journal{"producer gone: down normal"}));
  EXPECT_FALSE(here.is_alive(between));
}

// G-302: whatever the order in which partitions ask, and however much.
TEST(partition_seeds_sim_test, each_partition_gets_its_events_in_the_order_they_were_made_in) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    world here{seed};
    journal seen;
    std::array<numbers, 3> got;
    const auto from =
        here.start<router>(&seen, 3, hash{[](std::int64_t& event) { return event % 3; }});
    for (std::size_t each = 0; each < got.size(); ++each) {
      const auto who = here.start<sink>(&seen, sink_rules{}, &got[each]);
      here.join(who, from,
                {.max_demand = 1 + static_cast<std::int64_t>(seed * each % 7), .partition = each});
    }
    std::mt19937_64 dice{seed};
    for (std::int64_t next = 0; next < 60;) {
      const auto count =
          std::min<std::int64_t>(1 + static_cast<std::int64_t>(dice() % 9), 60 - next);
      cast(from, emit{sequence(next, count)});
      next += count;
      if (dice() % 2 == 0) here.sim.settle();
    }
    here.sim.settle();

    for (std::int64_t each = 0; each < 3; ++each) {
      numbers expected;
      for (std::int64_t event = each; event < 60; event += 3) expected.push_back(event);
      ASSERT_EQ(got[static_cast<std::size_t>(each)], expected) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace genstage
