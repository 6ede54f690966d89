#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <genstage/genstage.hpp>
#include <genstage/observe/blame.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

// A catalogue of systems that are ill, each built, run and diagnosed; and of healthy ones, of which
// nobody is blamed. The one whose callback blocks its thread is in blame_test.cpp.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

/// Takes its time for each message.
class dawdler final : public async_consumer<std::int64_t> {
 public:
  explicit dawdler(duration each) : each_{each} {}
  task<> handle_events(std::span<std::int64_t>) override {
    auto wait = sleep_for(each_);
    co_await std::move(wait);
  }

 private:
  duration each_;
};

/// Makes `factor` events of each.
class multiplier final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit multiplier(int factor) : factor_{factor} {}
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    for (const std::int64_t event : events) {
      for (int left = factor_; left > 0; --left) out.emit(event);
    }
  }

 private:
  int factor_;
};

/// Passes on each event to all of its consumers.
class fan final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  auto dispatcher() const { return broadcast_dispatcher{}; }
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
  }
};

/// Answers half of what it is asked for, and forgets the rest.
class forgetful final : public producer<std::int64_t> {
 public:
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    for (std::uint64_t left = asked.count() / 2; left > 0; --left) out.emit(1);
  }
};

/// Keeps what it is told, and emits only when it is asked: so it forgets what it owes.
class shop final : public producer<std::int64_t> {
 public:
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    for (std::uint64_t left = asked.count(); left > 0 && !kept_.empty(); --left) {
      out.emit(kept_.back());
      kept_.pop_back();
    }
  }
  void handle_cast(emit told) { kept_.insert(kept_.end(), told.events.begin(), told.events.end()); }

 private:
  numbers kept_{1};
};

/// Answers each demand in full; others say how that is dispatched.
class counting_stage : public producer<std::int64_t> {
 public:
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    for (std::uint64_t left = asked.count(); left > 0; --left) out.emit(next_++);
  }

 private:
  std::int64_t next_ = 0;
};

class broadcaster final : public counting_stage {
 public:
  auto dispatcher() const { return broadcast_dispatcher{}; }
};

/// All but every hundredth event is of partition 0.
class skewed final : public counting_stage {
 public:
  auto dispatcher() const {
    return partition_dispatcher{{.partitions = 2, .queue_size = 50},
                                +[](std::int64_t& event) -> std::optional<std::int64_t> {
                                  return event % 100 == 99 ? 1 : 0;
                                }};
  }
};

/// Pairs events of two producers: asks the one whose event is missing.
class pairing final : public consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {
    ++got_[events_from().tag == from_[0].tag ? 0 : 1];
    if (got_[0] != got_[1]) return;
    for (const subscription& each : from_) ask(each, demand{1});
  }
  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options&) override {
    from_.push_back(from);
    ask(from, demand{1});
    return subscription_mode::manual;
  }

 private:
  std::vector<subscription> from_;
  std::array<int, 2> got_{};
};

struct tick {};
struct labour {};

/// Has more to do than to look at its clock.
class absorbed final : public server {
 public:
  task<> handle_cast(labour) {
    auto wait = sleep_for(1h);
    co_await std::move(wait);
  }
  void handle_cast(tick) {}
};

class stumbler final : public server {
 public:
  void init() { cast_after(100ms, ref<stumbler>{self()}, tick{}); }
  void handle_cast(tick) { throw std::runtime_error{"tripped"}; }
};

/// Cleans up for ever when it ends.
class clinger final : public server {
 public:
  void init() { trap_exits(); }
  task<> terminate(const exit_reason&) {
    auto wait = sleep_for(24h);
    co_await std::move(wait);
  }
};

class patient_producer final : public counting_stage {
 public:
  demand_mode initial_demand() const override { return demand_mode::accumulate; }
};

/// Emits one event every two seconds, whatever is asked.
class trickle final : public producer<std::int64_t> {
 public:
  void init() { cast_after(2s, ref<trickle>{self()}, tick{}); }
  void handle_demand(demand, output<std::int64_t>&) override {}
  void handle_cast(tick, output<std::int64_t>& out) {
    out.emit(1);
    cast_after(2s, ref<trickle>{self()}, tick{});
  }
};

using findings = std::vector<finding>;

