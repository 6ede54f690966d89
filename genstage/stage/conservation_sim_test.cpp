#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <map>
#include <random>
#include <set>

// What holds however stages come and go: nobody gets more than it asked for, and every event is
// accounted for.
namespace genstage {
namespace {

using namespace conversation;

class pass final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
  }
};

/// Writes down what it got, and nothing else.
class taker final : public consumer<std::int64_t> {
 public:
  explicit taker(numbers* got) : got_{got} {}
  void handle_events(std::span<std::int64_t> events) override {
    got_->insert(got_->end(), events.begin(), events.end());
  }

 private:
  numbers* got_;
};

/// A source, a stage between, and consumers that come, go and are killed at random.
class random_life {
 public:
  explicit random_life(std::uint64_t seed)
      : here{seed, &records}, choose{seed}, from{here.start<source>(&ignored, buffer_options{})} {
    between = here.start<pass>();
    (void)subscribe(between, from, {.max_demand = pick(1, 8), .cancel = cancel_mode::temporary});
  }

  void turn() {
    switch (pick(0, 5)) {
      case 0:
        arrive();
        break;
      case 1:
        leave_politely();
        break;
      case 2:
        die();
        break;
      default:
        produce();
        break;
    }
    // Sometimes everything settles, mostly things pile up and interleave.
    if (pick(0, 3) == 0) here.sim.settle();
  }

  /// A last consumer takes whatever is still on its way or buffered.
  void drain() {
    here.sim.settle();
    got.emplace_back(std::make_unique<numbers>());
    const auto last = here.start<taker>(got.back().get());
    here.join(last, between, {.max_demand = 100'000, .min_demand = 0});
    here.sim.settle();
  }

  [[nodiscard]] std::int64_t pick(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>{least, most}(choose);
  }

  struct guest {
    ref<taker> who;
    operation<unique_id> joined;
  };

  void arrive() {
    got.emplace_back(std::make_unique<numbers>());
    const auto fresh = here.start<taker>(got.back().get());
    const subscription_options options{.max_demand = pick(1, 9), .cancel = cancel_mode::temporary};
    guests.push_back({fresh, subscribe(fresh, between, options)});
  }
  void leave_politely() {
    if (guests.empty()) return;
    guest& leaver = guests[static_cast<std::size_t>(pick(0, std::ssize(guests) - 1))];
    if (!leaver.joined.is_done()) return;
    const result<unique_id> tag = leaver.joined.await_resume();
    cancel(between, *tag, exit_reason::normal());
    // It may die yet, with what is on its way to it.
    if (pick(0, 1) == 0) kill(leaver.who);
    std::swap(leaver, guests.back());
    guests.pop_back();
  }
  void die() {
    if (guests.empty()) return;
    std::swap(guests[static_cast<std::size_t>(pick(0, std::ssize(guests) - 1))], guests.back());
    kill(guests.back().who);
    guests.pop_back();
  }
  void kill(const ref<taker>& victim) {
    here.sim.home().exit(victim.process(), exit_reason::kill());
  }
  void produce() {
    const std::int64_t count = pick(1, 12);
    cast(from, emit{sequence(emitted, count)});
    emitted += count;
  }

  recorder records{1U << 14U};
  world here;
  std::mt19937_64 choose;
  journal ignored;
  ref<source> from;
  ref<pass> between;
  std::vector<std::unique_ptr<numbers>> got;
  std::vector<guest> guests;
  std::int64_t emitted = 0;
};

// G-126, G-148, G-226
TEST(conservation_sim_test, nobody_is_ever_sent_more_than_it_asked_for) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    random_life life{seed};

    for (int turn = 0; turn < 60; ++turn) life.turn();
    life.drain();

    std::map<std::uint64_t, std::int64_t> outstanding;
    for (const record& each : life.records.read()) {
      const auto count = static_cast<std::int64_t>(each.count);
      if (each.kind == record_kind::ask) outstanding[each.subscription] += count;
      if (each.kind == record_kind::delivery) outstanding[each.subscription] -= count;
      ASSERT_GE(outstanding[each.subscription], 0) << "seed " << seed;
    }
  }
}

// G-149, G-326
TEST(conservation_sim_test, every_event_arrives_once_or_is_counted_as_lost_with_its_consumer) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    random_life life{seed};

    for (int turn = 0; turn < 60; ++turn) life.turn();
    life.drain();

    std::set<std::int64_t> arrived;
    std::size_t count = 0;
    for (const auto& each : life.got) {
      ASSERT_TRUE(std::ranges::is_sorted(*each)) << "seed " << seed;
      arrived.insert(each->begin(), each->end());
      count += each->size();
    }
    std::int64_t lost = 0;
    for (const record& each : life.records.read()) {
      if (each.kind == record_kind::lost) lost += static_cast<std::int64_t>(each.count);
    }
    ASSERT_EQ(arrived.size(), count) << "an event came twice, seed " << seed;
    ASSERT_EQ(std::ssize(arrived) + lost, life.emitted) << "seed " << seed;
  }
}

