#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <genstage/process/server.hpp>
#include <genstage/stage/as_range.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/range_producer.hpp>
#include <ranges>
#include <string>
#include <vector>

// Iteration in a process, by co_await.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

/// Reads events one after the other, as slowly as it is told to, and notes how that ended.
class reader final : public server {
 public:
  struct begin {};

  reader(stage_range<std::int64_t> events, numbers* got, journal* seen, duration pause = 0s,
         std::size_t enough = SIZE_MAX)
      : events_{std::move(events)}, got_{got}, seen_{seen}, pause_{pause}, enough_{enough} {}

  void init() { cast(ref<reader>{self()}, begin{}); }
  task<> handle_cast(begin) {
    try {
      task<> reading = read();
      co_await std::move(reading);
      seen_->push_back("end");
    } catch (const range_failed& failure) {
      seen_->push_back(std::string{"failed in "} +
                       (failure.phase() == range_phase::init ? "init" : "close") + ": " +
                       to_string(failure.reason()));
    }
  }

 private:
  task<> read() {
    stage_sequence<std::int64_t> sequence = events_.generate();
    while (got_->size() < enough_) {
      auto asking = sequence.next();
      const std::optional<std::int64_t> event = co_await std::move(asking);
      if (!event) co_return;
      got_->push_back(*event);
      auto pause = sleep_for(pause_);
      co_await std::move(pause);
    }
  }

  stage_range<std::int64_t> events_;
  numbers* got_;
  journal* seen_;
  duration pause_;
  std::size_t enough_;
};

/// A producer that is no stage, and answers a wish to subscribe as the test wants.
class rude final : public process {
 public:
  using answer = std::function<void(process&, const subscription&)>;

  rude(journal* seen, answer answers) : seen_{seen}, answers_{std::move(answers)} {}

 protected:
  void start() override {}
  void receive(message_ptr received) override {
    switch (received->kind) {
      case message_kind::subscribe:
        seen_->push_back("subscribe");
        answers_(*this, static_cast<subscribe_message&>(*received).from);
        break;
      case message_kind::ask:
        seen_->push_back("ask " +
                         std::to_string(static_cast<stream_message&>(*received).asked.count()));
        break;
      case message_kind::cancel:
        seen_->push_back("cancel " + to_string(static_cast<cancel_message&>(*received).reason));
        break;
      default:
        seen_->push_back("something else");
    }
  }

 private:
  journal* seen_;
  answer answers_;
};

void send_events(process& here, const subscription& to, unique_id tag, std::int64_t count) {
  auto sent = std::make_unique<batch_message<std::int64_t>>(message_kind::events, tag, here.id());
  for (const std::int64_t event : sequence(0, count)) sent->events.emplace(event);
  to.peer.send(std::move(sent));
}
void send_end(const subscription& to, exit_reason reason) {
  to.peer.send(
      std::make_unique<cancel_message>(message_kind::cancelled, to.tag, std::move(reason)));
}

class as_range_sim_test : public ::testing::Test {
 protected:
  ref<reader> read(stage_range<std::int64_t> events, duration pause = 0s,
                   std::size_t enough = SIZE_MAX) {
    auto started = here.start<reader>(std::move(events), &got, &seen, pause, enough);
    here.sim.run();
    return started;
  }
  ref<counter> start_rude(journal& into, rude::answer answers) {
    return ref<counter>{*here.sim.home().spawn(std::make_unique<rude>(&into, std::move(answers)))};
  }
  stage_range<std::int64_t> none() { return stage_range<std::int64_t>{here.sim.home()}; }
  static subscription_options with(cancel_mode mode) { return {.max_demand = 4, .cancel = mode}; }

  world here;
  numbers got;
  journal seen;
  journal producer_seen;
};

// G-353
TEST_F(as_range_sim_test, a_range_without_producers_is_empty) {
  read(none());

  EXPECT_EQ(seen, (journal{"end"}));
}

// G-353, G-368
TEST_F(as_range_sim_test, several_finite_producers_are_merged_to_their_end) {
  auto first = *from_range(here.sim.home(), sequence(0, 10));
  auto second = *from_range(here.sim.home(), sequence(10, 10));

  read(none()
           .subscribe_to(first, with(cancel_mode::transient))
           .subscribe_to(second, with(cancel_mode::temporary)));

  std::ranges::sort(got);
  EXPECT_EQ(got, sequence(0, 20));
  EXPECT_EQ(seen, (journal{"end"}));
}

