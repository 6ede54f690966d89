#include "livesearch/search/outcome.hpp"

namespace livesearch {

std::string_view to_string(site_outcome outcome) noexcept {
  switch (outcome) {
    case site_outcome::results:
      return "results";
    case site_outcome::no_results:
      return "no_results";
    case site_outcome::timed_out:
      return "timed_out";
    case site_outcome::refused:
      return "refused";
    case site_outcome::unreachable:
      return "unreachable";
    case site_outcome::over_rate:
      return "over_rate";
    case site_outcome::busy:
      return "busy";
    case site_outcome::bad_answer:
      return "bad_answer";
    case site_outcome::crashed:
      return "crashed";
    case site_outcome::cancelled:
      return "cancelled";
  }
  return "unknown";
}

}  // namespace livesearch
