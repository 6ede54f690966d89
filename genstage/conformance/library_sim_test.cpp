#include <gtest/gtest.h>

#include <genstage/conformance/library_world.hpp>
#include <genstage/conformance/outcome_search.hpp>
#include <genstage/conformance/scenario_maker.hpp>
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

TEST(library_sim_test, stages_do_what_the_model_without_defects_does) {
  for (std::uint64_t seed = 0; seed < seed_count(10'000); ++seed) {
    const scenario made = make_scenario(seed, what_stages_have());

    const std::string difference = disagreement(played(made, seed), defects{}, view::library);

    ASSERT_EQ(difference, "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace genstage::conformance