// G-354
TEST_F(as_range_sim_test, an_ask_waits_until_the_element_after_its_batch_is_wanted) {
  auto numbers = here.start<counter>(&producer_seen);
  here.start<reader>(none().subscribe_to(numbers, {.max_demand = 4, .min_demand = 2}), &got, &seen,
                     1s);
  here.sim.run_for(1500ms);
  EXPECT_EQ(got, (sequence(0, 2)));
  EXPECT_EQ(producer_seen, (journal{"demand 4"}));

  here.sim.run_for(1s);
  EXPECT_EQ(got, (sequence(0, 3)));
  EXPECT_EQ(producer_seen, (journal{"demand 4", "demand 2"}));
}

// G-350
TEST_F(as_range_sim_test, a_missing_name_fails_at_the_start_unless_it_is_temporary) {
  for (const auto mode : {cancel_mode::permanent, cancel_mode::transient}) {
    read(none().subscribe_to("nobody", with(mode)));
  }
  read(none().subscribe_to("nobody", with(cancel_mode::temporary)));

  EXPECT_EQ(seen, (journal{"failed in init: noproc", "failed in init: noproc", "end"}));
}

// G-351
TEST_F(as_range_sim_test, a_dead_producer_fails_when_its_end_is_noticed) {
  auto dead = here.start<counter>();
  here.kill(dead);

  for (const auto mode : {cancel_mode::permanent, cancel_mode::transient}) {
    read(none().subscribe_to(dead, with(mode)));
  }
  read(none().subscribe_to(dead, with(cancel_mode::temporary)));

  EXPECT_EQ(seen, (journal{"failed in close: noproc", "failed in close: noproc", "end"}));
}

// G-356
TEST_F(as_range_sim_test, a_failure_lets_go_of_the_other_producers_first) {
  auto other = here.start<source>(&producer_seen);
  auto broken = here.start<counter>();
  here.start<reader>(none().subscribe_to(other).subscribe_to(broken), &got, &seen, 1h);
  here.sim.settle();

  here.kill(broken);
  here.sim.run();

  EXPECT_EQ(seen, (journal{"failed in close: killed"}));
  EXPECT_EQ(producer_seen.back(), "consumer gone: cancel normal");
  EXPECT_TRUE(here.is_alive(other));
}

// G-359, G-362, RS-2.6
TEST_F(as_range_sim_test, a_reader_that_has_enough_lets_go_and_leaves_nothing_behind) {
  auto numbers = here.start<source>(&producer_seen);
  cast(numbers, emit{sequence(0, 10)});

  auto done = read(none().subscribe_to(numbers), 0s, 3);

  EXPECT_EQ(got, sequence(0, 3));
  EXPECT_EQ(producer_seen.back(), "consumer gone: cancel normal");
  here.kill(done);
  EXPECT_EQ(here.sim.home().process_count(), 1U) << "the producer";
}

// G-364
TEST_F(as_range_sim_test, a_reader_that_dies_lets_go_of_its_producers) {
  auto numbers = here.start<counter>(&producer_seen);
  auto slow = here.start<reader>(none().subscribe_to(numbers), &got, &seen, 1h);
  here.sim.run_for(1s);

  here.kill(slow);

  EXPECT_EQ(here.sim.home().process_count(), 1U) << "the producer";
}

// G-349: first the wish, then the ask, for each in the order in which they are named.
TEST_F(as_range_sim_test, each_producer_gets_a_wish_and_an_ask_in_the_order_of_the_list) {
  std::vector<unique_id> tags;
  journal other_seen;
  const auto note = [&](process&, const subscription& from) { tags.push_back(from.tag); };
  auto first = start_rude(producer_seen, note);
  auto second = start_rude(other_seen, note);

  here.start<reader>(none()
                         .subscribe_to(first, with(cancel_mode::temporary))
                         .subscribe_to(second, {.max_demand = 7}),
                     &got, &seen);
  here.sim.settle();

  ASSERT_EQ(tags.size(), 2U);
  EXPECT_LT(std::ranges::min(tags), std::ranges::max(tags));
  EXPECT_EQ(journal(producer_seen.begin(), producer_seen.begin() + 2),
            (journal{"subscribe", "ask 4"}));
  EXPECT_EQ(journal(other_seen.begin(), other_seen.begin() + 2), (journal{"subscribe", "ask 7"}));
}