/// For messages of failed tests.
std::string text_of(const findings& found) {
  std::string text;
  for (const finding& each : found) text += to_string(each) + "\n";
  return text;
}

bool says(const finding& found, std::string_view part) {
  return std::ranges::any_of(found.evidence,
                             [&](const std::string& line) { return line.contains(part); });
}

/// Each system is looked at in several orders of what happens in it.
class blame_sim_test : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  snapshot look() { return **here.sim.run_until(take_snapshot(here.sim.home())); }
  /// What a look after `span` tells, compared with one now.
  findings after(duration span, const blame_options& options = {}) {
    const snapshot before = look();
    here.sim.run_for(span);
    const snapshot now = look();
    return blame(now, &before, options);
  }
  template <class S>
  static void expect_only(const findings& found, illness what, const ref<S>& guilty) {
    ASSERT_EQ(found.size(), 1U) << text_of(found);
    EXPECT_EQ(found[0].what, what) << text_of(found);
    EXPECT_EQ(found[0].stage, guilty.id()) << text_of(found);
  }

  world here{GetParam()};
  journal up;
  journal down;
};

INSTANTIATE_TEST_SUITE_P(seeds, blame_sim_test, ::testing::Range<std::uint64_t>(0, 5));

TEST_P(blame_sim_test, slow_sink) {
  const auto from = here.start_named<counter>("numbers");
  const auto to = here.start_named<dawdler>("printed", duration{1h});
  here.join(to, from, {.max_demand = 4});

  const findings found = after(5s);

  expect_only(found, illness::slow_sink, to);
  EXPECT_EQ(found[0].text, "has 4 events to handle; handle_events has been waiting for 5.0 s");
  EXPECT_TRUE(says(found[0], "waited for by numbers")) << text_of(found);
}

TEST_P(blame_sim_test, a_slow_sink_is_found_by_one_snapshot_while_its_callback_still_waits) {
  const auto from = here.start<counter>();
  const auto to = here.start<dawdler>(duration{1h});
  here.join(to, from);
  here.sim.run_for(5s);

  expect_only(blame(look()), illness::slow_sink, to);
}

TEST_P(blame_sim_test, who_only_waits_for_a_slow_sink_is_not_blamed) {
  const auto from = here.start_named<counter>("numbers");
  const auto first = here.start_named<multiplier>("first", 1);
  const auto second = here.start_named<multiplier>("second", 1);
  const auto to = here.start<dawdler>(duration{1h});
  here.join(first, from, {.max_demand = 4});
  here.join(second, first, {.max_demand = 4});
  here.join(to, second, {.max_demand = 4});

  const findings found = after(5s);

  expect_only(found, illness::slow_sink, to);
  EXPECT_TRUE(says(found[0], "second")) << text_of(found);
}

TEST_P(blame_sim_test, a_sink_that_never_stops_is_slow_if_events_wait_for_long) {
  const auto from = here.start<counter>();
  const auto to = here.start<dawdler>(100ms);
  here.join(to, from, {.max_demand = 1000, .min_demand = 999});

  expect_only(after(5s), illness::slow_sink, to);
}

TEST_P(blame_sim_test, who_makes_many_events_of_each_is_told_with_the_slow_sink) {
  const auto from = here.start_named<counter>("numbers");
  const auto words = here.start_named<multiplier>("words", 100);
  const auto to = here.start<dawdler>(100ms);
  here.join(words, from, {.max_demand = 2});
  here.join(to, words, {.max_demand = 1000, .min_demand = 999});

  const findings found = after(5s);

  expect_only(found, illness::slow_sink, to);
  EXPECT_TRUE(says(found[0], "words makes 100 events of each")) << text_of(found);
}

TEST_P(blame_sim_test, events_behind_a_long_job_wait_although_another_consumer_is_free) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<dawdler>(duration{1h});
  here.join(to, from, {.max_demand = 10, .min_demand = 8});
  cast(from, emit{sequence(0, 5)});
  here.sim.settle();
  here.join(here.start<dawdler>(duration{1h}), from, {.max_demand = 1});

  expect_only(after(10min), illness::slow_sink, to);
}

TEST_P(blame_sim_test, lost_demand) {
  const auto from = here.start_named<forgetful>("numbers");
  const auto to = here.start_named<sink>("printed", &down);
  here.join(to, from, {.max_demand = 10, .min_demand = 5});

  const findings found = after(5s);

  expect_only(found, illness::lost_demand, from);
  EXPECT_TRUE(says(found[0], "waited for by printed")) << text_of(found);
}

