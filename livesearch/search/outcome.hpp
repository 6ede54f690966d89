#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/hit.hpp"

namespace livesearch {

/// How one site's part of a search ended. Each site ends in exactly one.
enum class site_outcome : std::uint8_t {
  results,
  no_results,
  timed_out,    ///< the site's limit passed first
  refused,      ///< the site, or our own address guard, said no
  unreachable,  ///< no connection
  over_rate,    ///< our limit for the site, or the site's own, is used up
  busy,         ///< too many searches wait for the site
  bad_answer,   ///< it answered something that cannot be used
  crashed,      ///< our code for the site failed
  cancelled,    ///< the searcher left, or the program stops
};

[[nodiscard]] std::string_view to_string(site_outcome outcome) noexcept;
/// Whether the site gave an answer that can be used, be it that it has nothing.
[[nodiscard]] constexpr bool is_answer(site_outcome outcome) noexcept {
  return outcome == site_outcome::results || outcome == site_outcome::no_results;
}

/// What a site's part of a search came to.
struct site_answer {
  site_outcome outcome = site_outcome::crashed;
  std::string message{};  ///< for people; empty with results
  std::vector<hit> hits{};
};

}  // namespace livesearch
