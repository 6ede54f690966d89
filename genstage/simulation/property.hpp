#pragma once

#include <cstdint>
#include <functional>
#include <genstage/simulation/fault_plan.hpp>
#include <genstage/simulation/simulation.hpp>
#include <optional>
#include <random>
#include <string>

namespace genstage::inline v0 {

/// One run of a property.
class trial {
 public:
  trial(std::uint64_t seed, std::function<void(simulation&)> prepare)
      : seed_{seed}, prepare_{std::move(prepare)}, chance_{seed} {}
  trial(const trial&) = delete;
  trial& operator=(const trial&) = delete;

  /// For the simulation, which the property makes.
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  /// Faults happen in this world from now on, and its steps are told if they are asked for.
  void run_in(simulation& world);
  /// Chance for the property's own choices, such as the shape of a tree: below `limit`.
  [[nodiscard]] std::uint64_t pick(std::uint64_t limit) { return chance_() % limit; }

  /// Ends the trial if it does not hold: the property is broken, and `otherwise` says how.
  void expect(bool holds, std::string_view otherwise);
  [[noreturn]] void fail(std::string why);

 private:
  friend struct trial_runner;

  std::uint64_t seed_;
  std::function<void(simulation&)> prepare_;
  std::mt19937_64 chance_;
  std::optional<std::string> why_;
  fault_plan injected_;
};

/// What must hold: makes a world with the trial's seed, runs it, and says what it expected.
using property = std::function<void(trial&)>;

struct property_options {
  /// How many are tried; a tenth of them where the library is built with a sanitizer.
  std::uint64_t seeds = 1'000;
  std::uint64_t first_seed = 0;
  fault_rates faults{};
  /// How long callbacks take; see simulation::let_callbacks_take.
  duration callbacks_take{};
  /// How many runs a search for fewer faults may take.
  std::size_t shrinking_runs = 500;
};

/// How one trial ended.
struct trial_outcome {
  std::optional<std::string> why;  ///< It failed, and how.
  fault_plan faults;               ///< What went wrong in it.
};

using trace_lines = std::function<void(std::string_view)>;

/// Runs a property once: with this plan, or with the faults that the seed chooses. Each step goes
/// to `trace` if there is one; the same seed and faults give the same lines.
[[nodiscard]] trial_outcome run_trial(const property& holds, const property_options& options,
                                      std::uint64_t seed, const std::optional<fault_plan>& plan,
                                      trace_lines trace = {});

struct property_failure {
  std::uint64_t seed;  ///< With the fewest faults that were found.
  fault_plan faults;
  std::string why;
  std::uint64_t first_seed;  ///< Which failed first.
  fault_plan first_faults;
  std::size_t runs;  ///< Trials that the search for fewer faults took.
};

/// Says how to see it again: seed, faults, and a command line if the program takes
/// `simulation_arguments`.
[[nodiscard]] std::string to_string(const property_failure& failure);

/// Tries one seed after the other, with faults, until the property is broken; then looks for fewer
/// faults, and for other seeds, that break it as well.
///
///     const auto broken = gs::find_failure({.seeds = 1'000, .faults = {.kill = 0.01}},
///                                          [](gs::trial& once) {
///       gs::simulation world{once.seed()};
///       once.run_in(world);
///       ...
///       once.expect(sold + left == made, "a ticket is lost");
///     });
///     EXPECT_FALSE(broken) << to_string(*broken);
///
/// A program started with `--replay SEED` runs that seed alone, and prints each step.
[[nodiscard]] std::optional<property_failure> find_failure(const property_options& options,
                                                           const property& holds);

}  // namespace genstage::inline v0
