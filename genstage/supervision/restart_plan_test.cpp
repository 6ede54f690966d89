#include <gtest/gtest.h>

#include <genstage/supervision/restart_backoff.hpp>
#include <genstage/supervision/restart_plan.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <limits>
#include <string>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using ids = std::vector<std::string>;

child_entry& add(child_table& to, std::string id, restart_type type, child_state state) {
  child_entry& added = to.add({.id = std::move(id), .start = {}, .restart = type});
  added.state = state;
  return added;
}

/// a and d run, b has ended by itself, the temporary x runs, t is a transient that has finished.
child_table a_family() {
  child_table children;
  add(children, "a", restart_type::permanent, child_state::running);
  add(children, "b", restart_type::permanent, child_state::stopped);
  add(children, "x", restart_type::temporary, child_state::running);
  add(children, "t", restart_type::transient, child_state::stopped);
  add(children, "d", restart_type::permanent, child_state::running);
  return children;
}

// A47
TEST(restart_plan_test, type_and_reason_decide_whether_a_child_comes_back_and_is_reported) {
  using enum end_verdict;
  const std::vector<exit_reason> orderly{exit_reason::normal(), exit_reason::shutdown(),
                                         exit_reason::shutdown("done")};
  const std::vector<exit_reason> others{exit_reason::killed(), exit_reason::user("tired"),
                                        exit_reason::noproc()};
  const end_decision reported_restart{restart, end_report::child_terminated};

  for (const exit_reason& each : orderly) {
    EXPECT_EQ(decide_end(restart_type::permanent, each), reported_restart);
    EXPECT_EQ(decide_end(restart_type::transient, each), (end_decision{keep, end_report::none}));
    EXPECT_EQ(decide_end(restart_type::temporary, each), (end_decision{forget, end_report::none}));
  }
  for (const exit_reason& each : others) {
    EXPECT_EQ(decide_end(restart_type::permanent, each), reported_restart);
    EXPECT_EQ(decide_end(restart_type::transient, each), reported_restart);
    EXPECT_EQ(decide_end(restart_type::temporary, each),
              (end_decision{forget, end_report::child_terminated}));
  }
}

// A46
TEST(restart_plan_test, an_end_other_than_the_one_asked_for_is_unexpected) {
  using enum restart_type;
  EXPECT_FALSE(is_unexpected(stop_request::shutdown, permanent, exit_reason::shutdown()));
  EXPECT_TRUE(is_unexpected(stop_request::shutdown, permanent, exit_reason::normal()));
  EXPECT_TRUE(is_unexpected(stop_request::shutdown, permanent, exit_reason::shutdown("x")));
  EXPECT_FALSE(is_unexpected(stop_request::shutdown, transient, exit_reason::normal()));
  EXPECT_FALSE(is_unexpected(stop_request::shutdown, temporary, exit_reason::shutdown("x")));
  EXPECT_TRUE(is_unexpected(stop_request::shutdown, temporary, exit_reason::killed()));
  EXPECT_FALSE(is_unexpected(stop_request::kill, permanent, exit_reason::killed()));
  EXPECT_TRUE(is_unexpected(stop_request::kill, permanent, exit_reason::shutdown()));
  EXPECT_FALSE(is_unexpected(stop_request::kill, transient, exit_reason::shutdown()));
}

// A48
TEST(restart_plan_test, one_for_one_starts_the_failed_child_alone) {
  EXPECT_EQ(plan_restart(restart_strategy::one_for_one, a_family(), "b"),
            (restart_plan{.start = {"b"}}));
}

// A49
TEST(restart_plan_test, one_for_all_stops_in_reverse_and_starts_all_but_the_temporary) {
  EXPECT_EQ(
      plan_restart(restart_strategy::one_for_all, a_family(), "b"),
      (restart_plan{.stop = {"d", "x", "a"}, .forget = {"x"}, .start = {"a", "b", "t", "d"}}));
}

// A50
TEST(restart_plan_test, rest_for_one_leaves_those_before_the_failed_child_alone) {
  EXPECT_EQ(plan_restart(restart_strategy::rest_for_one, a_family(), "b"),
            (restart_plan{.stop = {"d", "x"}, .forget = {"x"}, .start = {"b", "t", "d"}}));
}

