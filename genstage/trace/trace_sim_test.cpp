#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/trace/conversation.hpp>
#include <genstage/trace/recorded_trace.hpp>
#include <genstage/trace/trace_text.hpp>
#include <ranges>
#include <string>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;

/// Makes `burst` events at each demand, more than were asked for or fewer.
class source final : public producer<int> {
 public:
  explicit source(int burst) : burst_{burst} {}
  void handle_demand(demand, output<int>& out) override {
    out.append(std::views::iota(0, std::exchange(burst_, 0)));
  }

 private:
  int burst_;
};

class sink final : public consumer<int> {
 public:
  void handle_events(std::span<int>) override {}
};

class sleeper final : public server {
 public:
  struct wake {};
  void init() { cast_after(3ms, ref<sleeper>{self()}, wake{}); }
  void handle_cast(wake) { throw std::runtime_error{"woken"}; }
};

std::vector<std::string> told(const recorded_trace& taken) {
  const trace_names names{taken};
  std::vector<std::string> lines;
  for (const record& each : taken.records) lines.push_back(describe(each, names));
  return lines;
}

// Nobody asked for a recorder: every runtime has one.
TEST(trace_sim_test, a_program_tells_what_its_stages_said_without_being_asked_to_record) {
  simulation world{1};
  const auto from = *spawn<source>(world.home(), {.name = "numbers"}, 60);
  const auto to = *spawn<sink>(world.home(), {.name = "printed"});
  const auto subscribed =
      world.run_until(subscribe(to, from, {.max_demand = 100, .min_demand = 0}));
  const auto tag = static_cast<std::uint64_t>(**subscribed);
  world.run();

  const recorded_trace taken = take_trace(world.home());

  const trace_names names{taken};
  const auto speakers = names.speakers(tag);
  ASSERT_TRUE(speakers);
  EXPECT_EQ(names.label(speakers->producer), "numbers");
  EXPECT_EQ(names.label(speakers->consumer), "printed");
  EXPECT_EQ(speakers->events, "int");
  const auto lines = conversation_of(tag, taken.records);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].text, "I can process 100 events");
  EXPECT_EQ(lines[1].text, "For now, take all the 60 events I have");
}

TEST(trace_sim_test, events_that_nobody_asked_for_are_told_of_as_they_wait) {
  simulation world{1};
  const auto from = *spawn<source>(world.home(), {.name = "numbers"}, 60);
  const auto to = *spawn<sink>(world.home(), {.name = "printed"});
  (void)world.run_until(subscribe(to, from, {.max_demand = 10}));
  world.run();

  const auto lines = told(take_trace(world.home()));

  EXPECT_EQ(std::ranges::count(lines, "numbers buffers 50 events"), 1);
}

TEST(trace_sim_test, a_life_is_told_from_its_beginning_to_its_end_and_its_restart) {
  simulation world{1};
  const child_spec declared = child(name<sleeper>{"sleeper"});
  const auto top =
      *start_supervisor(world.home(), {.limits = {1, 5s}, .children = {declared}}, {.name = "top"});
  world.run();

  const auto lines = told(take_trace(world.home()));

  const std::vector<std::string> expected{
      "sleeper begins, a child of top", "sleeper arms a timer of 3 ms",
      "sleeper ends with an error",     "sleeper begins, a child of top",
      "sleeper arms a timer of 3 ms",   "sleeper ends with an error",
      "top ends with shutdown"};
  std::vector<std::string> lives;
  std::ranges::copy_if(lines, std::back_inserter(lives), [](const std::string& line) {
    return line.starts_with("sleeper") || line.starts_with("top ends");
  });
  EXPECT_EQ(lives, expected);
  EXPECT_EQ(std::ranges::count_if(lines,
                                  [](const std::string& line) {
                                    return line.starts_with("top restarts sleeper as <");
                                  }),
            1);
}

TEST(trace_sim_test, a_runtime_that_keeps_no_records_has_nothing_to_tell) {
  simulation world{1, {.log = silent_log(), .kept_records = 0}};
  (void)spawn<sink>(world.home(), {});
  world.run();

  EXPECT_EQ(take_trace(world.home()), recorded_trace{});
}

TEST(trace_sim_test, subscriptions_are_listed_while_they_are_open) {
  simulation world{1};
  const auto from = *spawn<source>(world.home(), {}, 60);
  const auto to = *spawn<sink>(world.home(), {});
  (void)world.run_until(subscribe(to, from, {.cancel = cancel_mode::temporary}));
  world.run();
  EXPECT_EQ(take_trace(world.home()).subscriptions.size(), 1U);

  world.home().exit(from.process(), exit_reason::kill());
  world.run();
  EXPECT_TRUE(take_trace(world.home()).subscriptions.empty());
}

}  // namespace
}  // namespace genstage
