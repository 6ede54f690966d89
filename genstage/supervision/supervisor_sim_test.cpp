#include <gtest/gtest.h>

#include <genstage/supervision/household_test.hpp>

// Start order, stop order, strategies and the restart budget, as measured in A43 to A54.
namespace genstage {
namespace {

using namespace family;

class supervisor_sim_test : public household {};

// A43, A45
TEST_F(supervisor_sim_test, children_start_in_order_and_stop_in_reverse_one_at_a_time) {
  manners["b"].stops_in = 50ms;
  manners["c"].stops_in = 100ms;
  start({.children = {make("a"), make("b"), make("c")}});
  EXPECT_EQ(take(), (journal{"+a", "+b", "+c"}));

  const instant before = world.now();
  stop_top();

  EXPECT_EQ(**world.run_until(std::move(*end)), exit_reason::shutdown());
  EXPECT_EQ(take(), (journal{"-c", "-b", "-a"}));
  EXPECT_EQ(world.now() - before, 150ms);
}

// A46
TEST_F(supervisor_sim_test, a_child_that_does_not_stop_in_time_is_killed) {
  manners["a"].stops_in = 1h;
  start({.children = {make("a", restart_type::permanent, 100ms)}});

  const instant before = world.now();
  stop_top();

  EXPECT_EQ(**world.run_until(std::move(*end)), exit_reason::shutdown());
  EXPECT_EQ(world.now() - before, 100ms);
}

// A44
TEST_F(supervisor_sim_test, a_start_failure_stops_what_was_started_and_names_the_child) {
  manners["b"].failing_starts = 1;

  const auto failure = start({.children = {make("a"), make("b"), make("c")}});

  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(to_string(*failure),
            "shutdown (failed to start child b: error (std::runtime_error: cannot start) in init)");
  EXPECT_EQ(take(), (journal{"+a", "fail b", "-a"}));
}

// A42
TEST_F(supervisor_sim_test, two_children_with_one_id_are_refused) {
  const auto failure = start({.children = {make("a"), make("a")}});

  ASSERT_TRUE(failure.has_value());
  EXPECT_NE(to_string(*failure).find("two children have the id \"a\""), std::string::npos);
}

// A48
TEST_F(supervisor_sim_test, one_for_one_restarts_only_the_child_that_failed) {
  start({.children = {make("a"), make("b"), make("c")}});
  take();

  tell("b", crash{});

  EXPECT_EQ(take(), (journal{"-b", "+b"}));
}

// A49
TEST_F(supervisor_sim_test, one_for_all_stops_all_in_reverse_and_starts_all_in_order) {
  start({.strategy = restart_strategy::one_for_all, .children = {make("a"), make("b"), make("c")}});
  take();

  tell("b", crash{});

  EXPECT_EQ(take(), (journal{"-b", "-c", "-a", "+a", "+b", "+c"}));
}

// A49
TEST_F(supervisor_sim_test, one_for_all_starts_a_finished_transient_child_again_but_no_temporary) {
  start({.strategy = restart_strategy::one_for_all,
         .children = {make("a"), make("t", restart_type::transient),
                      make("x", restart_type::temporary)}});
  tell("t", finish{exit_reason::normal()});
  take();

  tell("a", crash{});

  EXPECT_EQ(take(), (journal{"-a", "-x", "+a", "+t"}));
}

// A50
TEST_F(supervisor_sim_test, rest_for_one_restarts_the_failed_child_and_those_after_it) {
  start({.strategy = restart_strategy::rest_for_one,
         .children = {make("a"), make("b"), make("c"), make("d")}});
  take();

  tell("b", crash{});

  EXPECT_EQ(take(), (journal{"-b", "-d", "-c", "+b", "+c", "+d"}));
}

// A47
TEST_F(supervisor_sim_test, the_restart_type_decides_who_comes_back) {
  struct row {
    restart_type type;
    exit_reason reason;
    journal seen;
  };
  const std::vector<row> table{
      {restart_type::permanent, exit_reason::normal(), {"-a", "+a"}},
      {restart_type::permanent, exit_reason::user("tired"), {"-a", "+a"}},
      {restart_type::transient, exit_reason::shutdown("done"), {"-a"}},
      {restart_type::transient, exit_reason::user("tired"), {"-a", "+a"}},
      {restart_type::temporary, exit_reason::user("tired"), {"-a"}},
  };
  for (const row& each : table) {
    start({.children = {make("a", each.type)}});
    take();

    tell("a", finish{each.reason});

    EXPECT_EQ(take(), each.seen) << to_string(each.reason);
    world.home().exit(top, exit_reason::kill());
    world.run_for(1s);
    take();
  }
}

// A52, A54
TEST_F(supervisor_sim_test, the_fourth_failure_within_the_window_is_one_too_many) {
  start({.children = {make("a"), make("b")}});
  for (int round = 0; round < 3; ++round) tell("a", crash{});
  EXPECT_FALSE(end->is_done());

  tell("a", crash{});

  ASSERT_TRUE(end->is_done());
  EXPECT_EQ(*end->await_resume(), exit_reason::shutdown());
  EXPECT_EQ(seen.back(), "-b");
}

// A52
TEST_F(supervisor_sim_test, failures_that_are_far_apart_are_forgiven) {
  start({.children = {make("a")}});

  for (int round = 0; round < 10; ++round) {
    tell("a", crash{});
    world.run_for(2s);
  }

  EXPECT_FALSE(end->is_done());
}

// A53
TEST_F(supervisor_sim_test, failed_restarts_count_and_are_tried_at_once) {
  start({.children = {make("a")}});
  manners["a"].failing_starts = 100;
  take();

  tell("a", crash{});

  EXPECT_EQ(take(), (journal{"-a", "fail a", "fail a", "fail a"}));
  EXPECT_TRUE(end->is_done());
}

TEST_F(supervisor_sim_test, a_killed_supervisor_is_replaced_once_the_children_it_left_have_ended) {
  manners["a"].stops_in = 300ms;
  manners["b"].stops_in = 200ms;
  const child_spec inner = supervised("inner", {.children = {make("a"), make("b")}});
  start({.children = {supervised("outer", {.children = {inner, make("c")}})}});
  take();

  world.home().exit(world.home().find("outer"), exit_reason::kill());
  world.run_for(1s);

  EXPECT_EQ(take(), (journal{"-c", "-b", "-a", "+a", "+b", "+c"}));
  EXPECT_FALSE(end->is_done());
}

TEST_F(supervisor_sim_test, a_child_that_outlives_its_killed_supervisor_for_too_long_is_killed) {
  manners["a"].stops_in = 1h;
  start({.children = {
             supervised("inner", {.children = {make("a", restart_type::permanent, 100ms)}})}});
  take();

  world.home().exit(world.home().find("inner"), exit_reason::kill());
  world.run_for(99ms);
  EXPECT_EQ(take(), journal{});
  world.run_for(2ms);

  EXPECT_EQ(take(), journal{"+a"});
  EXPECT_FALSE(end->is_done());
}

TEST_F(supervisor_sim_test, a_name_of_somebody_else_is_refused_at_once) {
  const auto other = *spawn<worker>(world.home(), {.name = "a"}, "other", &seen, &manners["other"]);

  const auto failure = start({.children = {make("a")}});

  ASSERT_TRUE(failure.has_value());
  EXPECT_NE(to_string(*failure).find("the name is held by " + to_string(other.id())),
            std::string::npos);
}

// A54
TEST_F(supervisor_sim_test, a_supervisor_that_gives_up_is_restarted_by_its_own) {
  start({.children = {supervised(
             "inner", {.limits = {.restarts = 0, .within = 5s}, .children = {make("a")}})}});
  take();

  tell("a", crash{});

  EXPECT_EQ(take(), (journal{"-a", "+a"}));
  EXPECT_FALSE(end->is_done());
}

TEST_F(supervisor_sim_test, children_in_number_get_numbered_names) {
  child_spec three = make("a");
  three.count = 3;
  start({.children = {three}});

  EXPECT_TRUE(world.home().find("a/0"));
  EXPECT_TRUE(world.home().find("a/2"));
  EXPECT_FALSE(world.home().find("a"));
}

// A53
TEST_F(supervisor_sim_test, a_stop_during_endless_restarts_gets_through) {
  start({.limits = {.restarts = 1'000'000, .within = 5s}, .children = {make("a")}});
  manners["a"].stops_in = 1s;
  cast(*find(world.home(), name<worker>{"a"}), crash{});
  world.run_for(500ms);

  stop_top();

  EXPECT_TRUE(top_ended());
}

}  // namespace
}  // namespace genstage
