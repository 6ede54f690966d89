#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <genstage/core/type_name.hpp>
#include <genstage/simulation/conformance_trial.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// What `conforms` found.
class [[nodiscard]] conformance {
 public:
  conformance() = default;
  explicit conformance(std::string breaches) : breaches_{std::move(breaches)} {}

  [[nodiscard]] explicit operator bool() const noexcept { return breaches_.empty(); }
  /// The first rule that the stage broke, with the seed and what was done to it; empty if none.
  [[nodiscard]] const std::string& breaches() const noexcept { return breaches_; }

 private:
  std::string breaches_;
};

namespace detail {

/// Whether a producer gives less if the same demand comes in one piece. Source: G-143, G-144.
template <class S>
std::optional<std::string> forgotten_demand(const typename conformance_trial<S>::maker& make,
                                            conformance_options options, std::uint64_t seed) {
  constexpr std::uint64_t all = 200;
  std::mt19937_64 dice{seed};
  std::vector<std::uint64_t> parts;
  for (std::uint64_t left = all; left > 0; left -= parts.back()) {
    parts.push_back(1 + dice() % std::min<std::uint64_t>(left, 20));
  }
  options.faults = 0;
  conformance_trial<S> whole{make, options, seed};
  conformance_trial<S> split{make, options, seed};
  const std::uint64_t at_once = whole.delivered_for({all});
  const std::uint64_t in_parts = split.delivered_for(parts);
  if (at_once == in_parts) return std::nullopt;
  return "asked for " + std::to_string(all) + " events at once it gave " + std::to_string(at_once) +
         ", asked for as many in " + std::to_string(parts.size()) + " parts it gave " +
         std::to_string(in_parts) +
         "; what handle_demand does not emit has to be remembered (G-143)";
}

}  // namespace detail

/// Tries a stage of type S, made from `arguments` each time, in many simulated conversations: peers
/// join, once or several times, ask for much, little and nothing, deliver, leave one by one or all
/// at once, die, send what nobody asked for and what nobody knows; the stage is killed, or a
/// callback throws in its stead, and another one takes its place; and looks whether the stage keeps
/// the rules that are its own to keep.
///
///     EXPECT_EQ(gs::conforms<my_stage>(arguments...).breaches(), "");
///
/// Checked of every stage: no callback throws or waits for ever, whatever the peers do; a stage
/// that lives answers; it sends nothing that was not asked for, and nothing after the end; each
/// subscription ends once; and two runs of one seed are the same, so that it reads no clock and no
/// chance of its own. Of a producer: what it does not emit at once it remembers (G-143). Of a
/// consumer: it asks for more when it has handled what it had, and never for more than max_demand.
///
/// Cost: a simulation for each seed; a hundred take less than a second for a stage that does
/// little. Run it with the address sanitizer as well.
template <std::derived_from<stage> S, class... Arguments>
conformance conforms(conformance_options options, Arguments... arguments) {
  const std::function<std::unique_ptr<S>()> make = [... kept = std::move(arguments)] {
    return std::make_unique<S>(kept...);
  };
  const auto breach = [](std::uint64_t seed, const std::string& what) {
    return conformance{type_name<S>() + ": seed " + std::to_string(seed) + ": " + what};
  };
  for (std::uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
    detail::conformance_trial<S> first{make, options, seed};
    if (const auto found = first.run()) return breach(seed, *found);
    detail::conformance_trial<S> second{make, options, seed};
    (void)second.run();
    if (const auto found = detail::difference(first.transcript(), second.transcript())) {
      return breach(seed, *found);
    }
    if constexpr (emitting<S> && !receiving<S>) {
      if (const auto found = detail::forgotten_demand<S>(make, options, seed)) {
        return breach(seed, *found);
      }
    }
  }
  return {};
}

template <std::derived_from<stage> S, class... Arguments>
  requires std::constructible_from<S, const Arguments&...>
conformance conforms(Arguments... arguments) {
  return conforms<S>(conformance_options{}, std::move(arguments)...);
}

}  // namespace genstage::inline v0
