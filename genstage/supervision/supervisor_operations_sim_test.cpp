#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/supervision/household_test.hpp>

// What can be asked of a supervisor, what it reports, and the rules beyond the plain restart.
namespace genstage {
namespace {

using namespace family;
using enum restart_type;

class supervisor_operations_sim_test : public household {
 protected:
  journal listed() {
    journal all;
    const auto children = outcome(which_children(asked()));
    for (const child_info& each : *children) {
      const char* const state = each.state == child_state::running      ? " running"
                                : each.state == child_state::restarting ? " restarting"
                                                                        : " stopped";
      all.push_back(each.id + state);
    }
    return all;
  }
};

// A57
TEST_F(supervisor_operations_sim_test, children_are_added_at_run_time_and_listed_newest_first) {
  start({.children = {make("a")}});

  const auto added = outcome(start_child(asked(), make("b")));

  EXPECT_EQ(added->id(), world.home().find("b").id());
  EXPECT_EQ(listed(), (journal{"b running", "a running"}));
  EXPECT_EQ(*outcome(count_children(asked())),
            (child_counts{.specs = 2, .active = 2, .supervisors = 0, .workers = 2}));
  EXPECT_EQ(outcome(start_child(asked(), make("b"))).error(),
            (error{errc::already_started,
                   "child b: it runs as " + to_string(added->id()) + "; not started again"}));
  stop_top();
  EXPECT_TRUE(top_ended());
  EXPECT_EQ(seen, (journal{"+a", "+b", "-b", "-a"}));
}

// A57
TEST_F(supervisor_operations_sim_test, a_terminated_child_stays_declared_until_it_is_deleted) {
  start({.children = {make("a"), make("x", temporary)}});

  EXPECT_EQ(failure(terminate_child(asked(), "a")), std::nullopt);
  EXPECT_EQ(failure(terminate_child(asked(), "x")), std::nullopt);
  EXPECT_EQ(listed(), (journal{"a stopped"}));
  EXPECT_EQ(failure(start_child(asked(), make("a"))), errc::already_present);
  EXPECT_EQ(outcome(get_childspec(asked(), "a"))->id, "a");
  EXPECT_EQ(failure(restart_child(asked(), "a")), std::nullopt);
  EXPECT_EQ(failure(restart_child(asked(), "a")), errc::running);
  EXPECT_EQ(failure(delete_child(asked(), "a")), errc::running);
  EXPECT_EQ(failure(terminate_child(asked(), "a")), std::nullopt);
  EXPECT_EQ(failure(delete_child(asked(), "a")), std::nullopt);
  EXPECT_EQ(listed(), (journal{}));

  EXPECT_EQ(failure(terminate_child(asked(), "a")), errc::not_found);
  EXPECT_EQ(failure(restart_child(asked(), "a")), errc::not_found);
  EXPECT_EQ(failure(delete_child(asked(), "a")), errc::not_found);
  EXPECT_EQ(failure(get_childspec(asked(), "a")), errc::not_found);
  EXPECT_EQ(reports, (journal{}));
}

// A57
TEST_F(supervisor_operations_sim_test, a_start_that_fails_at_run_time_leaves_nothing_behind) {
  start({});
  manners["a"].failing_starts = 1;

  const auto failed = outcome(start_child(asked(), make("a")));

  EXPECT_EQ(failed.error(), (error{errc::not_started,
                                   "child a: its start failed with error (std::runtime_error: "
                                   "cannot start) in init; not started"}));
  EXPECT_EQ(listed(), (journal{}));
  EXPECT_EQ(failure(start_child(asked(), make("a", temporary, -1s))), errc::invalid_argument);
}

/// Ends with a reason before it has started.
class stillborn final : public server {
 public:
  explicit stillborn(exit_reason reason) : reason_{std::move(reason)} {}
  void init() { stop(reason_); }