// G-355
TEST_F(as_range_sim_test, events_in_excess_are_said_and_read_all_the_same) {
  auto generous = start_rude(producer_seen, [](process& sender, const subscription& to) {
    send_events(sender, to, to.tag, 6);
    send_end(to, exit_reason::normal());
  });

  read(none().subscribe_to(generous, with(cancel_mode::temporary)));

  EXPECT_EQ(got, sequence(0, 6));
  EXPECT_EQ(seen, (journal{"end"}));
  ASSERT_EQ(here.lines.size(), 1U);
  EXPECT_TRUE(here.lines.front().starts_with("error received 2 events from "))
      << here.lines.front();
}

// G-353, G-357
TEST_F(as_range_sim_test, a_producer_that_refuses_ends_the_iteration_as_its_cancel_mode_says) {
  auto refusing = start_rude(producer_seen, [](process&, const subscription& to) {
    send_end(to, exit_reason::user("not you"));
  });

  for (const auto mode : {cancel_mode::permanent, cancel_mode::transient, cancel_mode::temporary}) {
    read(none().subscribe_to(refusing, with(mode)));
  }

  EXPECT_EQ(seen, (journal{"failed in close: not you", "failed in close: not you", "end"}));
}

// G-358
TEST_F(as_range_sim_test, events_of_another_subscription_are_refused_and_not_read) {
  auto confused = start_rude(producer_seen, [](process& sender, const subscription& to) {
    send_events(sender, to, unique_id{999'999}, 2);
    send_end(to, exit_reason::normal());
  });

  read(none().subscribe_to(confused, with(cancel_mode::temporary)));

  EXPECT_EQ(got, numbers{});
  EXPECT_EQ(std::ranges::count(producer_seen, "cancel unknown_subscription"), 1);
}

/// Reads events, and handles what it was told meanwhile when it has read them all.
class distracted final : public server {
 public:
  struct begin {};

  distracted(stage_range<std::int64_t> events, journal* seen)
      : events_{std::move(events)}, seen_{seen} {}

  void init() { cast(ref<distracted>{self()}, begin{}); }
  task<> handle_cast(begin) {
    auto sequence = events_.generate();
    for (;;) {
      auto asking = sequence.next();
      const std::optional<std::int64_t> event = co_await std::move(asking);
      if (!event) break;
      seen_->push_back(std::to_string(*event));
    }
  }
  void handle_cast(std::string told) { seen_->push_back(told); }

 private:
  stage_range<std::int64_t> events_;
  journal* seen_;
};

// G-361, G-367: the sequence has an inbox of its own, so there is nothing to clean or to share.
TEST_F(as_range_sim_test, what_else_is_sent_to_the_reader_is_untouched) {
  auto numbers = here.start<counter>(nullptr, 2);
  auto busy =
      here.start<distracted>(none().subscribe_to(numbers, with(cancel_mode::transient)), &seen);
  here.sim.settle();
  cast(busy, std::string{"one"});
  cast(busy, std::string{"two"});
  here.sim.settle();
  EXPECT_EQ(seen, (journal{"0", "1"}));

  cast(numbers, leave{exit_reason::normal()});
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"0", "1", "one", "two"}));
}

// G-365
TEST_F(as_range_sim_test, the_iteration_fails_if_the_process_behind_it_is_killed) {
  process_ref behind;
  auto silent =
      start_rude(producer_seen, [&](process&, const subscription& from) { behind = from.peer; });
  here.start<reader>(none().subscribe_to(silent), &got, &seen);
  here.sim.settle();

  here.sim.home().exit(behind, exit_reason::kill());
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"failed in close: killed"}));
}

/// Reads two events, and before it reads on has its sequence subscribe to another producer.
class joiner final : public server {
 public:
  struct begin {};

  joiner(ref<counter> first, ref<counter> second, numbers* got)
      : first_{std::move(first)}, second_{std::move(second)}, got_{got} {}

