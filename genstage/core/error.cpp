#include <genstage/core/error.hpp>

namespace genstage::inline v0 {

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument:
      return "invalid argument";
    case errc::not_found:
      return "not found";
    case errc::already_exists:
      return "already exists";
    case errc::timed_out:
      return "timed out";
    case errc::cancelled:
      return "cancelled";
    case errc::refused:
      return "refused";
    case errc::unreachable:
      return "unreachable";
    case errc::bad_answer:
      return "bad answer";
    case errc::over_capacity:
      return "over capacity";
    case errc::process_ended:
      return "process ended";
    case errc::unavailable:
      return "unavailable";
    case errc::not_started:
      return "not started";
    case errc::already_started:
      return "already started";
    case errc::already_present:
      return "already present";
    case errc::running:
      return "running";
    case errc::restarting:
      return "restarting";
  }
  return "unknown";
}

}  // namespace genstage::inline v0
