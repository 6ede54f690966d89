#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/stage/event_household_test.hpp>
#include <memory>
#include <random>
#include <ranges>
#include <string>

namespace genstage {
namespace {

using namespace family;
using enum restart_type;

struct emit {
  journal events;
};
struct leave {
  exit_reason reason;
};

/// Emits what it is told to, whatever is asked, and writes down what is asked.
class source final : public producer<std::string> {
 public:
  explicit source(journal* asked) : asked_{asked} {}
  void handle_demand(demand asked, output<std::string>&) override {
    asked_->push_back(std::to_string(asked.count()));
  }
  void handle_cast(emit told, output<std::string>& out) { out.append(told.events); }
  void handle_cast(leave told) { stop(told.reason); }

 private:
  journal* asked_;
};

class consumer_supervisor_sim_test : public event_household {
 protected:
  explicit consumer_supervisor_sim_test(std::uint64_t seed = 1) : event_household{seed} {
    from = *spawn<source>(world.home(), {}, &asked);
  }

  void start(spec chosen, subscription_options options = {}) {
    all = *start_supervisor(world.home(), std::move(chosen));
    top = all.process();
    end.emplace(world.home().down(top));
    tag = *outcome(subscribe(all, from, options));
    world.settle();
  }
  void feed(journal events) {
    cast(from, emit{std::move(events)});
    world.settle();
  }
  child_counts counted() { return *outcome(count_children(all)); }
  pid pid_of(const char* child) { return world.home().find(std::string_view{child}).id(); }

