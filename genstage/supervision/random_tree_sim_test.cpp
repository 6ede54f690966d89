#include <fmt/format.h>
#include <gtest/gtest.h>

#include <genstage/simulation/property.hpp>
#include <genstage/supervision/random_tree_test.hpp>
#include <optional>
#include <set>
#include <string>

// Trees under random faults and requests, with a random interleaving.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace random_trees;

class random_tree {
 public:
  explicit random_tree(trial& once) : once_{once}, world_{once.seed()} {
    once.run_in(world_);
    top_ = *start_supervisor(world_.home(), maker_.tree(), {});
    counted_.note(top_.process(), child_type::supervisor);
  }

  void live() {
    operation<exit_reason> end = world_.home().down(top_.process());
    for (int round = 0; round < 4; ++round) {
      for (int step = 0; step < 3; ++step) disturb();
      world_.run_for(10s);
      check_at_rest();
    }
    world_.home().exit(top_.process(), exit_reason::shutdown());
    world_.run_for(1h);
    once_.expect(end.is_done(), "the top supervisor has not ended");
    once_.expect(world_.home().process_count() == 0, "a process outlives the tree");
    once_.expect(counted_.alive().empty(), "a member outlives its process");
    once_.expect(counted_.doubles().empty(), "a child was started while it lived");
  }

 private:
  /// Something happens to one of those that live, or to a supervisor.
  void disturb() {
    const auto alive = counted_.alive();
    if (!alive.empty()) {
      auto victim = std::next(alive.begin(), static_cast<long>(once_.pick(alive.size())));
      const ref<member> who{world_.home().find(victim->second)};
      if (once_.pick(2) == 0) {
        cast(who, crash{});
      } else {
        cast(who, finish{});
      }
    }
    const auto supervisors = counted_.supervisors();
    const auto& [asked, type] = supervisors[once_.pick(supervisors.size())];
    if (const process_ref there = world_.home().find(asked)) request(there, type);
    world_.run_for(std::chrono::milliseconds{once_.pick(100)});
  }

  void request(const process_ref& there, child_type type) {
    if (type == child_type::worker) {
      answered(start_child(ref<dynamic_supervisor>{there}, maker_.worker()));
      return;
    }
    const ref<supervisor> asked{there};
    const auto children = answered(which_children(asked));
    if (!children || children->empty()) return;
    const std::string& id = (*children)[once_.pick(children->size())].id;
    switch (once_.pick(3)) {
      case 0:
        answered(terminate_child(asked, id));
        break;
      case 1:
        answered(restart_child(asked, id));
        break;
      default:
        answered(start_child(asked, maker_.worker()));
        break;
    }
  }

  /// A supervisor answers, or it has ended; but it is never stuck.
  template <class T>
  result<T> answered(operation<T> awaited) {
    std::optional<result<T>> outcome = world_.run_until(std::move(awaited));
    once_.expect(outcome.has_value(), "a supervisor neither answers nor ends");
    return *std::move(outcome);
  }

  void check_at_rest() {
    const std::size_t before = world_.injected().size();
    const std::optional<std::string> wrong = what_is_wrong();
    // A fault that strikes while somebody looks makes it no rest.
    if (wrong && world_.injected().size() == before) once_.fail(*wrong);
  }

  /// Each supervisor knows exactly those of its children that live: no exit was lost, and nobody
  /// lives without one.
  std::optional<std::string> what_is_wrong() {
    std::set<pid> known;
    for (const auto& [asked, type] : counted_.supervisors()) {
      const process_ref there = world_.home().find(asked);
      if (!there) continue;
      const auto children = type == child_type::supervisor
                                ? answered(which_children(ref<supervisor>{there}))
                                : answered(which_children(ref<dynamic_supervisor>{there}));
      if (!children) return "a supervisor ends at rest";
      for (const child_info& each : *children) {
        if (!each.process) continue;
        known.insert(each.process.id());
        if (!lives(each.process.id())) return fmt::format("the end of {} is unnoticed", each.id);
      }
    }
    for (const auto& [who, self] : counted_.alive()) {
      if (!lives(who.above)) return fmt::format("{} outlives its supervisor", who.id);
      if (!known.contains(self)) return fmt::format("{} is unknown to its supervisor", who.id);
    }
    return std::nullopt;
  }

  [[nodiscard]] bool lives(pid asked) { return static_cast<bool>(world_.home().find(asked)); }

  trial& once_;
  head_count counted_;
  simulation world_;
  tree_maker maker_{once_.seed(), counted_, 20ms};
  ref<supervisor> top_;
};

void tree_holds(trial& once) {
  random_tree{once}.live();
}

fault_rates rough() {
  return {.kill = 0.01, .start = 0.03, .callback = 0.03, .at_most = 6};
}

// A45, A46, A53, A54, A59
TEST(random_tree_sim_test, exits_are_noticed_starts_are_single_and_nobody_is_left_behind) {
  const auto broken = find_failure({.seeds = 5'000, .faults = rough()}, tree_holds);
  EXPECT_FALSE(broken) << to_string(*broken);
}

TEST(random_tree_sim_test, the_same_holds_when_timers_come_due_while_callbacks_run) {
  const auto broken = find_failure(
      {.seeds = 5'000, .first_seed = 5'000, .faults = rough(), .callbacks_take = 10ms}, tree_holds);
  EXPECT_FALSE(broken) << to_string(*broken);
}

}  // namespace
}  // namespace genstage