TEST_P(blame_sim_test, lost_demand_of_a_producer_that_is_told_things_is_a_suspicion) {
  const auto from = here.start<shop>();
  const auto to = here.start<sink>(&down);
  here.join(to, from, {.max_demand = 10});
  here.sim.run_for(5s);
  const snapshot before = look();
  cast(from, emit{{1, 2, 3}});
  here.sim.run_for(5s);
  const snapshot now = look();

  EXPECT_EQ(blame(now, &before), findings{});
  expect_only(blame(now, &before, {.sources = idle_producers::are_suspected}), illness::lost_demand,
              from);
}

TEST_P(blame_sim_test, cycle_without_buffer) {
  const auto from = here.start<counter>();
  const auto there = here.start_named<multiplier>("there", 1);
  const auto back = here.start_named<multiplier>("back", 1);
  here.join(back, there, {.max_demand = 10});
  here.join(there, back, {.max_demand = 10});
  here.join(there, from, {.max_demand = 10});

  const findings found = after(5s);

  expect_only(found, illness::cycle_without_buffer, there);
  EXPECT_TRUE(says(found[0], "there, back, there") || says(found[0], "back, there, back"))
      << text_of(found);
}

TEST_P(blame_sim_test, cycle_in_which_all_wait_for_events) {
  const auto there = here.start_named<multiplier>("there", 1);
  const auto back = here.start_named<multiplier>("back", 1);
  here.join(back, there, {.max_demand = 10});
  here.join(there, back, {.max_demand = 10});

  expect_only(after(5s), illness::cycle_without_buffer, there);
}

TEST_P(blame_sim_test, stopped_consumer_of_a_broadcast) {
  const auto from = here.start_named<broadcaster>("numbers");
  const auto reading = here.start_named<sink>("reading", &down);
  const auto stopped = here.start_named<sink>(
      "stopped", &down, sink_rules{.mode = subscription_mode::manual, .first_ask = 3});
  here.join(stopped, from, {.max_demand = 10});
  here.join(reading, from, {.max_demand = 10});

  const findings found = after(5s);

  expect_only(found, illness::stopped_consumer, stopped);
  EXPECT_TRUE(says(found[0], "reading")) << text_of(found);
}

TEST_P(blame_sim_test, hot_partition) {
  const auto from = here.start_named<skewed>("numbers");
  const auto hot = here.start_named<dawdler>("hot", 100ms);
  const auto cold = here.start_named<dawdler>("cold", 100ms);
  here.join(hot, from, {.max_demand = 100, .min_demand = 99, .partition = 0});
  here.join(cold, from, {.max_demand = 100, .min_demand = 99, .partition = 1});
  here.sim.run_for(20s);

  expect_only(after(2s), illness::hot_partition, hot);
}

TEST_P(blame_sim_test, restart_loop) {
  supervisor_spec home{.limits = {.restarts = 100, .within = 1s},
                       .children = {child(name<stumbler>{"stumbler"})}};
  const auto top = *start_supervisor(here.sim.home(), std::move(home), {.name = "top"});

  const findings found = after(5s);

  ASSERT_EQ(found.size(), 1U) << text_of(found);
  EXPECT_EQ(found[0].what, illness::restart_loop);
  EXPECT_EQ(found[0].label, "stumbler");
  EXPECT_TRUE(found[0].text.starts_with("top has restarted its children ")) << text_of(found);
}

TEST_P(blame_sim_test, starved_timer) {
  const auto busy = here.start<absorbed>();
  cast(busy, labour{});
  here.sim.settle();
  cast_after(1s, busy, tick{});

  expect_only(after(5s), illness::starved_timer, busy);
}

TEST_P(blame_sim_test, discarding_buffer) {
  const auto from = here.start<source>(&up, buffer_options{.size = 5});
  const auto to = here.start<sink>(&down, sink_rules{.mode = subscription_mode::manual});
  here.join(to, from);
  const snapshot before = look();
  cast(from, emit{sequence(0, 20)});
  here.sim.settle();

  const findings found = blame(look(), &before);

  expect_only(found, illness::discarding_buffer, from);
  EXPECT_EQ(found[0].text, "has discarded 15 events; its buffer keeps 5");
}

