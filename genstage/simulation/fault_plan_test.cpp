#include <gtest/gtest.h>

#include <genstage/simulation/fault_injector.hpp>
#include <genstage/simulation/fault_plan.hpp>
#include <string>

namespace genstage {
namespace {

using namespace std::chrono_literals;

const fault_plan one_of_each{
    {fault_kind::kill, "printer", 57},    {fault_kind::start, "lane/wiki", 2},
    {fault_kind::callback, "<3.1>", 7},   {fault_kind::delay, "http", 3, 250ms},
    {fault_kind::delay, "http", 4, 17ns}, {fault_kind::drop, "the \"web\"; all of it", 4},
    {fault_kind::allocation, "cache", 9},
};

TEST(fault_plan_test, a_plan_reads_like_a_sentence) {
  EXPECT_EQ(to_string(one_of_each),
            "kill printer at step 57; fail start 2 of lane/wiki; throw in callback 7 of <3.1>; "
            "delay crossing 3 of http by 250ms; delay crossing 4 of http by 17ns; "
            "drop crossing 4 of \"the \\\"web\\\"; all of it\"; refuse allocation 9 of cache");
  EXPECT_EQ(to_string(fault_plan{}), "none");
}

TEST(fault_plan_test, what_is_written_can_be_read) {
  EXPECT_EQ(*parse_fault_plan(to_string(one_of_each)), one_of_each);
  EXPECT_EQ(*parse_fault_plan("none"), fault_plan{});
  EXPECT_EQ(*parse_fault_plan(" ;; drop crossing 1 of x;"),
            (fault_plan{{fault_kind::drop, "x", 1}}));
}

TEST(fault_plan_test, what_is_no_fault_is_quoted_and_the_forms_are_told) {
  EXPECT_EQ(parse_fault_plan("kill a at step 1; kil b at step 2").error().message,
            "fault plan: \" kil b at step 2\" is no fault, allowed are \"kill @ at step #\", "
            "\"fail start # of @\", \"throw in callback # of @\", \"delay crossing # of @ by ~\", "
            "\"drop crossing # of @\", \"refuse allocation # of @\", where @ is a name, # a "
            "number and ~ a time such as 250ms; not parsed");
  for (const char* const wrong :
       {"kill a at step x", "kill a at step 1 2", "kill \"a at step 1", "kill a at \"step\" 1",
        "delay crossing 1 of a by 3s", "delay crossing 1 of a by 99999999999999999999ms",
        "drop crossing -1 of a", "kill", "none; none", "\\", "\"\\"}) {
    EXPECT_FALSE(parse_fault_plan(wrong)) << wrong;
  }
}

fault_injector chosen_by(std::uint64_t seed, fault_rates rates) {
  fault_injector made{seed};
  made.choose(std::move(rates));
  return made;
}

TEST(fault_injector_test, a_plan_is_followed_to_the_letter) {
  fault_injector faults{1};
  faults.follow({{fault_kind::callback, "a", 2}, {fault_kind::drop, "net", 1}});

  EXPECT_FALSE(faults.strikes(fault_kind::callback, "a"));
  EXPECT_FALSE(faults.strikes(fault_kind::callback, "b"));
  EXPECT_EQ(faults.strikes(fault_kind::callback, "a")->which, 2U);
  EXPECT_FALSE(faults.strikes(fault_kind::callback, "a"));
  EXPECT_EQ(faults.crosses("net")->kind, fault_kind::drop);
  EXPECT_FALSE(faults.crosses("net"));
  EXPECT_EQ(to_string(faults.injected()), "throw in callback 2 of a; drop crossing 1 of net");
}

TEST(fault_injector_test, a_seed_always_chooses_the_same_and_no_more_than_allowed) {
  const fault_rates rates{.callback = 0.3, .delay = 0.3, .at_most = 4};
  fault_plan plans[2];
  for (fault_plan& each : plans) {
    fault_injector faults = chosen_by(7, rates);
    for (int count = 0; count < 100; ++count) {
      (void)faults.strikes(fault_kind::callback, count % 3 == 0 ? "a" : "b");
      (void)faults.crosses("net");
    }
    each = faults.injected();
  }

  EXPECT_EQ(plans[0].size(), 4U);
  EXPECT_EQ(plans[0], plans[1]);
}

TEST(fault_injector_test, what_was_chosen_is_the_plan_that_does_the_same) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    fault_injector first = chosen_by(seed, {.start = 0.1, .allocation = 0.2});
    fault_injector second{seed + 1};
    fault_plan plans[2];
    for (int count = 0; count < 40; ++count) {
      (void)first.strikes(fault_kind::start, "a");
      (void)first.strikes(fault_kind::allocation, "m");
    }
    second.follow(first.injected());
    for (int count = 0; count < 40; ++count) {
      (void)second.strikes(fault_kind::start, "a");
      (void)second.strikes(fault_kind::allocation, "m");
    }
    EXPECT_EQ(first.injected(), second.injected()) << seed;
  }
}

TEST(fault_injector_test, what_may_not_fail_does_not) {
  fault_injector faults = chosen_by(
      1, {.callback = 1.0, .may_fail = [](std::string_view subject) { return subject == "weak"; }});

  EXPECT_FALSE(faults.strikes(fault_kind::callback, "strong"));
  EXPECT_TRUE(faults.strikes(fault_kind::callback, "weak"));
}

}  // namespace
}  // namespace genstage
