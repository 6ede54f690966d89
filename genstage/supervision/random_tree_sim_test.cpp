#include <gtest/gtest.h>

#include <genstage/supervision/dynamic_supervisor.hpp>
#include <genstage/supervision/household_test.hpp>
#include <random>

// Trees under random kills and crashes, with a random interleaving.
namespace genstage {
namespace {

using namespace family;

class random_tree : public household {
 public:
  explicit random_tree(std::uint64_t seed) : household{seed}, chance_{seed} {}
  void TestBody() override {
    const restart_strategy strategies[]{restart_strategy::one_for_one,
                                        restart_strategy::one_for_all,
                                        restart_strategy::rest_for_one};
    supervisor_spec inner{.strategy = strategies[chance_() % 3],
                          .limits = {.restarts = 2, .within = 5s},
                          .children = {any("a"), any("b"), any("c")}};
    start({.strategy = strategies[chance_() % 3],
           .children = {any("d"), supervised("inner", std::move(inner)),
                        supervised("many", dynamic_supervisor_spec{}), any("e")}});
    for (const char* each : {"x", "y", "z"}) {
      const auto many = find(world.home(), name<dynamic_supervisor>{"many"});
      if (many) (void)outcome(start_child(*many, any(each)));
    }
    for (int step = 0; step < 20; ++step) disturb();
    stop_top();
    world.run_for(1h);
    EXPECT_EQ(world.home().process_count(), 0U);
    EXPECT_TRUE(end->is_done());
    no_child_runs_twice();
  }

 private:
  child_spec any(const char* id) {
    manners[id].stops_in = std::chrono::milliseconds{chance_() % 3 * 60};
    child_spec made = make(id, static_cast<restart_type>(chance_() % 3),
                           std::chrono::milliseconds{chance_() % 3 * 50});
    if (chance_() % 4 == 0) made.backoff = restart_backoff{.first = 20ms};
    return made;
  }

  void disturb() {
    // Not the supervisors: the children of one that is killed outlive it for a moment, in OTP too.
    const char* const names[]{"a", "b", "c", "d", "e", "x", "y", "z"};
    const char* const chosen = names[chance_() % std::size(names)];
    const process_ref victim = world.home().find(chosen);
    if (chance_() % 4 == 0) manners[chosen].failing_starts = static_cast<int>(chance_() % 3);
    if (victim) {
      world.home().exit(victim, chance_() % 2 == 0 ? exit_reason::kill() : exit_reason::user("x"));
    }
    world.run_for(std::chrono::milliseconds{chance_() % 100});
  }

  /// Names are unique, so a second one could not have started while the first lived.
  void no_child_runs_twice() {
    for (const std::string& each : lines) {
      EXPECT_EQ(each.find("the name is held"), std::string::npos) << each;
    }
  }

  std::mt19937_64 chance_;
};

// A45, A46, A53, A54
TEST(random_tree_sim_test, no_process_outlives_its_supervisor_and_none_is_started_twice) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    random_tree tree{seed};
    tree.TestBody();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace genstage
