#include "livesearch/fetch/outcome.hpp"

namespace livesearch {

std::string_view to_string(site_outcome outcome) noexcept {
  switch (outcome) {
    case site_outcome::results:
      return "results";
    case site_outcome::no_results:
      return "no_results";
    case site_outcome::suspicious:
      return "suspicious";
    case site_outcome::blocked:
      return "blocked";
    case site_outcome::rate_limited:
      return "rate_limited";
    case site_outcome::timed_out:
      return "timed_out";
    case site_outcome::busy:
      return "busy";
    case site_outcome::unreachable:
      return "unreachable";
    case site_outcome::bad_answer:
      return "bad_answer";
    case site_outcome::skipped:
      return "skipped";
  }
  return "unknown";
}

site_answer site_answer::dropped() {
  return {site_outcome::skipped, "The part of this program that asks the site failed."};
}

}  // namespace livesearch
