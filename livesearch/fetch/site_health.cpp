#include "livesearch/fetch/site_health.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace livesearch {

namespace {

/// A site that asks for longer is asked again after this, in case it was a mistake.
constexpr std::chrono::hours longest_wait{24};

std::int64_t whole_seconds(std::chrono::nanoseconds span) {
  return std::chrono::ceil<std::chrono::seconds>(span).count();
}

}  // namespace

std::optional<site_answer> site_health::refusal(genstage::instant now) const {
  if (const auto until = limited_until(now)) {
    site_answer limited{site_outcome::rate_limited,
                        fmt::format("The site asked not to be asked for another {} s.",
                                    whole_seconds(*until - now))};
    limited.retry_after = *until - now;
    return limited;
  }
  if (breaker_.is() == circuit_breaker::state::closed) return std::nullopt;
  const auto wait = std::max(*breaker_.probe_at() - now, std::chrono::nanoseconds{0});
  site_answer skipped{
      site_outcome::skipped,
      fmt::format("It failed {} times in a row; it is tried again in the background in {} s.",
                  breaker_.remembered().failures, whole_seconds(wait))};
  skipped.retry_after = wait;
  return skipped;
}

void site_health::learn(site_answer& answer, genstage::instant now, std::uint64_t chance) {
  switch (answer.outcome) {
    case site_outcome::results:
      drift_.found_something();
      breaker_.succeeded();
      break;
    case site_outcome::no_results:
    case site_outcome::suspicious:
      if (drift_.found_nothing()) {
        answer.outcome = site_outcome::suspicious;
        answer.message =
            "Nothing was found in its answers several times in a row, where there used to be "
            "something: its pages may have changed.";
      }
      breaker_.succeeded();
      break;
    case site_outcome::rate_limited:
      // A limit that is reached is no failure: the site works.
      limited_until_ =
          now + std::min<std::chrono::nanoseconds>(
                    answer.retry_after.value_or(std::chrono::seconds{0}), longest_wait);
      breaker_.abandon_probe(now);
      break;
    case site_outcome::blocked:
      breaker_.refused(now, chance);
      break;
    case site_outcome::timed_out:
    case site_outcome::unreachable:
    case site_outcome::bad_answer:
      breaker_.failed(now, chance);
      break;
    case site_outcome::busy:
    case site_outcome::skipped:
      breaker_.abandon_probe(now);  // It says something of this program, not of the site.
      break;
  }
}

}  // namespace livesearch
