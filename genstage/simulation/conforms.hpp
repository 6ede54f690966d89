#pragma once

#include <cstdint>
#include <functional>
#include <genstage/core/type_name.hpp>
#include <genstage/simulation/conformance_trial.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

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

/// Tries a stage of type S, made from `arguments` each time, in many simulated conversations: peers
/// join, ask for much and little, deliver, leave, die, send what nobody asked for and what nobody
/// knows; and looks whether the stage keeps the rules that are its own to keep.
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