/// Tells its producer's consumers' ends.
class mourner final : public producer<std::int64_t> {
 public:
  explicit mourner(journal* seen) : seen_{seen} {}
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    out.append(sequence(0, static_cast<std::int64_t>(asked)));
  }
  void handle_cancel(const cancellation& ended) override {
    seen_->push_back(described(ended) + ", lost " + std::to_string(ended.lost));
  }

 private:
  journal* seen_;
};

// G-149
TEST(conservation_sim_test, a_producer_is_told_how_many_events_died_with_a_consumer) {
  world here;
  journal up;
  journal down;
  const auto from = here.start<mourner>(&up);
  const auto to = here.start<sink>(&down, sink_rules{.stop_at_call = 3});

  here.join(to, from, {.max_demand = 10, .min_demand = 8});
  here.sim.settle();

  // The third batch of two was being handled.
  EXPECT_EQ(down.back(), "terminate enough");
  ASSERT_EQ(up.size(), 1U);
  EXPECT_TRUE(up[0].starts_with("consumer gone: down enough, lost ")) << up[0];
  EXPECT_NE(up[0], "consumer gone: down enough, lost 0");
}

/// Handles what it gets slowly.
class slow final : public async_consumer<std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t>) override {
    auto pause = sleep_for(std::chrono::seconds{1});
    co_await std::move(pause);
  }
};

class slow_pass final : public async_producer_consumer<std::int64_t, std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    auto pause = sleep_for(std::chrono::seconds{1});
    co_await std::move(pause);
    out.append(events);
  }
};

std::uint64_t lost_in(const recorder& records) {
  std::uint64_t sum = 0;
  for (const record& each : records.read()) {
    if (each.kind == record_kind::lost) sum += each.count;
  }
  return sum;
}

/// A consumer that has ten events and handles two of them a second, until it leaves.
template <class Consumer>
struct leaving {
  leaving() {
    const subscription_options options{
        .max_demand = 10, .min_demand = 8, .cancel = cancel_mode::temporary};
    const unique_id tag = here.join(to, from, options);
    here.sim.settle();
    cancel(from, tag, exit_reason::normal());
    here.sim.settle();
  }
  stage_status status() { return **here.sim.run_until(get_stage_status(from)); }

  recorder records{1U << 10U};
  world here{1, &records};
  journal up;
  ref<mourner> from = here.start<mourner>(&up);
  ref<Consumer> to = here.start<Consumer>();
};

// G-149
TEST(conservation_sim_test, what_was_on_its_way_to_one_that_left_and_then_died_is_counted) {
  leaving<slow> seen;
  EXPECT_EQ(seen.up, (journal{"consumer gone: cancel normal, lost 0"}));
  seen.here.sim.run_for(std::chrono::milliseconds{1500});

  seen.here.kill(seen.to);

  EXPECT_EQ(seen.status().lost, 8U);
  EXPECT_EQ(lost_in(seen.records), 8U);
}

// G-149
TEST(conservation_sim_test, one_that_left_and_handled_what_it_had_loses_nothing_when_it_dies) {
  leaving<slow> seen;
  seen.here.sim.run_for(std::chrono::seconds{10});

  seen.here.kill(seen.to);

  EXPECT_EQ(seen.status().lost, 0U);
  EXPECT_EQ(lost_in(seen.records), 0U);
}

// G-149: a producer_consumer goes on with what it has of a producer whose subscription has ended.
TEST(conservation_sim_test, a_stage_between_says_what_it_has_handled_after_the_end_too) {
  leaving<slow_pass> seen;
  journal ignored;
  const auto last = seen.here.start<sink>(&ignored);
  seen.here.join(last, seen.to, {.max_demand = 4, .min_demand = 0});
  seen.here.sim.run_for(std::chrono::milliseconds{1500});

  seen.here.kill(seen.to);

  EXPECT_EQ(seen.status().lost, 0U);
}

TEST(conservation_sim_test, what_is_buffered_is_lost_with_its_stage_and_counted) {
  recorder records{1U << 10U};
  world here{1, &records};
  journal ignored;
  const auto from = here.start<source>(&ignored);
  cast(from, emit{sequence(0, 7)});
  here.sim.settle();

  here.kill(from);

  EXPECT_EQ(lost_in(records), 7U);
}

TEST(conservation_sim_test, every_event_is_sent_once_though_consumers_die) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    random_life life{seed};

    for (int turn = 0; turn < 60; ++turn) life.turn();
    life.drain();

    std::int64_t sent = 0;
    for (const record& each : life.records.read()) {
      const bool from_between = each.process == life.between.id().index;
      if (from_between && each.kind == record_kind::delivery) {
        sent += static_cast<std::int64_t>(each.count);
      }
      ASSERT_NE(each.kind, record_kind::discarded) << "seed " << seed;
    }
    ASSERT_EQ(sent, life.emitted) << "seed " << seed;
  }
}

TEST(conservation_sim_test, the_same_seed_gives_the_same_history) {
  const auto history = [](std::uint64_t seed) {
    random_life life{seed};
    for (int turn = 0; turn < 60; ++turn) life.turn();
    life.drain();
    std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
    for (const record& each : life.records.read()) all.emplace_back(each.subscription, each.count);
    return all;
  };

  EXPECT_EQ(history(7), history(7));
  EXPECT_NE(history(7), history(8));
}

}  // namespace
}  // namespace genstage
