#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/stage/event_household_test.hpp>
#include <memory>
#include <ranges>
#include <string>

// How a consumer_supervisor begins, what it takes for its children, how it changes and ends.
namespace genstage {
namespace {

using namespace family;

using strings = consumer_supervisor<std::string>;

/// Sends an exit signal to a process that it has nothing to do with, and a message that nobody
/// sends to a supervisor.
class meddler final : public server {
 public:
  explicit meddler(process_ref victim) : victim_{std::move(victim)} {}
  void handle_cast(finish told) { exit(victim_, told.reason); }
  void handle_cast(crash) {
    victim_.send(std::make_unique<stream_message>(message_kind::ask, unique_id{7}, self().id()));
  }

 private:
  process_ref victim_;
};

class consumer_supervisor_init_sim_test : public event_household {
 protected:
  /// Starts it; the reason if it failed.
  template <class Declared>
  std::optional<exit_reason> begin(Declared declared) {
    auto [far, near] = make_operation<std::optional<exit_reason>>();
    all = *start_supervisor<std::string>(world.home(), std::move(declared),
                                         {.name = "workers", .started = far});
    top = all.process();
    end.emplace(world.home().down(top));
    return **world.run_until(std::move(near));
  }
  std::string refusal(spec declared) {
    const auto failed = begin(std::move(declared));
    return failed ? failed->text() : "started";
  }
  /// Starts children that belong to no producer.
  void add(const journal& events) {
    for (const std::string& event : events) ASSERT_TRUE(outcome(start_child(all, event)));
  }
};

// G-372: the template is judged before the limits.
TEST_F(consumer_supervisor_init_sim_test, a_template_that_cannot_run_is_refused) {
  spec without = workers();
  without.child.start = nullptr;
  without.limits.within = 0s;
  EXPECT_EQ(refusal(without),
            "consumer_supervisor workers: child child: it has no start function, every child needs "
            "one; not started");

  EXPECT_EQ(refusal(workers(restart_type::temporary, -5ms)),
            "consumer_supervisor workers: child child: its shutdown limit is -5 ms, from 0 on is "
            "allowed; not started");
}

// G-373: options have types, so what is left to check are their values.
TEST_F(consumer_supervisor_init_sim_test, limits_that_make_no_sense_are_refused) {
  spec timeless = workers();
  timeless.limits.within = 0s;

  EXPECT_EQ(refusal(timeless),
            "supervisor workers: restarts are limited within 0 ms, a time above zero is allowed; "
            "not started");
}

// G-370, G-371
TEST_F(consumer_supervisor_init_sim_test,
       an_init_function_declares_the_children_or_nothing_to_run) {
  EXPECT_EQ(begin([this] { return std::optional{workers()}; }), std::nullopt);
  add({"a"});
  EXPECT_EQ(seen, (journal{"+a"}));
  stop_top();
  ASSERT_TRUE(top_ended());

  const auto ignored = begin([] { return std::optional<spec>{}; });
  ASSERT_TRUE(ignored.has_value());
  EXPECT_TRUE(ignored->is_ignored());
  EXPECT_TRUE(top_ended());

  const auto broken = begin([]() -> std::optional<spec> { throw std::runtime_error{"no plan"}; });
  ASSERT_TRUE(broken.has_value());
  EXPECT_EQ(to_string(*broken), "error (std::runtime_error: no plan) in init");
}

// G-375
TEST_F(consumer_supervisor_init_sim_test, a_template_has_defaults_for_all_but_the_start) {
  const event_child<int> untold;

  EXPECT_EQ(untold.restart, restart_type::temporary);
  EXPECT_EQ(untold.shutdown, shutdown_limit{5s});
  EXPECT_EQ(untold.type, child_type::worker);
  EXPECT_EQ(spec{}.limits.restarts, 3U);
  EXPECT_EQ(spec{}.limits.within, 5s);
}

// G-376
TEST_F(consumer_supervisor_init_sim_test, it_is_registered_and_shows_up_as_a_supervisor) {
  constexpr name<strings> workers_name{"workers"};
  ASSERT_EQ(household::start({.children = {child(workers_name, workers())}}), std::nullopt);

  EXPECT_TRUE(find(world.home(), workers_name).has_value());
  const auto children = *outcome(which_children(asked()));
  ASSERT_EQ(children.size(), 1U);
  EXPECT_EQ(children.front().type, child_type::supervisor);
}

// G-404
TEST_F(consumer_supervisor_init_sim_test, its_init_can_be_called_again_and_children_go_on) {
  int round = 0;
  ASSERT_EQ(begin([&]() -> std::optional<spec> {
              spec next = workers(restart_type::transient);
              switch (++round) {
                case 1:
                  next.limits.restarts = 10;
                  return next;
                case 2:
                  return std::nullopt;
                case 3:
                  next.child.restart = restart_type::permanent;
                  return next;
                case 4:
                  throw std::runtime_error{"no plan"};
                default:
                  next.limits.restarts = 0;
                  next.child.id = "later";
                  return next;
              }
            }),
            std::nullopt);
  add({"a"});

  EXPECT_TRUE(outcome(reconfigure(all)).has_value()) << "nothing to say, nothing changes";
  EXPECT_EQ(outcome(reconfigure(all)).error().message,
            "reconfigure: consumer_supervisor workers: child child: its restart is permanent, "
            "transient and temporary are allowed; not started; all stays as it was");
  EXPECT_EQ(outcome(reconfigure(all)).error().message,
            "reconfigure: error (std::runtime_error: no plan) in init; all stays as it was");
  tell("a", crash{});
  EXPECT_EQ(seen, (journal{"+a", "-a", "+a"})) << "the first limits still hold";

  EXPECT_TRUE(outcome(reconfigure(all)).has_value());
  add({"b"});
  const auto children = *outcome(which_children(all));
  ASSERT_EQ(children.size(), 2U);
  EXPECT_EQ(children[0].id, "child");
  EXPECT_EQ(children[1].id, "later");

  tell("a", crash{});
  EXPECT_TRUE(top_ended()) << "no restart is allowed any more";
}

// G-396
TEST_F(consumer_supervisor_init_sim_test, what_is_asked_of_it_is_waited_for_however_long) {
  ASSERT_EQ(begin(workers()), std::nullopt);
  manners["slow"].starts_in = 48h;
  auto starting = start_child(all, "slow");
  auto listing = which_children(all);
  auto counting = count_children(all);
  auto ending = terminate_child(all, pid{1, 1});
  world.run_for(47h);
  EXPECT_FALSE(starting.is_done() || listing.is_done() || counting.is_done() || ending.is_done());

  world.run_for(2h);

  EXPECT_TRUE(starting.is_done() && listing.is_done() && counting.is_done() && ending.is_done());
}

// G-400: an end that was asked for is no error, a kill after the limit is one.
TEST_F(consumer_supervisor_init_sim_test,
       at_its_end_only_ends_that_were_not_expected_are_reported) {
  manners["late"].stops_in = 1h;
  for (const shutdown_limit limit : {shutdown_limit{100ms}, shutdown_limit{0s}}) {
    ASSERT_EQ(begin(workers(restart_type::temporary, limit)), std::nullopt);
    add({"obedient", "late"});

    stop_top();

    ASSERT_TRUE(top_ended());
    EXPECT_EQ(std::exchange(reports, {}),
              limit == shutdown_limit{0s} ? journal{} : (journal{"shutdown_error child killed"}));
  }
}

// G-400
TEST_F(consumer_supervisor_init_sim_test, a_child_that_is_being_started_again_needs_no_end) {
  spec patient = workers(restart_type::transient);
  patient.limits.restarts = 1'000;
  ASSERT_EQ(begin(patient), std::nullopt);
  add({"a"});
  manners["a"].failing_starts = 500;
  manners["a"].at_failing_start = [&](int left) {
    if (left == 450) stop_top();
  };

  tell("a", crash{});

  EXPECT_TRUE(top_ended());
  EXPECT_GT(manners["a"].failing_starts, 400) << "no attempt is made after that";
  for (const std::string& each : reports) EXPECT_FALSE(each.starts_with("shutdown_error")) << each;
}

// G-402, G-403
TEST_F(consumer_supervisor_init_sim_test, signals_of_strangers_and_strange_messages_do_not_end_it) {
  ASSERT_EQ(begin(workers()), std::nullopt);
  add({"a"});
  const auto stranger = *spawn<meddler>(world.home(), {}, top);

  cast(stranger, finish{exit_reason::user("go away")});
  cast(stranger, crash{});
  world.run_for(1s);

  EXPECT_FALSE(end->is_done());
  EXPECT_EQ(outcome(count_children(all))->active, 1U);
  EXPECT_EQ(lines, (journal{"received an unexpected message; ignored"}));
}

// G-402
TEST_F(consumer_supervisor_init_sim_test, the_exit_of_its_parent_ends_it_and_its_children) {
  constexpr name<strings> workers_name{"workers"};
  ASSERT_EQ(household::start({.children = {child(workers_name, workers())}}), std::nullopt);
  all = *find(world.home(), workers_name);
  add({"a"});

  stop_top();

  EXPECT_TRUE(top_ended());
  EXPECT_EQ(seen, (journal{"+a", "-a"}));
}

// Events that can only be moved reach children that are started once.
TEST_F(consumer_supervisor_init_sim_test,
       events_that_cannot_be_copied_are_moved_into_their_children) {
  using box = std::unique_ptr<int>;
  std::vector<int> done;
  consumer_supervisor_spec<box> openers;
  openers.child = event_child<box>::running([&](box& each) { done.push_back(*each); });
  std::vector<box> kept;
  for (int number = 0; number < 20; ++number) kept.push_back(std::make_unique<int>(number));
  const auto boxes = *from_range(world.home(), std::move(kept));
  const auto opening = *start_supervisor(world.home(), openers);

  ASSERT_TRUE(
      outcome(subscribe(opening, boxes, {.max_demand = 3, .cancel = cancel_mode::transient})));
  ASSERT_TRUE(outcome(start_child(opening, std::make_unique<int>(20))));
  world.run_for(1s);

  std::ranges::sort(done);
  EXPECT_TRUE(std::ranges::equal(done, std::views::iota(0, 21)));
}

TEST_F(consumer_supervisor_init_sim_test, events_that_cannot_be_copied_allow_no_restarts) {
  using box = std::unique_ptr<int>;
  consumer_supervisor_spec<box> openers;
  openers.child = event_child<box>::running([](box&) {});
  openers.child.restart = restart_type::transient;
  auto [far, near] = make_operation<std::optional<exit_reason>>();
  (void)start_supervisor(world.home(), openers, {.name = "openers", .started = far});

  EXPECT_EQ((**world.run_until(std::move(near)))->text(),
            "consumer_supervisor openers: child child: its restart is transient, and its events "
            "cannot be copied for that, temporary is allowed; not started");
}

}  // namespace
}  // namespace genstage
