#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/conformance/library_world.hpp>
#include <genstage/conformance/outcome_search.hpp>
#include <genstage/conformance/scenario_maker.hpp>
#include <genstage/conformance/scenario_text.hpp>
#include <genstage/conformance/seeds_test.hpp>
#include <genstage/simulation/simulation.hpp>

namespace genstage::conformance {
namespace {

trace played(const scenario& of, std::uint64_t seed) {
  recorder records{1U << 12U};
  simulation here{seed, {.log = silent_log(), .records = &records}};
  library_world world{of, here.home()};
  here.settle();
  while (world.begin_step()) {
    here.settle();
    world.end_step(records.read());
  }
  return world.played();
}

// Scenarios by chance, compared callback by callback, exercise G-002, G-004, G-005, G-007, G-009,
// G-037, G-039, G-047, G-050 to G-052, G-058 to G-063, G-065, G-069 to G-072, G-074 to G-079,
// G-081 to G-084, G-089 to G-091, G-093 to G-098, G-099 to G-102, G-105 to G-112, G-114, G-115,
// G-117, G-118, G-119 to G-123, G-125 to G-132, G-136, G-138, G-139, G-141 to G-153, G-154 to
// G-156, G-158, G-161 to G-165, G-167, G-168, G-169 to G-187, G-190 to G-194, G-198, G-200 to
// G-203, G-205 to G-207, G-209, G-211 to G-216, G-224 to G-226, G-231, G-233 to G-235, G-237 to
// G-242, G-249 to G-268, G-280, G-281, G-284 to G-290, G-294, G-295, G-297 to G-302, G-316, G-321,
// G-322, G-324 to G-326.
TEST(library_sim_test, stages_do_what_the_model_without_defects_does) {
  for (std::uint64_t seed = 0; seed < seed_count(10'000); ++seed) {
    const scenario made = make_scenario(seed);

    const std::string difference = disagreement(played(made, seed), defects{}, view::library);

    ASSERT_EQ(difference, "") << "seed " << seed;
  }
}

TEST(library_sim_test, stages_do_so_in_the_scenarios_written_by_hand) {
  std::size_t count = 0;
  for (const trace& recorded : read_trace_file(GENSTAGE_TRACES "/hand_written.txt")) {
    ++count;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      ASSERT_EQ(disagreement(played(recorded.of, seed), defects{}, view::library), "");
    }
  }
  EXPECT_GE(count, 120U);
}

}  // namespace
}  // namespace genstage::conformance
