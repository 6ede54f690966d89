#pragma once

#include <cstdint>
#include <functional>
#include <genstage/core/exit_reason.hpp>
#include <genstage/supervision/child_spec.hpp>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// What a supervisor was doing when it had something to report.
enum class report_context : std::uint8_t {
  progress,          ///< a child has started
  start_error,       ///< a child's start failed
  child_terminated,  ///< a child ended by itself
  shutdown_error,    ///< a child ended otherwise than it was asked to
  shutdown,          ///< restarts came too often, so the supervisor gives up
};

[[nodiscard]] std::string_view to_string(report_context context) noexcept;

/// A supervisor's report: context, reason and the child concerned. Source: A39.
struct supervisor_report {
  std::string supervisor;  ///< its label
  report_context context;
  exit_reason reason;
  std::string offender;  ///< the child's id
  pid process{};         ///< none if it never ran
  restart_type restart = restart_type::permanent;
  shutdown_limit shutdown{};
  child_type type = child_type::worker;
};

/// The report about a child, with what its declaration says.
[[nodiscard]] supervisor_report report_about(const child_spec& child, pid process,
                                             report_context context, exit_reason reason);

/// One line, without the supervisor: what happened, then context and offender in brackets.
[[nodiscard]] std::string to_string(const supervisor_report& report);

/// Gets each report of a supervisor, progress included, besides the log.
///
/// Threads: called in the supervisor. Failure: an exception ends the supervisor.
using report_listener = std::function<void(const supervisor_report&)>;

}  // namespace genstage::inline v0