TEST_P(blame_sim_test, starving_diamond) {
  const auto from = here.start_named<broadcaster>("numbers");
  const auto all = here.start_named<multiplier>("all", 1);
  const auto none = here.start_named<multiplier>("none", 0);
  const auto pairs = here.start_named<pairing>("pairs");
  here.join(all, from, {.max_demand = 4});
  here.join(none, from, {.max_demand = 4});
  here.join(pairs, all);
  here.join(pairs, none);

  const findings found = after(5s);

  expect_only(found, illness::starving_diamond, pairs);
  for (const std::string stage : {"numbers", "all", "none", "pairs"}) {
    EXPECT_TRUE(says(found[0], stage)) << text_of(found);
  }
}

TEST_P(blame_sim_test, late_subscriber_that_demand_is_held_back_for) {
  const auto from = here.start<patient_producer>();
  const auto to = here.start<sink>(&down);
  here.join(to, from, {.max_demand = 10});

  const findings found = after(5s);

  expect_only(found, illness::late_subscriber, from);
  EXPECT_EQ(found[0].text, "holds back the demand for 10 events until its mode is set to forward");
}

TEST_P(blame_sim_test, late_subscriber_that_events_are_kept_for) {
  const auto from = here.start<source>(&up);
  cast(from, emit{sequence(0, 20)});
  here.sim.settle();

  const findings found = after(5s);

  expect_only(found, illness::late_subscriber, from);
  EXPECT_EQ(found[0].text, "keeps 20 events for consumers, and nobody has subscribed");
}

TEST_P(blame_sim_test, hanging_drain) {
  child_spec clinging = child(name<clinger>{"clinger"});
  clinging.shutdown = std::nullopt;
  supervisor_spec home{.children = {std::move(clinging)}};
  const auto top = *start_supervisor(here.sim.home(), std::move(home), {.name = "top"});
  here.sim.settle();
  here.sim.home().exit(top.process(), exit_reason::shutdown());

  const findings found = after(5s);

  ASSERT_EQ(found.size(), 1U) << text_of(found);
  EXPECT_EQ(found[0].what, illness::hanging_drain);
  EXPECT_EQ(found[0].label, "clinger");
  EXPECT_TRUE(says(found[0], "waited for by top")) << text_of(found);
}

TEST_P(blame_sim_test, suspended) {
  const auto from = here.start<counter>();
  const auto to = here.start<sink>(&down);
  (void)here.sim.run_until(suspend(to));
  async_subscribe(to, from);

  expect_only(after(5s), illness::suspended, to);
}

// Healthy ones.

TEST_P(blame_sim_test, nobody_is_blamed_in_a_busy_pipeline) {
  const auto from = here.start<counter>();
  const auto doubled = here.start<multiplier>(2);
  here.join(doubled, from);
  for (int count = 0; count < 4; ++count) {
    here.join(here.start<dawdler>(1ms), doubled, {.max_demand = 10});
  }

  for (int looks = 0; looks < 5; ++looks) EXPECT_EQ(after(2s), findings{});
}

TEST_P(blame_sim_test, nobody_is_blamed_where_nothing_happens) {
  const auto from = here.start<source>(&up);
  here.join(here.start<sink>(&down), from);
  here.join(here.start<sink>(&down), from);
  cast(from, emit{sequence(0, 100)});

  EXPECT_EQ(after(1h), findings{});
  EXPECT_EQ(after(1h), findings{});
}

TEST_P(blame_sim_test, nobody_is_blamed_for_a_source_that_gives_little) {
  here.join(here.start<sink>(&down), here.start<trickle>());

  EXPECT_EQ(after(1s), findings{});
  EXPECT_EQ(after(100s), findings{});
}

TEST_P(blame_sim_test, nobody_is_blamed_in_a_broadcast_that_is_in_balance) {
  const auto from = here.start<broadcaster>();
  here.join(here.start<dawdler>(10ms), from, {.max_demand = 10});
  here.join(here.start<dawdler>(30ms), from, {.max_demand = 10});

  for (int looks = 0; looks < 5; ++looks) EXPECT_EQ(after(2s), findings{});
}

