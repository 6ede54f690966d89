#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <genstage/conformance/outcome_search.hpp>
#include <genstage/conformance/scenario_maker.hpp>
#include <genstage/conformance/scenario_text.hpp>

// The model with all defects on against GenStage itself. Runs where GEN_STAGE_EBIN names the folder
// of its compiled modules and elixir is installed; the recorded traces stand in elsewhere.
namespace genstage::conformance {
namespace {

/// What the original does in these scenarios.
std::vector<trace> played_by_original(const std::string& scenarios, const std::string& modules) {
  const std::string path =
      testing::TempDir() + "genstage_scenarios_" + std::to_string(getpid()) + ".txt";
  std::ofstream{path} << scenarios;
  const std::string command = "elixir --erl '+S 1' -pa '" + modules +
                              "' '" GENSTAGE_TRACES "/../play_scenarios.exs' '" + path + "'";
  FILE* const pipe = popen(command.c_str(), "r");
  std::string text;
  char part[1U << 14U];
  while (const std::size_t count = std::fread(part, 1, sizeof part, pipe)) {
    text.append(part, count);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  std::remove(path.c_str());
  return read_traces(text);
}

TEST(original_acceptance_test, the_model_is_the_original_in_10000_scenarios_made_by_chance) {
  const char* const modules = std::getenv("GEN_STAGE_EBIN");
  if (modules == nullptr) GTEST_SKIP() << "GEN_STAGE_EBIN names no modules of GenStage";
  std::string scenarios;
  for (std::uint64_t seed = 1000; seed < 11'000; ++seed) scenarios += to_text(make_scenario(seed));

  const std::vector<trace> played = played_by_original(scenarios, modules);

  ASSERT_EQ(played.size(), 10'000U);
  for (const trace& each : played) {
    ASSERT_EQ(disagreement(each, defects::of_the_original(), view::original), "");
  }
}

TEST(original_acceptance_test, the_recorded_traces_are_what_the_original_does_today) {
  const char* const modules = std::getenv("GEN_STAGE_EBIN");
  if (modules == nullptr) GTEST_SKIP() << "GEN_STAGE_EBIN names no modules of GenStage";
  std::string scenarios;
  for (const trace& each : read_trace_file(GENSTAGE_TRACES "/hand_written.txt")) {
    scenarios += to_text(each.of);
  }

  for (const trace& each : played_by_original(scenarios, modules)) {
    ASSERT_EQ(disagreement(each, defects::of_the_original(), view::original), "");
  }
}

}  // namespace
}  // namespace genstage::conformance
