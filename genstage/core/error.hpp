#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace genstage::inline v0 {

/// Why an operation could not be done. A code exists only where a caller would act on it.
enum class errc : std::uint8_t {
  invalid_argument,  ///< what was given breaks a documented rule
  not_found,         ///< the thing named does not exist (no process has this pid or name)
  already_exists,    ///< the name or id is taken
  timed_out,         ///< the deadline passed first
  cancelled,         ///< the caller, or its stop token, withdrew the operation
  refused,           ///< policy forbids it (address guard, rate, off-line)
  unreachable,       ///< the other side could not be reached
  bad_answer,        ///< the other side answered something that cannot be used
  over_capacity,     ///< a stated bound is reached
  process_ended,     ///< the process that should have answered ended first
  unavailable,       ///< the system is stopping, or a resource is missing
  not_started,       ///< a child's start failed
  already_started,   ///< a child with this id runs
  already_present,   ///< a child with this id is declared, and does not run
  running,           ///< the child runs
  restarting,        ///< the child is about to be started again
};

[[nodiscard]] std::string_view to_string(errc code) noexcept;

/// An expected failure: the world said no.
///
/// The message reads *subject: what was seen, what is allowed; what was done about it*.
struct [[nodiscard]] error {
  errc code;
  std::string message;

  friend bool operator==(const error&, const error&) = default;
};

/// A value, or why there is none.
template <class T>
using result = std::expected<T, error>;

/// Shorthand for returning a failure from a function that returns a `result`.
[[nodiscard]] inline std::unexpected<error> fail(errc code, std::string message) {
  return std::unexpected<error>{error{code, std::move(message)}};
}

}  // namespace genstage::inline v0
