#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/hit.hpp"

namespace livesearch {

/// How one site's part of a search ended. Each site ends in exactly one.
enum class site_outcome : std::uint8_t {
  results,
  no_results,
  suspicious,    ///< it answered, and nothing was found in it where there used to be something
  blocked,       ///< the site refuses this program
  rate_limited,  ///< the site's limit, or ours for it, is used up until a known time
  timed_out,     ///< a time limit passed first
  busy,          ///< too many searches wait for the site
  unreachable,   ///< no connection
  bad_answer,    ///< it answered something that cannot be used
  skipped,       ///< not asked, or given up by this program, for the reason that the message says
};

/// In the order in which they are counted and shown.
inline constexpr site_outcome all_outcomes[] = {
    site_outcome::results, site_outcome::no_results,   site_outcome::suspicious,
    site_outcome::blocked, site_outcome::rate_limited, site_outcome::timed_out,
    site_outcome::busy,    site_outcome::unreachable,  site_outcome::bad_answer,
    site_outcome::skipped,
};

[[nodiscard]] std::string_view to_string(site_outcome outcome) noexcept;
/// Whether the site gave an answer that can be used, be it that it has nothing.
[[nodiscard]] constexpr bool is_answer(site_outcome outcome) noexcept {
  return outcome == site_outcome::results || outcome == site_outcome::no_results;
}

/// The request that an answer comes from; the last one, if there were several.
struct request_facts {
  unsigned status = 0;         ///< of HTTP; 0 if the site did not answer
  std::size_t bytes = 0;       ///< of the body, decompressed
  std::uint32_t attempts = 0;  ///< with this one; 2 and more if it was made again

  friend bool operator==(const request_facts&, const request_facts&) = default;
};

/// What a site's part of a search came to.
struct site_answer {
  site_outcome outcome = site_outcome::skipped;
  std::string message{};  ///< for people; empty with results
  std::vector<hit> hits{};
  /// How long to wait before the site is worth asking again, where that is known.
  std::optional<std::chrono::nanoseconds> retry_after{};
  /// How old the answer is, if it comes from the cache.
  std::optional<std::chrono::nanoseconds> age{};
  /// The answer to a request that another search had begun.
  bool is_shared = false;
  std::optional<request_facts> request{};  ///< none if no request was made for it

  /// What is told for a process that died with a job in its hands.
  [[nodiscard]] static site_answer dropped();
};

}  // namespace livesearch
