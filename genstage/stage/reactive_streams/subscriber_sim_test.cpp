#include <gtest/gtest.h>

#include <genstage/stage/consumer_supervisor.hpp>
#include <genstage/stage/reactive_streams/peers_test.hpp>
#include <vector>

// Stages as Subscribers: the rules of Reactive Streams 2.1 to 2.13, and those of 3 that are the
// Subscriber's. A rule holds for each kind of stage that takes events.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace reactive;
using conversation::leave;
using conversation::sequence;
using conversation::sink;
using conversation::sink_rules;

void take(std::span<const std::int64_t> events, std::int64_t breaks_at, numbers& got) {
  for (const std::int64_t event : events) {
    if (event == breaks_at) throw std::runtime_error{"broken"};
    got.push_back(event);
  }
}

class taker final : public consumer<std::int64_t> {
 public:
  explicit taker(numbers* got, std::int64_t breaks_at) : got_{got}, breaks_at_{breaks_at} {}
  void handle_events(std::span<std::int64_t> events) override { take(events, breaks_at_, *got_); }

 private:
  numbers* got_;
  std::int64_t breaks_at_;
};

class async_reader final : public async_consumer<const std::int64_t> {
 public:
  explicit async_reader(numbers* got, std::int64_t breaks_at) : got_{got}, breaks_at_{breaks_at} {}
  task<> handle_events(std::span<const std::int64_t> events) override {
    auto pause = sleep_for(1ms);
    co_await std::move(pause);
    take(events, breaks_at_, *got_);
  }

 private:
  numbers* got_;
  std::int64_t breaks_at_;
};

class between final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit between(numbers* got, std::int64_t breaks_at) : got_{got}, breaks_at_{breaks_at} {}
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    take(events, breaks_at_, *got_);
    out.append(events);
  }

 private:
  numbers* got_;
  std::int64_t breaks_at_;
};

/// Each kind of stage that takes events, subscribed to a publisher.
struct subscriber_kind {
  const char* name;
  std::function<process_ref(world&, const publisher&, subscription_options, numbers*,
                            std::int64_t breaks_at)>
      start;
};

template <class S>
process_ref start_joined(world& here, const publisher& from, subscription_options options,
                         numbers* got, std::int64_t breaks_at) {
  const auto to = here.start<S>(got, breaks_at);
  here.join(to, from.as_producer(), std::move(options));
  if constexpr (emitting<S>) {
    static journal ignored;
    here.join(here.start<sink>(&ignored), to);
  }
  here.sim.run_for(10ms);
  return to.process();
}

const std::vector<subscriber_kind>& all_kinds() {
  static const std::vector<subscriber_kind> all{
      {"consumer", start_joined<taker>},
      {"async_consumer", start_joined<async_reader>},
      {"producer_consumer", start_joined<between>},
      {"consumer_supervisor",
       [](world& here, const publisher& from, subscription_options options, numbers* got,
          std::int64_t) {
         consumer_supervisor_spec<std::int64_t> each;
         each.child = event_child<std::int64_t>::running(
             [got](std::int64_t event) { got->push_back(event); });
         const auto to = *start_supervisor(here.sim.home(), each);
         here.join(to, from.as_producer(), std::move(options));
         here.sim.settle();
         return to.process();
       }},
  };
  return all;
}

class subscriber_sim_test : public ::testing::Test {
 protected:
  struct trial {
    explicit trial(const subscriber_kind& kind, cancel_mode mode = cancel_mode::temporary,
                   std::int64_t breaks_at = -1)
        : is_parallel{kind.name == std::string{"consumer_supervisor"}},
          to{kind.start(here, from, {.max_demand = 10, .min_demand = 5, .cancel = mode}, &got,
                        breaks_at)} {}

    void next(std::int64_t first, std::int64_t count) {
      from.next(first, count);
      here.sim.run_for(10ms);
    }
    /// Children that handle one event each may do so in any order.
    [[nodiscard]] numbers taken() const {
      numbers all = got;
      if (is_parallel) std::ranges::sort(all);
      return all;
    }
    [[nodiscard]] bool is_alive() { return static_cast<bool>(here.sim.home().find(to.id())); }

    bool is_parallel;
    world here;
    numbers got;
    publisher from{here};
    process_ref to;
  };
};

// RS-2.1, RS-4.1
TEST_F(subscriber_sim_test, it_requests_as_much_as_it_can_take_and_again_when_half_is_handled) {
  for (const subscriber_kind& kind : all_kinds()) {
    trial it{kind};
    EXPECT_EQ(it.from.seen(), (journal{"subscribe", "request 10"})) << kind.name;

    it.next(0, 4);
    EXPECT_EQ(it.from.requested(), demand{10}) << kind.name << ": more than half are left";
    it.next(4, 6);

    EXPECT_EQ(it.taken(), sequence(0, 10)) << kind.name;
    EXPECT_GE(it.from.requested(), demand{15}) << kind.name;
    EXPECT_LE(it.from.requested(), demand{20}) << kind.name;
    EXPECT_LE(it.from.seen().size(), 4U) << kind.name << ": not one by one";
  }
}

