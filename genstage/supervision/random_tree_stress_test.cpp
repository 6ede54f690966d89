#include <gtest/gtest.h>

#include <genstage/supervision/random_tree_test.hpp>
#include <genstage/task/sync_wait.hpp>
#include <thread>

// The trees of random_tree_sim_test on the thread pool, for the thread sanitizer.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace random_trees;

constexpr std::uint64_t trees = 200;

/// Kills, crashes and ends members and supervisors while the tree goes on.
void disturb(runtime& home, const head_count& counted, tree_maker& chance) {
  const auto alive = counted.alive();
  if (!alive.empty()) {
    const auto victim = std::next(alive.begin(), static_cast<long>(chance.pick(alive.size())));
    const process_ref who = home.find(victim->second);
    switch (chance.pick(3)) {
      case 0:
        cast(ref<member>{who}, crash{});
        break;
      case 1:
        cast(ref<member>{who}, finish{});
        break;
      default:
        home.exit(who, exit_reason::kill());
        break;
    }
  }
  const auto supervisors = counted.supervisors();
  const auto& [asked, type] = supervisors[chance.pick(supervisors.size())];
  const process_ref there = home.find(asked);
  if (!there) return;
  if (type == child_type::worker) {
    (void)sync_wait(start_child(ref<dynamic_supervisor>{there}, chance.worker()));
  } else if (chance.pick(4) == 0) {
    home.exit(there, exit_reason::kill());
  } else {
    (void)sync_wait(start_child(ref<supervisor>{there}, chance.worker()));
  }
}

TEST(random_tree_stress_test, trees_end_as_a_whole_on_the_thread_pool_and_start_nobody_twice) {
  std::size_t starts = 0;
  for (std::uint64_t seed = 0; seed < trees; ++seed) {
    head_count counted;
    runtime home{{.log = silent_log(), .workers = 2}};
    tree_maker maker{seed, counted, 100us};
    const auto top = *start_supervisor(home, maker.tree(), {});
    counted.note(top.process(), child_type::supervisor);
    operation<exit_reason> end = home.down(top.process());

    for (int step = 0; step < 10; ++step) disturb(home, counted, maker);
    home.exit(top.process(), exit_reason::shutdown());

    EXPECT_TRUE(sync_wait(std::move(end)));
    while (home.process_count() > 0) std::this_thread::yield();
    EXPECT_TRUE(counted.alive().empty()) << seed;
    EXPECT_TRUE(counted.doubles().empty()) << seed;
    starts += counted.starts();
  }
  EXPECT_GT(starts, trees);
}

}  // namespace
}  // namespace genstage
