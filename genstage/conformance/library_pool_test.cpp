#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/conformance/library_world.hpp>
#include <genstage/conformance/outcome_search.hpp>
#include <genstage/conformance/scenario_maker.hpp>
#include <genstage/conformance/scenario_text.hpp>
#include <genstage/conformance/seeds_test.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace genstage::conformance {
namespace {

using worlds = std::vector<std::unique_ptr<library_world>>;

/// Everybody has been asked several times in a row, nothing new has happened meanwhile, and of
/// every stage that has ended others have been told.
void settle(const worlds& all) {
  std::size_t last = 0;
  for (int quiet = 0; quiet < 4;) {
    std::vector<operation<bool>> answers;
    std::size_t callbacks = 0;
    std::size_t ended = 0;
    for (const auto& world : all) {
      for (auto& each : world->ask_everybody()) answers.push_back(std::move(each));
    }
    for (auto& each : answers) ended += sync_wait(std::move(each)) ? 0 : 1;
    for (const auto& world : all) {
      callbacks += world->callback_count();
      ended -= world->ended_count();
    }
    quiet = callbacks == last && ended == 0 ? quiet + 1 : 0;
    last = callbacks;
  }
}

/// Plays many scenarios side by side, so that threads have something to do while one is asked.
std::vector<trace> played(const std::vector<scenario>& made) {
  recorder records{1U << 14U};
  runtime home{{.log = silent_log(), .workers = 2, .records = &records}};
  worlds all;
  for (const scenario& each : made) all.push_back(std::make_unique<library_world>(each, home));
  settle(all);
  while (true) {
    std::vector<library_world*> begun;
    for (const auto& world : all) {
      if (world->begin_step()) begun.push_back(world.get());
    }
    if (begun.empty()) break;
    settle(all);
    const std::vector<record> kept = records.read();
    for (library_world* const world : begun) world->end_step(kept);
  }
  std::vector<trace> traces;
  for (const auto& world : all) traces.push_back(world->played());
  return traces;
}

// The scenarios of library_sim_test, all of them, in whatever order threads bring about.
TEST(library_pool_test, stages_on_the_thread_pool_do_what_the_model_without_defects_does) {
  constexpr std::uint64_t at_once = 50;
  for (std::uint64_t seed = 0; seed < seed_count(10'000); seed += at_once) {
    std::vector<scenario> made;
    for (std::uint64_t each = 0; each < at_once; ++each) {
      made.push_back(make_scenario(seed + each));
    }

    for (const trace& each : played(made)) {
      ASSERT_EQ(disagreement(each, defects{}, view::library), "");
    }
  }
}

/// A consumer replaces its subscription and ends of that; `reason` is what its producer then sees.
std::string replacing_consumer_ends(const std::string& reason) {
  const std::string seen = R"(scenario a consumer that ends of what it replaces
producer
consumer
do subscribe 1 0 t0 max=4 cancel=transient
  0: join consumer t0; asked t0 4; demand 4
  1: join producer t0
do resubscribe 1 0 t1 t0 oops max=4 cancel=transient
  0: gone consumer t0 cancel oops; join consumer t1; asked t1 4; gone consumer t1 down )" +
                           reason + R"(
  1: join producer t1; gone producer t0 cancel oops; terminate oops; exit oops
)";
  return disagreement(read_traces(seen).at(0), defects{}, view::library);
}

// Once a producer has told its consumer of the old subscription's end, that one may be gone before
// the producer watches it for the new one. Threads do that in one run of thousands.
TEST(library_pool_test, a_consumer_may_end_while_its_subscription_is_replaced) {
  EXPECT_EQ(replacing_consumer_ends("oops"), "");
  EXPECT_EQ(replacing_consumer_ends("noproc"), "");
  EXPECT_NE(replacing_consumer_ends("normal"), "");
}

}  // namespace
}  // namespace genstage::conformance