 private:
  exit_reason reason_;
};

TEST_F(supervisor_operations_sim_test, a_child_that_ends_in_its_start_is_refused_with_its_reason) {
  const auto ending_with = [](exit_reason reason) {
    child_spec made{.id = "a", .start = {}};
    made.start = [reason](runtime& home, spawn_options options) -> result<process_ref> {
      return spawn<stillborn>(home, std::move(options), reason)->process();
    };
    return made;
  };
  start({});

  EXPECT_EQ(outcome(start_child(asked(), ending_with(exit_reason::normal()))).error(),
            (error{errc::not_started, "child a: its start failed with normal; not started"}));
  EXPECT_EQ(outcome(start_child(asked(), ending_with(exit_reason::user("no disk")))).error(),
            (error{errc::not_started, "child a: its start failed with no disk; not started"}));
  EXPECT_EQ(to_string(*start({.children = {ending_with(exit_reason::user("no disk"))}})),
            "shutdown (failed to start child a: no disk)");
}

// A57
TEST_F(supervisor_operations_sim_test, a_supervisor_that_ends_answers_what_is_still_asked) {
  manners["a"].stops_in = 1s;
  start({.children = {make("a")}});
  stop_top();
  world.run_for(500ms);

  EXPECT_EQ(failure(which_children(asked())), errc::process_ended);
  EXPECT_EQ(failure(which_children(asked())), errc::process_ended);
  EXPECT_EQ(failure(which_children(ref<supervisor>{})), errc::process_ended);
}

// A44, A57
TEST_F(supervisor_operations_sim_test, a_child_with_nothing_to_run_is_kept_unless_temporary) {
  manners["a"].has_nothing_to_do = true;
  manners["x"].has_nothing_to_do = true;

  EXPECT_EQ(start({.children = {make("a"), make("x", temporary), make("c")}}), std::nullopt);

  EXPECT_EQ(seen, (journal{"ignore a", "ignore x", "+c"}));
  EXPECT_EQ(listed(), (journal{"c running", "a stopped"}));
  EXPECT_FALSE(*outcome(restart_child(asked(), "a")));
  EXPECT_EQ(listed(), (journal{"c running", "a stopped"}));
}

// A43, A59
TEST_F(supervisor_operations_sim_test, a_stop_during_a_start_waits_for_it_and_undoes_it) {
  manners["b"].starts_in = 100ms;
  supervisor_spec tree{.children = {make("a"), make("b"), make("c")}};
  top = *world.home().spawn(std::make_unique<supervisor>(std::move(tree)));
  end.emplace(world.home().down(top));
  world.run_for(50ms);

  stop_top();

  EXPECT_TRUE(top_ended());
  EXPECT_EQ(seen, (journal{"+a", "+b", "+c", "-c", "-b", "-a"}));
}

// A59
TEST_F(supervisor_operations_sim_test, an_exit_of_a_stranger_and_an_unknown_message_are_ignored) {
  start({.children = {make("a")}});
  const auto stranger = *spawn<worker>(world.home(), {}, std::string{"s"}, &seen, &manners["s"]);
  take();

  top.send(std::make_unique<exit_message>(stranger.id(), exit_reason::user("nonsense"),
                                          exit_origin::sent));
  top.send(std::make_unique<message>(message_kind::ask));
  world.run_for(1s);

  EXPECT_FALSE(end->is_done());
  EXPECT_EQ(take(), (journal{"+s"}));
  EXPECT_EQ(lines, (journal{"received an unexpected message; ignored"}));
}

// A56
TEST_F(supervisor_operations_sim_test, the_first_significant_child_that_finishes_ends_the_others) {
  child_spec last = make("t", transient);
  last.significant = true;
  start({.children = {make("a"), last, make("c")}, .ending = auto_shutdown::any_significant});
  tell("t", crash{});
  EXPECT_FALSE(end->is_done());
  take();

  tell("t", finish{exit_reason::normal()});

  ASSERT_TRUE(end->is_done());
  EXPECT_EQ(end->await_resume(), exit_reason::shutdown());
  EXPECT_EQ(take(), (journal{"-t", "-c", "-a"}));
}

// A56
TEST_F(supervisor_operations_sim_test, ends_that_the_supervisor_caused_do_not_count) {
  child_spec one = make("one", transient);
  child_spec two = make("two", temporary);
  one.significant = two.significant = true;
  start({.children = {one, two}, .ending = auto_shutdown::all_significant});

  EXPECT_EQ(failure(terminate_child(asked(), "one")), std::nullopt);
  EXPECT_FALSE(top_ended());
  tell("two", crash{});

  EXPECT_TRUE(end->is_done());
}

// A58
TEST_F(supervisor_operations_sim_test, children_added_at_run_time_are_lost_with_their_supervisor) {
  start({.children = {supervised("inner", {.children = {make("a")}})}});
  const auto inner = *find(world.home(), name<supervisor>{"inner"});
  EXPECT_EQ(failure(start_child(inner, make("b"))), std::nullopt);
  take();

  world.home().exit(inner.process(), exit_reason::kill());
  world.run_for(1s);

  EXPECT_TRUE(world.home().find("a"));
  EXPECT_FALSE(world.home().find("b"));
}

// A53, A57
TEST_F(supervisor_operations_sim_test, between_failing_restarts_others_get_their_turn) {
  start({.limits = {.restarts = 1'000, .within = 5s}, .children = {make("a")}});
  std::optional<operation<std::vector<child_info>>> listing;
  std::optional<operation<void>> stopping;
  manners["a"].failing_starts = 500;
  manners["a"].at_failing_start = [&](int left) {
    if (left != 490) return;
    listing = which_children(asked());
    stopping = terminate_child(asked(), "a");
  };

  tell("a", crash{});

  const auto children = listing->await_resume();
  EXPECT_EQ(children->front().state, child_state::restarting);
  EXPECT_TRUE(stopping->await_resume().has_value());
  EXPECT_EQ(manners["a"].failing_starts, 490);
  EXPECT_EQ(listed(), (journal{"a stopped"}));
}

// A39, A46
TEST_F(supervisor_operations_sim_test, a_child_that_ends_otherwise_than_asked_is_reported) {
  manners["late"].stops_in = 1h;
  start({.children = {make("late", permanent, 100ms), make("fine")}});

  stop_top();

  EXPECT_TRUE(top_ended());
  EXPECT_EQ(reports, (journal{"shutdown_error late killed"}));
}

// A46
TEST_F(supervisor_operations_sim_test, a_limit_of_zero_kills_at_once_without_a_report) {
  start({.children = {make("a", permanent, 0s)}});
  take();

  stop_top();

  EXPECT_TRUE(top_ended());
  EXPECT_EQ(take(), (journal{}));
  EXPECT_EQ(reports, (journal{}));
}

// A46
TEST_F(supervisor_operations_sim_test, a_sibling_that_died_during_a_stop_is_reported_as_it_died) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    manners["c"].stops_in = 1s;
    start({.children = {make("a"), make("b"), make("c")}});
    stop_top();
    world.run_for(100ms);

    tell("b", crash{});

    EXPECT_TRUE(top_ended());
    EXPECT_EQ(std::exchange(reports, {}),
              (journal{"shutdown_error b error (std::runtime_error: boom) in handle_cast"}));
  }
}

// A39
TEST_F(supervisor_operations_sim_test, reports_name_context_reason_and_offender) {
  start({.limits = {.restarts = 1, .within = 5s}, .children = {make("a")}});
  const std::string first = to_string(world.home().find("a").id());
  tell("a", finish{exit_reason::normal()});
  manners["a"].failing_starts = 1;
  tell("a", finish{exit_reason::user("tired")});

  EXPECT_EQ(reports, (journal{"child_terminated a normal", "child_terminated a tired",
                              "shutdown a shutdown"}));
  EXPECT_EQ(lines.front(), "child a ended with normal (child_terminated; permanent worker " +
                               first + ", shutdown 5000 ms)");
}

TEST_F(supervisor_operations_sim_test, who_gives_up_says_why_down_to_the_first_cause) {
  supervisor_spec inner{.limits = {.restarts = 0, .within = 5s}, .children = {make("a")}};
  start({.limits = {.restarts = 0, .within = 5s}, .children = {supervised("inner", inner)}});

  tell("a", finish{exit_reason::user("no disk")});

  ASSERT_TRUE(end->is_done());
  const exit_reason reason = *end->await_resume();
  EXPECT_EQ(reason, exit_reason::shutdown());
  EXPECT_EQ(
      explain(reason),
      "shutdown, because child inner failed after 0 restarts within 5000 ms, no more are "
      "allowed: shutdown, because child a failed after 0 restarts within 5000 ms, no more are "
      "allowed: no disk");
}

TEST_F(supervisor_operations_sim_test, a_backoff_waits_longer_each_time_and_forgives) {
  child_spec slow = make("a");
  slow.backoff = restart_backoff{
      .first = 100ms, .longest = 1s, .factor = 2.0, .jitter = 0.0, .forgiven_after = 10s};
  start({.limits = {.restarts = 100, .within = 60s}, .children = {slow, make("b")}});
  manners["a"].failing_starts = 2;
  const instant before = world.now();
  std::vector<duration> attempts;
  take();
  cast(*find(world.home(), name<worker>{"a"}), crash{});

  while (world.now() - before < 2s) {
    world.run_for(50ms);
    if (!take().empty()) attempts.push_back(world.now() - before);
  }

  EXPECT_EQ(attempts, (std::vector<duration>{50ms, 100ms, 300ms, 700ms}));
  world.run_for(20s);
  cast(*find(world.home(), name<worker>{"a"}), crash{});
  world.run_for(90ms);
  EXPECT_EQ(listed(), (journal{"b running", "a restarting"}));
  EXPECT_EQ(failure(restart_child(asked(), "a")), errc::restarting);
  world.run_for(20ms);
  EXPECT_EQ(listed(), (journal{"b running", "a running"}));
}

TEST_F(supervisor_operations_sim_test, a_child_that_waits_for_its_restart_can_be_terminated) {
  child_spec slow = make("a");
  slow.backoff = restart_backoff{.first = 1s};
  start({.children = {slow}});
  tell("a", crash{});
  take();

  EXPECT_EQ(failure(terminate_child(asked(), "a")), std::nullopt);
  world.run_for(10s);

  EXPECT_EQ(take(), (journal{}));
  EXPECT_EQ(listed(), (journal{"a stopped"}));
}

TEST_F(supervisor_operations_sim_test, a_tree_that_contains_itself_is_refused_in_words) {
  child_spec self{.id = "self", .start = {}};
  self.start = [&self](runtime& home, spawn_options options) {
    return home.spawn(std::make_unique<supervisor>(supervisor_spec{.children = {self}}),
                      std::move(options));
  };

  const auto failure = start({.children = {self}});

  ASSERT_TRUE(failure.has_value());
  EXPECT_NE(to_string(*failure).find("there are 100 supervisors above it, fewer than 100 are "
                                     "allowed, so the tree probably contains itself; not started"),
            std::string::npos);
  EXPECT_EQ(world.home().process_count(), 0U);
}

// A53
TEST_F(supervisor_operations_sim_test, what_failed_to_restart_in_a_group_is_where_it_goes_on) {
  start({.strategy = restart_strategy::rest_for_one,
         .children = {make("a"), make("b"), make("c"), make("d")}});
  manners["c"].failing_starts = 1;
  take();

  tell("b", crash{});

  EXPECT_EQ(take(), (journal{"-b", "-d", "-c", "+b", "fail c", "+c", "+d"}));
}

}  // namespace
}  // namespace genstage