// RS-2.2: who handles slowly takes its own time, and nobody else's.
TEST_F(subscriber_sim_test, a_slow_subscriber_does_not_hold_its_publisher) {
  class dreamer final : public async_consumer<std::int64_t> {
   public:
    task<> handle_events(std::span<std::int64_t>) override {
      auto pause = sleep_for(24h);
      co_await std::move(pause);
    }
  };
  world here;
  const auto from = here.start<numbers_from<demand_dispatcher>>(publishing{}, demand_dispatcher{});
  here.join(here.start<dreamer>(), from, {.max_demand = 2});
  const subscriber to{here, from.process()};

  for (int round = 0; round < 100; ++round) to.request(1);
  here.sim.settle();

  EXPECT_EQ(to.got().size(), 100U);
}

// RS-2.3, RS-2.9, RS-2.10
TEST_F(subscriber_sim_test, it_says_nothing_to_a_publisher_that_has_ended) {
  for (const subscriber_kind& kind : all_kinds()) {
    for (const exit_reason& reason : {exit_reason::normal(), exit_reason::user("broken")}) {
      trial it{kind};
      const journal before = it.from.seen();

      it.from.end(reason);
      it.here.sim.run_for(10ms);

      EXPECT_EQ(it.from.seen(), before) << kind.name;
      EXPECT_TRUE(it.is_alive()) << kind.name;
    }
  }
}

// RS-2.4, RS-2.8: what comes after the end is answered with a cancel, and not handled.
TEST_F(subscriber_sim_test, events_that_come_after_the_end_are_not_handled) {
  for (const subscriber_kind& kind : all_kinds()) {
    trial it{kind};
    it.from.complete();
    it.here.sim.run_for(10ms);

    it.next(0, 3);

    EXPECT_EQ(it.got, numbers{}) << kind.name;
    EXPECT_EQ(it.from.seen().back(), "cancel unknown_subscription") << kind.name;
    EXPECT_TRUE(it.is_alive()) << kind.name;
  }
}

// RS-2.4: a request for a subscription that has ended reaches nobody.
TEST_F(subscriber_sim_test, a_request_made_while_hearing_of_the_end_is_dropped) {
  class stubborn final : public consumer<std::int64_t> {
   public:
    void handle_events(std::span<std::int64_t>) override {}
    subscription_mode handle_subscribe(peer_role, const subscription&,
                                       const subscription_options&) override {
      return subscription_mode::manual;
    }
    void handle_cancel(const cancellation& ended) override { ask(ended.from, demand{3}); }
  };
  world here;
  journal seen;
  const auto from =
      here.start<numbers_from<demand_dispatcher>>(publishing{.seen = &seen}, demand_dispatcher{});
  const auto to = here.start<stubborn>();
  const unique_id tag = here.join(to, from, {.cancel = cancel_mode::temporary});

  cancel(from, tag, exit_reason::normal());
  here.sim.settle();

  EXPECT_EQ(seen, (journal{"consumer gone: cancel normal"}));
  EXPECT_TRUE(here.is_alive(to));
}

// RS-2.6: a stage that ends needs nothing any more.
TEST_F(subscriber_sim_test, a_subscriber_that_ends_lets_go_of_its_publisher) {
  for (const subscriber_kind& kind : all_kinds()) {
    trial it{kind};

    it.here.sim.home().exit(it.to, exit_reason::shutdown());
    it.here.sim.run_for(10ms);

    EXPECT_EQ(it.from.seen().back(), "down shutdown") << kind.name;
  }
}

template <class S>
concept asks_from_outside =
    requires(S& stage, const subscription& from) { stage.ask(from, demand{1}); };

// RS-2.7, RS-3.1: so requests are made one after the other, in its own callbacks.
TEST_F(subscriber_sim_test, only_the_stage_itself_can_request) {
  EXPECT_FALSE(asks_from_outside<taker>);
  EXPECT_FALSE(asks_from_outside<between>);
}

// RS-2.7: requests and the cancel of one subscriber arrive in the order they were made in.
TEST_F(subscriber_sim_test, what_a_subscriber_says_arrives_in_order_in_every_interleaving) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    world here{seed};
    const publisher from{here};
    const subscriber to{here, from.process()};
    for (std::int64_t count = 1; count <= 5; ++count) to.request(count);
    to.cancel();

    here.sim.settle();

    ASSERT_EQ(from.seen(), (journal{"subscribe", "request 1", "request 2", "request 3", "request 4",
                                    "request 5", "cancel normal"}))
        << "seed " << seed;
  }
}

