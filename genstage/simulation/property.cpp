#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <genstage/simulation/property.hpp>
#include <genstage/simulation/simulation_arguments.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t seeds_divisor = 10;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t seeds_divisor = 10;
#else
constexpr std::uint64_t seeds_divisor = 1;
#endif
#else
constexpr std::uint64_t seeds_divisor = 1;
#endif

/// Seeds that are tried with fewer faults, besides the one that failed.
constexpr std::uint64_t other_seeds = 4;

/// Unwinds a trial that has failed.
struct broken {};

/// Looks for fewer faults that break a property as well.
class shrinking {
 public:
  shrinking(const property& holds, const property_options& options, property_failure found)
      : holds_{holds}, options_{options}, best_{std::move(found)} {}

  property_failure run() {
    if (!best_.faults.empty() && !fails_with({})) {
      for (std::size_t size = best_.faults.size() / 2; size > 0;) {
        if (!drops_some(size)) size /= 2;
      }
    }
    return std::move(best_);
  }

 private:
  bool drops_some(std::size_t size) {
    for (std::size_t first = 0; first + size <= best_.faults.size(); first += size) {
      fault_plan fewer = best_.faults;
      const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(first);
      fewer.erase(begin, begin + static_cast<std::ptrdiff_t>(size));
      if (fails_with(fewer)) return true;
    }
    return false;
  }

  bool fails_with(const fault_plan& fewer) {
    for (std::uint64_t offset = 0; offset <= other_seeds; ++offset) {
      if (best_.runs == options_.shrinking_runs) return false;
      ++best_.runs;
      const std::uint64_t seed = best_.seed + offset;
      trial_outcome outcome = run_trial(holds_, options_, seed, fewer);
      if (!outcome.why) continue;
      best_.seed = seed;
      best_.faults = std::move(outcome.faults);  // Those of them that had an effect.
      best_.why = std::move(*outcome.why);
      return true;
    }
    return false;
  }

  const property& holds_;
  const property_options& options_;
  property_failure best_;
};

std::string in_shell_quotes(std::string_view text) {
  std::string made{'\''};
  for (const char each : text) made += each == '\'' ? std::string{"'\\''"} : std::string{each};
  return made + '\'';
}

}  // namespace

void trial::run_in(simulation& world) {
  world.keep_faults_in(&injected_);
  prepare_(world);
}

void trial::expect(bool holds, std::string_view otherwise) {
  if (!holds) fail(std::string{otherwise});
}

void trial::fail(std::string why) {
  if (!why_) why_ = std::move(why);
  throw broken{};
}

struct trial_runner {
  static trial_outcome run(const property& holds, trial& once) {
    try {
      holds(once);
    } catch (const broken&) {
    } catch (const std::exception& thrown) {
      if (!once.why_) once.why_ = fmt::format("it threw \"{}\"", thrown.what());
    }
    return {std::move(once.why_), std::move(once.injected_)};
  }
};

trial_outcome run_trial(const property& holds, const property_options& options, std::uint64_t seed,
                        const std::optional<fault_plan>& plan, trace_lines trace) {
  trial once{seed, [&](simulation& world) {
               if (plan) {
                 world.inject(*plan);
               } else {
                 world.inject(options.faults);
               }
               world.let_callbacks_take(options.callbacks_take);
               if (trace) world.trace_to(trace);
             }};
  return trial_runner::run(holds, once);
}

std::string to_string(const property_failure& failure) {
  std::string text = fmt::format("property: broken with seed {}, faults \"{}\": {}", failure.seed,
                                 to_string(failure.faults), failure.why);
  if (failure.runs > 0) {
    text += fmt::format("\n  found with seed {}, faults \"{}\"; {} runs to this",
                        failure.first_seed, to_string(failure.first_faults), failure.runs);
  }
  const std::string& command = simulation_arguments::of_program().command;
  if (!command.empty()) {
    text += fmt::format("\n  replay: {} --replay {} --faults {}", command, failure.seed,
                        in_shell_quotes(to_string(failure.faults)));
  }
  return text;
}

std::optional<property_failure> find_failure(const property_options& options,
                                             const property& holds) {
  const simulation_arguments& asked = simulation_arguments::of_program();
  if (asked.replay) {
    const trace_lines tell = [](std::string_view line) { fmt::print("{}\n", line); };
    trial_outcome outcome = run_trial(holds, options, *asked.replay, asked.faults, tell);
    std::fflush(stdout);
    if (!outcome.why) return std::nullopt;
    return property_failure{*asked.replay, outcome.faults, std::move(*outcome.why),
                            *asked.replay, outcome.faults, 0};
  }
  const std::uint64_t seeds =
      asked.seeds.value_or((options.seeds + seeds_divisor - 1) / seeds_divisor);
  for (std::uint64_t tried = 0; tried < seeds; ++tried) {
    const std::uint64_t seed = options.first_seed + tried;
    trial_outcome outcome = run_trial(holds, options, seed, asked.faults);
    if (!outcome.why) continue;
    return shrinking{
        holds, options,
        property_failure{seed, outcome.faults, std::move(*outcome.why), seed, outcome.faults, 0}}
        .run();
  }
  return std::nullopt;
}

}  // namespace genstage::inline v0
