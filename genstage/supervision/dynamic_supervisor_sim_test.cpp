#include <gtest/gtest.h>

#include <genstage/supervision/dynamic_supervisor.hpp>
#include <genstage/supervision/household_test.hpp>

// Children that come and go, as in A60.
namespace genstage {
namespace {

using namespace family;
using enum restart_type;

class dynamic_supervisor_sim_test : public household {
 protected:
  void start_dynamic(dynamic_supervisor_spec spec = {}) {
    spec.options.on_report = listen();
    many = *start_supervisor(world.home(), std::move(spec));
    top = many.process();
    end.emplace(world.home().down(top));
    world.settle();
  }
  process_ref add(child_spec child) { return *outcome(start_child(many, std::move(child))); }
  child_counts counted() { return *outcome(count_children(many)); }

  ref<dynamic_supervisor> many;
};

// A60, A51
TEST_F(dynamic_supervisor_sim_test, all_children_are_stopped_at_the_same_time) {
  start_dynamic();
  for (const char* each : {"a", "b", "c", "d"}) {
    manners[each].stops_in = 1h;
    add(make(each, temporary, 100ms));
  }

  const instant before = world.now();
  stop_top();

  EXPECT_EQ(**world.run_until(std::move(*end)), exit_reason::shutdown());
  EXPECT_EQ(world.now() - before, 100ms);
  EXPECT_EQ(world.home().process_count(), 0U);
  EXPECT_EQ(reports.size(), 4U);
  EXPECT_EQ(reports.front(), "shutdown_error a killed");
}

// A60
TEST_F(dynamic_supervisor_sim_test, each_distinct_limit_is_kept_on_its_own) {
  start_dynamic();
  manners["quick"].stops_in = manners["slow"].stops_in = 1h;
  manners["patient"].stops_in = 300ms;
  const process_ref quick = add(make("quick", temporary, 50ms));
  const process_ref slow = add(make("slow", temporary, 200ms));
  add(make("brutal", temporary, 0s));
  add(make("patient", temporary, std::nullopt));
  const instant before = world.now();
  auto quick_end = world.home().down(quick);
  auto slow_end = world.home().down(slow);

  stop_top();

  EXPECT_EQ(**world.run_until(std::move(quick_end)), exit_reason::killed());
  EXPECT_EQ(world.now() - before, 50ms);
  EXPECT_EQ(**world.run_until(std::move(slow_end)), exit_reason::killed());
  EXPECT_EQ(world.now() - before, 200ms);
  EXPECT_EQ(**world.run_until(std::move(*end)), exit_reason::shutdown());
  EXPECT_EQ(world.now() - before, 300ms);
}

// A60
TEST_F(dynamic_supervisor_sim_test, more_than_max_children_are_refused) {
  start_dynamic({.max_children = 2});
  const process_ref first = add(make("a"));
  add(make("b"));

  const auto third = outcome(start_child(many, make("c")));

  EXPECT_EQ(third.error().code, errc::over_capacity);
  EXPECT_NE(third.error().message.find("has 2 children, at most 2 are allowed; not started"),
            std::string::npos);
  EXPECT_EQ(failure(terminate_child(many, first.id())), std::nullopt);
  EXPECT_EQ(failure(terminate_child(many, first.id())), errc::not_found);
  EXPECT_TRUE(add(make("c")));
}

// A60
TEST_F(dynamic_supervisor_sim_test, children_are_known_by_their_process_and_each_comes_back_alone) {
  start_dynamic();
  child_spec nameless = make("same");
  nameless.name.clear();
  const process_ref one = add(nameless);
  const process_ref two = add(nameless);
  take();

  cast(ref<worker>{one}, crash{});
  world.run_for(1s);

  EXPECT_EQ(take(), (journal{"-same", "+same"}));
  EXPECT_EQ(counted(), (child_counts{.specs = 2, .active = 2, .supervisors = 0, .workers = 2}));
  const auto children = outcome(which_children(many));
  int known = 0;
  for (const child_info& each : *children) known += each.process == two ? 1 : 0;
  EXPECT_EQ(known, 1);
}

// A60, A47
TEST_F(dynamic_supervisor_sim_test, a_child_that_has_finished_is_forgotten) {
  start_dynamic();
  add(make("t", transient));
  add(make("x", temporary));

  tell("t", finish{exit_reason::shutdown()});
  tell("x", crash{});

  EXPECT_EQ(counted(), (child_counts{}));
  EXPECT_EQ(reports, (journal{"child_terminated x error (std::runtime_error: boom) in "
                              "handle_cast"}));
}

// A60
TEST_F(dynamic_supervisor_sim_test, nothing_to_run_is_no_child_at_the_start_nor_at_a_restart) {
  start_dynamic();
  manners["a"].has_nothing_to_do = true;
  EXPECT_FALSE(add(make("a")));
  EXPECT_EQ(counted(), (child_counts{}));

  manners["a"].has_nothing_to_do = false;
  add(make("a"));
  manners["a"].has_nothing_to_do = true;
  tell("a", crash{});

  EXPECT_EQ(counted(), (child_counts{}));
}

// A53, A60
TEST_F(dynamic_supervisor_sim_test, failing_restarts_count_until_it_gives_up) {
  start_dynamic();
  add(make("a"));
  add(make("b"));
  manners["a"].failing_starts = 100;
  take();

  tell("a", crash{});

  EXPECT_EQ(take(), (journal{"-a", "fail a", "fail a", "fail a", "-b"}));
  ASSERT_TRUE(end->is_done());
  const exit_reason reason = *end->await_resume();
  EXPECT_EQ(reason, exit_reason::shutdown());
  EXPECT_EQ(reports.back(), "shutdown a shutdown");
  EXPECT_EQ(explain(reason),
            "shutdown, because child a failed after 3 restarts within 5000 ms, no more are "
            "allowed: error (std::runtime_error: cannot start) in init");
}

TEST_F(dynamic_supervisor_sim_test, a_child_with_a_backoff_waits_before_it_is_started_again) {
  start_dynamic();
  child_spec slow = make("a");
  slow.backoff = restart_backoff{.first = 200ms, .jitter = 0.0};
  add(slow);
  take();

  tell("a", crash{});

  EXPECT_EQ(take(), (journal{"-a"}));
  EXPECT_EQ(counted(), (child_counts{.specs = 1, .active = 0, .supervisors = 0, .workers = 1}));
  world.run_for(150ms);
  EXPECT_EQ(take(), (journal{"+a"}));
}

// A60
TEST_F(dynamic_supervisor_sim_test, what_all_children_get_is_added_before_each_start) {
  start_dynamic({.prepare = [](child_spec& each) { each.name = "prepared"; }});

  add(make("a"));

  EXPECT_TRUE(world.home().find("prepared"));
}

TEST_F(dynamic_supervisor_sim_test, it_can_be_a_child_and_be_found_by_its_name) {
  start({.children = {supervised("many", dynamic_supervisor_spec{})}});

  const auto found = find(world.home(), name<dynamic_supervisor>{"many"});

  EXPECT_EQ(failure(start_child(*found, make("a"))), std::nullopt);
  stop_top();
  EXPECT_TRUE(top_ended());
  EXPECT_EQ(seen, (journal{"+a", "-a"}));
}

}  // namespace
}  // namespace genstage
