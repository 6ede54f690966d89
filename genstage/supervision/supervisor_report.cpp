#include <fmt/format.h>

#include <genstage/supervision/supervisor_report.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

std::string what_happened(const supervisor_report& report) {
  switch (report.context) {
    case report_context::progress:
      return fmt::format("child {} started", report.offender);
    case report_context::start_error:
      return fmt::format("failed to start child {}: {}", report.offender, explain(report.reason));
    case report_context::child_terminated:
      return fmt::format("child {} ended with {}", report.offender, explain(report.reason));
    case report_context::shutdown_error:
      return fmt::format("child {} ended with {} when told to shut down", report.offender,
                         explain(report.reason));
    case report_context::shutdown:
      return fmt::format("gave up: {}", explain(report.reason));
  }
  return "unknown";
}

}  // namespace

std::string_view to_string(report_context context) noexcept {
  switch (context) {
    case report_context::progress:
      return "progress";
    case report_context::start_error:
      return "start_error";
    case report_context::child_terminated:
      return "child_terminated";
    case report_context::shutdown_error:
      return "shutdown_error";
    case report_context::shutdown:
      return "shutdown";
  }
  return "unknown";
}

supervisor_report report_about(const child_spec& child, pid process, report_context context,
                               exit_reason reason) {
  return {.supervisor = {},
          .context = context,
          .reason = std::move(reason),
          .offender = child.id,
          .process = process,
          .restart = child.restart,
          .shutdown = child.shutdown,
          .type = child.type};
}

std::string to_string(const supervisor_report& report) {
  return fmt::format("{} ({}; {} {} {}, shutdown {})", what_happened(report),
                     to_string(report.context), to_string(report.restart), to_string(report.type),
                     report.process ? to_string(report.process) : "that never ran",
                     to_string(report.shutdown));
}

}  // namespace genstage::inline v0