  journal asked;
  ref<source> from;
  unique_id tag{};
};

// G-369, G-377 to G-380, G-384, G-394, G-395
TEST_F(consumer_supervisor_sim_test, each_event_starts_a_child_in_order) {
  start(workers(), {.max_demand = 4});

  feed({"a", "b"});
  feed({"c"});

  EXPECT_EQ(seen, (journal{"+a", "+b", "+c"}));
  EXPECT_EQ(asked, (journal{"4"})) << "nothing is asked for until a child ends";
  EXPECT_EQ(counted(), (child_counts{.specs = 1, .active = 3, .supervisors = 0, .workers = 3}));
  EXPECT_EQ(outcome(which_children(all))->size(), 3U);
}

// G-381, G-382
TEST_F(consumer_supervisor_sim_test, min_demand_children_have_to_end_before_more_is_asked_for) {
  start(workers(), {.max_demand = 4, .min_demand = 2});
  feed({"a", "b", "c", "d"});

  tell("a", finish{exit_reason::normal()});
  EXPECT_EQ(asked, (journal{"4"}));
  tell("b", finish{exit_reason::normal()});

  EXPECT_EQ(asked, (journal{"4", "2"}));
}

// G-379, G-380
TEST_F(consumer_supervisor_sim_test, a_failed_start_counts_as_a_child_that_ended_at_once) {
  start(workers(), {.max_demand = 4, .min_demand = 2});
  manners["a"].failing_starts = 1;
  manners["c"].has_nothing_to_do = true;

  feed({"a", "b", "c"});

  EXPECT_EQ(asked, (journal{"4", "2"}));
  EXPECT_EQ(counted().active, 1U);
  EXPECT_EQ(reports,
            (journal{"start_error child error (std::runtime_error: cannot start) in init"}))
      << "a child that ignores is not reported";
  EXPECT_FALSE(end->is_done());
}

// G-383
TEST_F(consumer_supervisor_sim_test, events_in_excess_are_said_and_started_all_the_same) {
  all = *start_supervisor(world.home(), workers());
  // A peer that does not mind demand: it sends by hand.
  struct rude final : process {
    void start() override {}
    void receive(message_ptr received) override {
      if (received->kind != message_kind::subscribe) return;
      const auto& wish = static_cast<subscribe_message&>(*received);
      auto sent =
          std::make_unique<batch_message<std::string>>(message_kind::events, wish.from.tag, id());
      for (const char* name : {"a", "b", "c"}) sent->events.emplace(name);
      wish.from.peer.send(std::move(sent));
    }
  };
  const process_ref peer = *world.home().spawn(std::make_unique<rude>());
  ASSERT_TRUE(outcome(subscribe(all, ref<source>{peer}, {.max_demand = 1})));
  world.settle();

  EXPECT_EQ(counted().active, 3U);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines.front().starts_with("received 2 events in excess from "));
}

// G-384, G-385, G-386, G-387
TEST_F(consumer_supervisor_sim_test, a_transient_child_that_crashes_keeps_its_place) {
  start(workers(transient), {.max_demand = 2, .min_demand = 0});
  feed({"a", "b"});

  tell("a", crash{});
  EXPECT_EQ(seen, (journal{"+a", "+b", "-a", "+a"})) << "again with the same event";
  EXPECT_EQ(asked, (journal{"2"}));

  tell("a", finish{exit_reason::shutdown()});
  EXPECT_EQ(asked, (journal{"2", "1"}));
  EXPECT_EQ(counted().active, 1U);
}

TEST_F(consumer_supervisor_sim_test, a_temporary_child_is_never_started_again) {
  start(workers(), {.max_demand = 2, .min_demand = 0});
  feed({"a"});

  tell("a", crash{});

  EXPECT_EQ(seen, (journal{"+a", "-a"}));
  EXPECT_EQ(asked, (journal{"2", "1"}));
  EXPECT_EQ(reports.size(), 1U);
  EXPECT_TRUE(reports.front().starts_with("child_terminated child error"));
}

// G-388, G-393, G-395
TEST_F(consumer_supervisor_sim_test,
       a_child_that_is_being_started_again_is_listed_and_can_be_ended) {
  start(
      [&] {
        spec made = workers(transient);
        made.limits = {.restarts = 100};
        return made;
      }(),
      {.max_demand = 2, .min_demand = 0});
  feed({"a"});
  const pid last = pid_of("a");
  manners["a"].failing_starts = 50;
  std::optional<operation<child_counts>> counting;
  std::optional<operation<void>> ending;
  manners["a"].at_failing_start = [&](int left) {
    if (left == 45) counting.emplace(count_children(all));
    if (left == 40) ending.emplace(terminate_child(all, last));
  };

  tell("a", crash{});

  EXPECT_EQ(*outcome(std::move(*counting)),
            (child_counts{.specs = 1, .active = 0, .supervisors = 0, .workers = 1}));
  EXPECT_TRUE(outcome(std::move(*ending)).has_value());
  EXPECT_EQ(asked, (journal{"2", "1"})) << "its place is free";
  EXPECT_GT(manners["a"].failing_starts, 30) << "no attempt is made after that";
}

// G-388
TEST_F(consumer_supervisor_sim_test, a_child_that_ignores_its_restart_frees_its_place) {
  start(workers(transient), {.max_demand = 2, .min_demand = 0});
  feed({"a"});
  manners["a"].has_nothing_to_do = true;

  tell("a", crash{});

  EXPECT_EQ(counted().workers, 0U);
  EXPECT_EQ(asked, (journal{"2", "1"}));
}

// G-389
TEST_F(consumer_supervisor_sim_test, restarts_that_come_too_often_end_it_with_its_children) {
  start([&] {
    spec made = workers(transient);
    made.limits = {.restarts = 1, .within = 5s};
    return made;
  }());
  feed({"a", "b"});

  tell("a", crash{});
  EXPECT_FALSE(top_ended());
  tell("a", crash{});
  tell("a", crash{});

  ASSERT_TRUE(top_ended());
  EXPECT_EQ(**world.run_until(std::move(*end)), exit_reason::shutdown());
  EXPECT_EQ(seen.back(), "-b");
}

// G-390, G-391
TEST_F(consumer_supervisor_sim_test, a_child_of_start_child_is_charged_to_nobody) {
  start(workers(transient), {.max_demand = 2, .min_demand = 0});
  manners["broken"].failing_starts = 1;
  manners["idle"].has_nothing_to_do = true;

  EXPECT_TRUE(*outcome(start_child(all, "extra")));
  EXPECT_FALSE(*outcome(start_child(all, "idle"))) << "it chose not to run";
  EXPECT_EQ(failure(start_child(all, "broken")), errc::not_started);

  tell("extra", crash{});
  tell("extra", finish{exit_reason::normal()});
  EXPECT_EQ(asked, (journal{"2"}));
  EXPECT_EQ(counted().workers, 0U);
}

// G-392
TEST_F(consumer_supervisor_sim_test, a_terminated_child_frees_its_place_and_is_forgotten) {
  start(workers(transient), {.max_demand = 2, .min_demand = 0});
  feed({"a"});
  const pid child = pid_of("a");

  EXPECT_TRUE(outcome(terminate_child(all, child)).has_value());

  EXPECT_EQ(seen, (journal{"+a", "-a"}));
  EXPECT_EQ(asked, (journal{"2", "1"}));
  EXPECT_EQ(failure(terminate_child(all, child)), errc::not_found);
}

// G-397
TEST_F(consumer_supervisor_sim_test, children_outlive_a_subscription_that_may_end) {
  start(workers(), {.max_demand = 2, .min_demand = 0, .cancel = cancel_mode::temporary});
  feed({"a", "b"});

  cancel(from, tag, exit_reason::normal());
  world.settle();
  tell("a", finish{exit_reason::normal()});

  EXPECT_EQ(counted().active, 1U);
  EXPECT_EQ(asked, (journal{"2"}));
}

// G-397, G-399, G-401
TEST_F(consumer_supervisor_sim_test, a_permanent_subscription_takes_the_children_along) {
  start(workers(temporary, 100ms));
  manners["b"].stops_in = 1h;
  feed({"a", "b"});
  auto a = world.home().down(world.home().find(pid_of("a")));
  auto b = world.home().down(world.home().find(pid_of("b")));

  cast(from, leave{exit_reason::normal()});

  EXPECT_EQ(**world.run_until(std::move(a)), exit_reason::shutdown());
  EXPECT_EQ(**world.run_until(std::move(b)), exit_reason::killed());
  EXPECT_EQ(**world.run_until(std::move(*end)), exit_reason::normal());
  EXPECT_EQ(reports, (journal{"shutdown_error child killed"}));
}

// G-398
TEST_F(consumer_supervisor_sim_test, a_producer_that_is_gone_counts_as_for_any_consumer) {
  world.home().exit(from.process(), exit_reason::kill());
  world.settle();
  start(workers(), {.cancel = cancel_mode::temporary});
  EXPECT_FALSE(top_ended());

  ASSERT_TRUE(outcome(subscribe(all, from)));

  ASSERT_TRUE(top_ended());
  EXPECT_EQ(**world.run_until(std::move(*end)), exit_reason::noproc());
}

// G-050
TEST_F(consumer_supervisor_sim_test, options_out_of_bounds_are_refused) {
  start(workers());

  EXPECT_EQ(failure(subscribe(all, from, {.max_demand = 0})), errc::invalid_argument);
  EXPECT_FALSE(top_ended());
}

// G-406
TEST_F(consumer_supervisor_sim_test, producers_are_accounted_separately) {
  journal other_asked;
  auto other = *spawn<source>(world.home(), {}, &other_asked);
  start(workers(), {.max_demand = 2, .min_demand = 0});
  ASSERT_TRUE(outcome(subscribe(all, other, {.max_demand = 3, .min_demand = 0})));
  feed({"a", "b"});
  cast(other, emit{{"x"}});
  world.settle();

  tell("x", finish{exit_reason::normal()});

  EXPECT_EQ(asked, (journal{"2"}));
  EXPECT_EQ(other_asked, (journal{"3", "1"}));
}

// G-374
TEST_F(consumer_supervisor_sim_test, permanent_children_are_refused) {
  auto [far, near] = make_operation<std::optional<exit_reason>>();
  ASSERT_TRUE(start_supervisor(world.home(), workers(permanent),
                               {.name = "workers", .started = std::move(far)}));

  EXPECT_EQ((**world.run_until(std::move(near)))->text(),
            "consumer_supervisor workers: child child: its restart is permanent, transient and "
            "temporary are allowed; not started");
}

// G-370, G-405: declared in a tree, with a function as the child.
TEST_F(consumer_supervisor_sim_test, it_stands_in_a_tree_and_consumes_a_range) {
  constexpr name<range_producer<int>> numbers{"numbers"};
  constexpr name<consumer_supervisor<int>> sums{"sums"};
  int running = 0;
  int most = 0;
  int sum = 0;
  consumer_supervisor_spec<int> adders;
  adders.child = event_child<int>::running([&](int number) -> task<> {
    most = std::max(most, ++running);
    auto pause = sleep_for(1s);
    co_await std::move(pause);
    sum += number;
    --running;
  });
  ASSERT_EQ(household::start(
                {.children = {child(numbers, std::views::iota(1, 101)),
                              child(sums, adders)
                                  .subscribe_to(numbers, {.max_demand = 10,
                                                          .cancel = cancel_mode::transient})}}),
            std::nullopt);

  world.run_for(30s);

  EXPECT_EQ(sum, 5050);
  EXPECT_EQ(most, 10);
}

// Whatever the order in which children end, crash and events come.
TEST(consumer_supervisor_seeds_sim_test, no_more_children_than_max_demand_and_no_event_is_lost) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    simulation world{seed};
    int running = 0;
    int most = 0;
    std::vector<int> done;
    std::mt19937_64 dice{seed};
    consumer_supervisor_spec<int> spec;
    spec.limits = {.restarts = 10'000};
    spec.child = event_child<int>::running([&](int number) -> task<> {
      const std::shared_ptr<void> counted{nullptr, [&](void*) { --running; }};
      most = std::max(most, ++running);
      auto pause = sleep_for(std::chrono::milliseconds{static_cast<int>(dice() % 50)});
      co_await std::move(pause);
      if (dice() % 4 == 0) throw std::runtime_error{"again"};
      done.push_back(number);
    });
    spec.child.restart = transient;
    auto numbers = *from_range(world.home(), std::views::iota(0, 200));
    auto all = *start_supervisor(world.home(), spec);
    const std::int64_t max = 1 + static_cast<std::int64_t>(seed % 9);
    ASSERT_TRUE(*world.run_until(
        subscribe(all, numbers, {.max_demand = max, .cancel = cancel_mode::transient})));

    world.run();

    std::ranges::sort(done);
    ASSERT_TRUE(std::ranges::equal(done, std::views::iota(0, 200))) << "seed " << seed;
    ASSERT_EQ(most, max) << "seed " << seed;
  }
}

}  // namespace
}  // namespace genstage