// A56
TEST(restart_plan_test, significant_children_end_the_supervisor_as_it_was_told) {
  child_table children;
  child_entry& other = add(children, "other", restart_type::transient, child_state::running);
  other.spec.significant = true;
  const child_spec ended{.id = "ended", .start = {}, .significant = true};
  const child_spec plain{.id = "plain", .start = {}};

  EXPECT_FALSE(ends_supervisor(auto_shutdown::never, ended, children));
  EXPECT_TRUE(ends_supervisor(auto_shutdown::any_significant, ended, children));
  EXPECT_FALSE(ends_supervisor(auto_shutdown::any_significant, plain, children));
  EXPECT_FALSE(ends_supervisor(auto_shutdown::all_significant, ended, children));
  children.find("other")->state = child_state::restarting;
  EXPECT_FALSE(ends_supervisor(auto_shutdown::all_significant, ended, children));
  children.find("other")->state = child_state::stopped;
  EXPECT_TRUE(ends_supervisor(auto_shutdown::all_significant, ended, children));
}

// A57
TEST(child_table_test, children_are_listed_newest_first_and_counted_by_type) {
  child_table children = a_family();
  children.find("a")->spec.type = child_type::supervisor;

  const std::vector<child_info> all = children.list();

  EXPECT_EQ(all.front().id, "d");
  EXPECT_EQ(all.back().id, "a");
  EXPECT_EQ(children.count(),
            (child_counts{.specs = 5, .active = 3, .supervisors = 1, .workers = 4}));
}

TEST(restart_backoff_test, waits_grow_to_the_longest_and_spread_by_the_jitter) {
  const restart_backoff plain{.first = 100ms, .longest = 1s, .factor = 2.0, .jitter = 0.0};
  EXPECT_EQ(plain.wait(1, 7), 100ms);
  EXPECT_EQ(plain.wait(2, 7), 200ms);
  EXPECT_EQ(plain.wait(4, 7), 800ms);
  EXPECT_EQ(plain.wait(5, 7), 1s);
  EXPECT_EQ(plain.wait(1'000'000, 7), 1s);

  const restart_backoff spread{.first = 100ms, .longest = 1s, .factor = 2.0, .jitter = 0.5};
  EXPECT_EQ(spread.wait(1, 0), 50ms);
  EXPECT_GT(spread.wait(1, std::numeric_limits<std::uint64_t>::max()), 149ms);
  EXPECT_LE(spread.wait(1, std::numeric_limits<std::uint64_t>::max()), 150ms);
}

struct refusal {
  child_spec child;
  auto_shutdown ending;
  std::string text;
};

// A42
TEST(child_spec_test, a_child_that_cannot_be_is_refused_in_words) {
  const auto start = [](runtime&, spawn_options) -> result<process_ref> { return process_ref{}; };
  const std::vector<refusal> table{
      {{.id = "a", .start = {}},
       auto_shutdown::never,
       "child a: it has no start function, every child needs one; not started"},
      {{.id = "a", .start = start, .shutdown = -5ms},
       auto_shutdown::never,
       "child a: its shutdown limit is -5 ms, from 0 on is allowed; not started"},
      {{.id = "a", .start = start, .significant = true},
       auto_shutdown::any_significant,
       "child a: it is significant and permanent, only transient and temporary children can be "
       "significant; not started"},
      {{.id = "a", .start = start, .restart = restart_type::transient, .significant = true},
       auto_shutdown::never,
       "child a: it is significant under a supervisor whose auto_shutdown is never, only "
       "any_significant and all_significant allow such children; not started"},
      {{.id = "a", .start = start, .backoff = restart_backoff{.factor = 0.5}},
       auto_shutdown::never,
       "child a: its backoff has first 100 ms, factor 0.5 and jitter 0.2, a wait from 0, a factor "
       "from 1 and a jitter from 0 to 1 are allowed; not started"},
  };
  for (const refusal& each : table) {
    const result<void> checked = check(each.child, each.ending);
    ASSERT_FALSE(checked.has_value()) << each.text;
    EXPECT_EQ(checked.error(), (error{errc::invalid_argument, each.text}));
  }
  const std::vector<child_spec> twins{{.id = "a", .start = start}, {.id = "a", .start = start}};
  EXPECT_EQ(check(twins, auto_shutdown::never).error().message,
            "two children have the id \"a\", ids must differ; not started");
}

// A42
TEST(child_spec_test, defaults_are_those_of_otp) {
  const child_spec child{.id = "a", .start = {}};

  EXPECT_EQ(child.restart, restart_type::permanent);
  EXPECT_EQ(child.shutdown, shutdown_limit{5s});
  EXPECT_EQ(child.type, child_type::worker);
  EXPECT_FALSE(child.significant);
  EXPECT_EQ(supervised("s", {}).shutdown, std::nullopt);
  EXPECT_EQ(supervised("s", {}).type, child_type::supervisor);
}

}  // namespace
}  // namespace genstage