// RS-2.8: between a cancel and its confirmation, what is on its way is still handled.
TEST_F(subscriber_sim_test, events_on_their_way_when_it_is_cancelled_are_handled) {
  for (const subscriber_kind& kind : all_kinds()) {
    trial it{kind};

    cancel(it.from.as_producer(), it.from.tag(), exit_reason::normal());
    it.next(0, 3);
    it.from.complete();
    it.here.sim.run_for(10ms);

    EXPECT_EQ(it.taken(), sequence(0, 3)) << kind.name;
    EXPECT_TRUE(it.is_alive()) << kind.name;
  }
}

// RS-2.9, RS-2.10, RS-2.12: with no request made, and each told once.
TEST_F(subscriber_sim_test, the_beginning_and_the_end_are_told_once_each) {
  for (const exit_reason& reason : {exit_reason::normal(), exit_reason::user("broken")}) {
    world here;
    journal seen;
    const publisher from{here};
    const auto to = here.start<sink>(&seen, sink_rules{.mode = subscription_mode::manual});
    here.join(to, from.as_producer(), {.cancel = cancel_mode::temporary});
    here.sim.settle();
    ASSERT_EQ(from.seen(), (journal{"subscribe"}));

    from.end(reason);
    from.end(reason);
    here.kill(ref<conversation::source>{from.process()});

    EXPECT_EQ(seen, (journal{"joins producer", "producer gone: cancel " + to_string(reason)}));
  }
}

// RS-2.13: an exception ends the stage, is reported, and cancels its subscriptions.
TEST_F(subscriber_sim_test, a_subscriber_that_throws_has_cancelled_and_is_reported) {
  for (const subscriber_kind& kind : all_kinds()) {
    trial it{kind, cancel_mode::temporary, 1};
    if (it.is_parallel) continue;  // Its children throw for it.

    it.next(0, 3);

    EXPECT_FALSE(it.is_alive()) << kind.name;
    EXPECT_EQ(it.from.seen().back(), "down error (std::runtime_error: broken) in handle_events")
        << kind.name;
    ASSERT_FALSE(it.here.lines.empty()) << kind.name;
    EXPECT_NE(it.here.lines.front().find("std::runtime_error: broken"), std::string::npos);
  }
}

// RS-3.2: from inside the handshake and from inside onNext.
TEST_F(subscriber_sim_test, it_may_request_in_its_callbacks) {
  class one_by_one final : public consumer<std::int64_t> {
   public:
    explicit one_by_one(numbers* got) : got_{got} {}
    void handle_events(std::span<std::int64_t> events) override {
      got_->insert(got_->end(), events.begin(), events.end());
      ask(from_, demand{1});
    }
    subscription_mode handle_subscribe(peer_role, const subscription& from,
                                       const subscription_options&) override {
      from_ = from;
      ask(from, demand{1});
      return subscription_mode::manual;
    }

   private:
    numbers* got_;
    subscription from_{};
  };
  world here;
  numbers got;
  const auto from =
      here.start<numbers_from<demand_dispatcher>>(publishing{.end = 10}, demand_dispatcher{});

  here.join(here.start<one_by_one>(&got), from);
  here.sim.settle();

  EXPECT_EQ(got, sequence(0, 10));
}

// RS-3.3
TEST_F(subscriber_sim_test, many_requests_for_one_event_each_need_no_deep_stack) {
  class diver final : public consumer<std::int64_t> {
   public:
    explicit diver(std::vector<std::uintptr_t>* depths) : depths_{depths} {}
    void handle_events(std::span<std::int64_t>) override {
      depths_->push_back(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)));
    }

   private:
    std::vector<std::uintptr_t>* depths_;
  };
  world here;
  std::vector<std::uintptr_t> depths;
  const auto from =
      here.start<numbers_from<demand_dispatcher>>(publishing{.end = 20'000}, demand_dispatcher{});

  here.join(here.start<diver>(&depths), from, {.max_demand = 1});
  here.sim.settle();

  ASSERT_EQ(depths.size(), 20'000U);
  const auto [least, most] = std::ranges::minmax(depths);
  EXPECT_LT(most - least, 4'096U);
}

// Who tests the tests: a publisher that keeps no rule is noticed.
TEST(peers_sim_test, a_publisher_that_breaks_rules_is_noticed) {
  const auto play = [](auto misbehave) {
    world here;
    const publisher from{here};
    const subscriber to{here, from.process()};
    to.request(2);
    here.sim.settle();
    misbehave(from);
    here.sim.settle();
    return to.seen().broke_a_rule;
  };

  EXPECT_FALSE(play([](const publisher& from) {
    from.next(0, 2);
    from.complete();
  }));
  EXPECT_TRUE(play([](const publisher& from) { from.next(0, 3); })) << "more than was requested";
  EXPECT_TRUE(play([](const publisher& from) {
    from.complete();
    from.next(0, 1);
  })) << "an event after the end";
}

}  // namespace
}  // namespace genstage