TEST_P(blame_sim_test, nobody_is_blamed_for_a_long_job_while_another_consumer_is_free) {
  const auto from = here.start<source>(&up);
  here.join(here.start<dawdler>(duration{1h}), from, {.max_demand = 1});
  here.join(here.start<dawdler>(duration{1h}), from, {.max_demand = 1});
  cast(from, emit{sequence(0, 1)});

  EXPECT_EQ(after(10min), findings{});
}

TEST_P(blame_sim_test, nobody_is_blamed_for_waiting_without_mail) {
  const auto waits = here.start<absorbed>();
  cast(waits, labour{});

  EXPECT_EQ(after(10min), findings{});
}

TEST_P(blame_sim_test, nobody_is_blamed_for_a_restart) {
  supervisor_spec home{.limits = {.restarts = 5, .within = 1s},
                       .children = {child(name<absorbed>{"absorbed"})}};
  const auto top = *start_supervisor(here.sim.home(), std::move(home));
  const snapshot before = look();
  here.sim.home().exit(here.sim.home().find("absorbed"), exit_reason::user("once"));
  here.sim.run_for(5s);
  const snapshot now = look();

  EXPECT_EQ(now.find(top.id())->restarts, 1U);
  EXPECT_EQ(blame(now, &before), findings{});
}

// Many systems by chance.

/// A tree of stages by chance, of which one leaf is stuck: `grow` returns it if it is below.
class random_tree {
 public:
  random_tree(world& here, std::uint64_t seed) : here_{here}, chance_{seed} {}

  /// Grows below `from`; whether the stuck leaf is to be there.
  template <class P>
  pid grow(const ref<P>& from, int depth, bool has_stuck) {
    const std::uint64_t shape = depth == 0 ? 0 : pick(0, 2);
    if (shape == 0) {
      const auto leaf = here_.start<dawdler>(has_stuck ? duration{1h} : duration{1ms});
      join(leaf, from);
      return has_stuck ? leaf.id() : pid{};
    }
    if (shape == 1) {
      const auto relay = here_.start<multiplier>(static_cast<int>(pick(1, 3)));
      join(relay, from);
      return grow(relay, depth - 1, has_stuck);
    }
    const auto both = here_.start<fan>();
    join(both, from);
    const bool is_left = has_stuck && pick(0, 1) == 0;
    const pid left = grow(both, depth - 1, is_left);
    const pid right = grow(both, depth - 1, has_stuck && !is_left);
    return left ? left : right;
  }

 private:
  std::uint64_t pick(std::uint64_t least, std::uint64_t most) {
    return least + chance_() % (most - least + 1);
  }
  template <class C, class P>
  void join(const ref<C>& consumer, const ref<P>& from) {
    const auto most = static_cast<std::int64_t>(pick(1, 20));
    const auto least = static_cast<std::int64_t>(pick(0, static_cast<std::uint64_t>(most) - 1));
    async_subscribe(consumer, from, {.max_demand = most, .min_demand = least});
  }

  world& here_;
  std::mt19937_64 chance_;
};

TEST(blame_seeds_sim_test, in_any_tree_the_stage_that_is_stuck_is_blamed_and_nobody_else) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    world here{seed};
    const auto from = here.start<counter>();
    const pid stuck = random_tree{here, seed}.grow(from, 5, true);
    here.sim.run_for(2s);
    const snapshot before = **here.sim.run_until(take_snapshot(here.sim.home()));
    here.sim.run_for(2s);
    const snapshot now = **here.sim.run_until(take_snapshot(here.sim.home()));

    const findings found = blame(now, &before);

    ASSERT_EQ(found.size(), 1U) << seed << '\n' << text_of(found);
    EXPECT_EQ(found[0].stage, stuck) << seed << '\n' << text_of(found);
    EXPECT_EQ(found[0].what, illness::slow_sink) << seed << '\n' << text_of(found);
  }
}

TEST(blame_seeds_sim_test, in_no_tree_that_works_anybody_is_blamed) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    world here{seed};
    const auto from = here.start<counter>();
    random_tree{here, seed}.grow(from, 4, false);
    const snapshot before = **here.sim.run_until(take_snapshot(here.sim.home()));
    here.sim.run_for(2s);
    const snapshot now = **here.sim.run_until(take_snapshot(here.sim.home()));

    const findings found = blame(now, &before);

    ASSERT_EQ(found, findings{}) << seed << '\n' << text_of(found);
  }
}

}  // namespace
}  // namespace genstage