  void init() { cast(ref<joiner>{self()}, begin{}); }
  task<> handle_cast(begin) {
    auto sequence = as_range(home(), first_, until_it_ends).generate();
    for (std::int64_t event = 0;; ++event) {
      if (event == 2) {
        auto joining = subscribe(sequence.consumer(), second_, until_it_ends);
        const result<unique_id> joined = co_await std::move(joining);
        EXPECT_TRUE(joined);
      }
      auto asking = sequence.next();
      const std::optional<std::int64_t> next = co_await std::move(asking);
      if (!next) break;
      got_->push_back(*next);
      if (*next == 9) cast(second_, leave{exit_reason::normal()});
    }
  }

 private:
  static inline const subscription_options until_it_ends{.max_demand = 5,
                                                         .cancel = cancel_mode::transient};
  ref<counter> first_;
  ref<counter> second_;
  numbers* got_;
};

// G-363
TEST_F(as_range_sim_test, a_producer_joins_while_a_batch_waits_for_its_reader) {
  auto first = here.start<counter>(nullptr, 7);
  auto second = here.start<counter>(nullptr, 10);
  here.start<joiner>(first, second, &got);

  here.sim.run();
  cast(first, leave{exit_reason::normal()});
  here.sim.run();

  std::ranges::sort(got);
  numbers both = sequence(0, 7);
  std::ranges::copy(sequence(0, 10), std::back_inserter(both));
  std::ranges::sort(both);
  EXPECT_EQ(got, both);
}

// G-354
TEST_F(as_range_sim_test, a_batch_that_came_before_the_first_wish_is_not_taken_for_read) {
  auto numbers = here.start<counter>(&producer_seen);
  auto unread = stage_range<std::int64_t>{here.sim.home()}
                    .subscribe_to(numbers, {.max_demand = 4, .min_demand = 2})
                    .generate();
  here.sim.settle();
  auto asking = unread.next();

  EXPECT_TRUE(asking.await_ready());
  here.sim.settle();

  EXPECT_EQ(producer_seen, (journal{"demand 4"})) << "the second half was not wanted yet";
}

// G-352
TEST_F(as_range_sim_test, producers_that_accumulate_begin_when_all_are_subscribed_to) {
  auto first = *from_range(here.sim.home(), sequence(0, 3), {.demand = demand_mode::accumulate});
  auto second = *from_range(here.sim.home(), sequence(3, 3), {.demand = demand_mode::accumulate});

  read(none()
           .subscribe_to(first, with(cancel_mode::transient))
           .subscribe_to(second, with(cancel_mode::transient)));

  std::ranges::sort(got);
  EXPECT_EQ(got, sequence(0, 6));
}

// G-352
TEST_F(as_range_sim_test, the_mode_is_told_to_the_stages_that_are_named_or_to_none) {
  auto kept = *from_range(here.sim.home(), sequence(0, 3), {.demand = demand_mode::accumulate});
  auto also = *from_range(here.sim.home(), sequence(0, 3), {.demand = demand_mode::accumulate});

  read(none().subscribe_to(kept).then_set_demand_of(demand_mode::forward));
  read(none().subscribe_to(kept).then_set_demand(demand_mode::accumulate));
  EXPECT_TRUE(got.empty());

  read(none().subscribe_to(also).then_set_demand_of(demand_mode::forward, kept));
  EXPECT_EQ(got, sequence(0, 3)) << "who reads the one that was set, not the one it subscribed to";
}

// Whenever the producers die, the reader gets what came before and then hears of it.
TEST(as_range_seeds_sim_test, deaths_at_any_moment_end_the_iteration_once) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    world here{seed};
    numbers got;
    journal seen;
    auto first = here.start<counter>();
    auto second = here.start<counter>();
    here.start<reader>(
        stage_range<std::int64_t>{here.sim.home()}
            .subscribe_to(first, {.max_demand = 3, .cancel = cancel_mode::transient})
            .subscribe_to(second, {.max_demand = 5, .cancel = cancel_mode::temporary}),
        &got, &seen, 1ms);
    here.sim.run_for(std::chrono::milliseconds{seed % 20});

    here.sim.home().exit(second.process(), exit_reason::kill());
    here.sim.run_for(std::chrono::milliseconds{seed % 7});
    here.sim.home().exit(first.process(), exit_reason::kill());
    here.sim.run();

    ASSERT_EQ(seen, (journal{"failed in close: killed"})) << "seed " << seed;
    ASSERT_EQ(here.sim.home().process_count(), 1U) << "seed " << seed;
  }
}

}  // namespace
}  // namespace genstage
