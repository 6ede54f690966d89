#include <gtest/gtest.h>

#include <genstage/process/server.hpp>
#include <genstage/simulation/boundary.hpp>
#include <genstage/simulation/declared_memory.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <set>
#include <string>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using journal = std::vector<std::string>;

struct note {
  std::string text;
};
struct pass_on {
  ref<class listener> to;
};

class listener final : public server {
 public:
  explicit listener(journal* heard) : heard_{heard} {}
  void handle_cast(note said) { heard_->push_back(said.text); }
  void handle_cast(pass_on asked) {
    heard_->push_back("passes on");
    cast(asked.to, note{"passed"});
  }

 private:
  journal* heard_;
};

child_spec listening(const std::string& name, journal* heard) {
  child_spec made{.id = name, .start = {}, .name = name};
  made.start = [heard](runtime& home, spawn_options options) -> result<process_ref> {
    auto spawned = spawn<listener>(home, std::move(options), heard);
    if (!spawned) return std::unexpected{spawned.error()};
    return spawned->process();
  };
  return made;
}

/// Writes down when it is looked at.
class looked_at final : public process {
 public:
  explicit looked_at(journal* seen) : seen_{seen} {}
  void check_invariants() const override { seen_->push_back("looked at"); }

 protected:
  void start() override { seen_->push_back("start"); }
  void receive(message_ptr) override {
    seen_->push_back("message");
    stop(exit_reason::normal());
  }
  void terminate(const exit_reason&) override { seen_->push_back("terminate"); }

 private:
  journal* seen_;
};

// Not by an assertion that a release would leave out.
TEST(simulation_sim_test, every_process_is_looked_at_after_each_callback) {
  journal seen;
  simulation world{1};
  const process_ref who = *world.home().spawn(std::make_unique<looked_at>(&seen));
  world.settle();
  EXPECT_EQ(seen, (journal{"start", "looked at"}));

  who.send(std::make_unique<message>(message_kind::cancel));
  world.settle();

  EXPECT_EQ(seen[2], "message");
  EXPECT_EQ(seen[3], "looked at");
  EXPECT_EQ(seen.back(), "looked at") << "after terminate";
}

/// One listener under a supervisor, with these faults; what the log says.
struct small_tree {
  explicit small_tree(fault_plan plan)
      : world{1, {.log = [this](const log_record& line) { log += line.text + "\n"; }}} {
    world.inject(std::move(plan));
    top = *start_supervisor(world.home(), {.children = {listening("a", &heard)}}, {});
    world.settle();
  }
  void say(const char* text) {
    if (auto found = find(world.home(), name<listener>{"a"})) cast(*found, note{text});
    world.settle();
  }

  std::string log;
  journal heard;
  simulation world;
  ref<supervisor> top;
};

TEST(simulation_sim_test, a_timer_may_fire_before_what_is_ready_or_after_it) {
  std::set<journal> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    journal heard;
    simulation world{seed};
    const auto one = *spawn<listener>(world.home(), {}, &heard);
    const auto other = *spawn<listener>(world.home(), {}, &heard);
    world.settle();
    cast_after(0ms, one, note{"timer"});
    cast(other, note{"message"});

    world.settle();

    seen.insert(heard);
  }
  EXPECT_EQ(seen, (std::set<journal>{{"timer", "message"}, {"message", "timer"}}));
}

TEST(simulation_sim_test, other_processes_run_between_two_messages_of_one) {
  std::set<journal> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    journal heard;
    simulation world{seed};
    const auto one = *spawn<listener>(world.home(), {}, &heard);
    const auto other = *spawn<listener>(world.home(), {}, &heard);
    world.settle();
    cast(one, pass_on{other});
    cast(one, note{"second"});

    world.settle();

    seen.insert(heard);
  }
  EXPECT_EQ(seen, (std::set<journal>{{"passes on", "passed", "second"},
                                     {"passes on", "second", "passed"}}));
}

TEST(simulation_sim_test, a_step_can_be_all_that_waits_for_a_process) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    journal heard;
    simulation world{seed};
    world.let_steps_be(step_size::all_that_waits);
    const auto one = *spawn<listener>(world.home(), {}, &heard);
    const auto other = *spawn<listener>(world.home(), {}, &heard);
    world.settle();
    cast(one, pass_on{other});
    cast(one, note{"second"});

    world.settle();

    EXPECT_EQ(heard, (journal{"passes on", "second", "passed"})) << seed;
  }
}

TEST(simulation_sim_test, callbacks_that_take_time_let_timers_come_due_while_messages_wait) {
  std::set<journal> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    journal heard;
    simulation world{seed};
    world.let_callbacks_take(1ms);
    const auto one = *spawn<listener>(world.home(), {}, &heard);
    const auto other = *spawn<listener>(world.home(), {}, &heard);
    world.run_for(10ms);
    cast_after(1ms, other, note{"timer"});
    cast(one, note{"a"});
    cast(one, note{"b"});
    cast(one, note{"c"});

    world.run_for(10ms);

    seen.insert(heard);
  }
  EXPECT_TRUE(seen.contains({"a", "b", "c", "timer"}));
  EXPECT_TRUE(seen.contains({"a", "b", "timer", "c"}));
}

TEST(simulation_sim_test, a_kill_at_a_step_ends_the_process_before_its_next_callback) {
  small_tree tree{{{fault_kind::kill, "a", 2}}};

  tree.say("lives again");

  EXPECT_EQ(to_string(tree.world.injected()), "kill a at step 2");
  EXPECT_NE(tree.log.find("ended with killed"), std::string::npos) << tree.log;
  EXPECT_EQ(tree.heard, (journal{"lives again"}));
}

TEST(simulation_sim_test, a_start_fails_as_if_the_start_had_thrown) {
  small_tree tree{{{fault_kind::start, "a", 1}}};

  EXPECT_FALSE(tree.world.home().find("a"));
  EXPECT_NE(tree.log.find("injected: fail start 1 of a"), std::string::npos) << tree.log;
}

TEST(simulation_sim_test, a_callback_throws_and_its_message_is_lost) {
  small_tree tree{{{fault_kind::callback, "a", 2}}};

  for (const char* text : {"one", "two", "three"}) tree.say(text);

  EXPECT_EQ(tree.heard, (journal{"one", "three"}));
}

TEST(simulation_sim_test, what_crosses_a_boundary_is_delayed_or_lost) {
  journal arrived;
  simulation world{1};
  world.inject({{fault_kind::drop, "net", 1}, {fault_kind::delay, "net", 2, 30ms}});
  boundary net{world, "net"};

  for (const char* text : {"one", "two", "three"}) {
    net.carry(10ms, [&, text]() noexcept {
      arrived.push_back(std::to_string(world.now().time_since_epoch() / 1ms) + " " + text);
    });
  }
  world.run();

  EXPECT_EQ(arrived, (journal{"10 three", "40 two"}));
}

TEST(simulation_sim_test, a_declared_memory_is_exhausted_when_the_plan_says_so) {
  simulation world{1};
  world.inject({{fault_kind::allocation, "cache", 2}});
  declared_memory cache{world, "cache"};
  std::pmr::vector<int> numbers{&cache};

  numbers.reserve(1);

  EXPECT_THROW(numbers.reserve(2), std::bad_alloc);
  numbers.reserve(2);
  EXPECT_EQ(numbers.capacity(), 2U);
}

}  // namespace
}  // namespace genstage
