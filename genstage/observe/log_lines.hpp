#pragma once

#include <chrono>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/core/log.hpp>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// Takes one line, its line feed included.
///
/// Threads: called from any worker, several at once.
/// Failure: if it throws, nothing is written any more, and the runtime's log says why.
using line_sink = std::function<void(std::string_view line)>;

/// Writes each line with one call of the system, so that lines of several threads or programs do
/// not mix. A line that a descriptor cannot take at once, though it must not block, is dropped.
/// Lifetime: the descriptor stays open as long as it is written to.
/// Failure: throws std::system_error when the descriptor takes no more.
[[nodiscard]] line_sink lines_to_descriptor(int descriptor);

struct log_lines_options {
  line_sink write = lines_to_descriptor(2);
  /// What is less important is left out.
  log_level least = log_level::info;
  /// For `time`. Virtual where the program's time is.
  std::function<std::chrono::system_clock::time_point()> now{};
};

/// Writes what happens to processes, supervisors and stages as JSON, one object a line:
///
///     {"time":"2026-11-27T22:17:03.000250Z","level":"error","event":"process_exited",
///      "process":"printed","pid":"<3.1>","type":"printer","reason":"error: disk is full"}
///
/// `time`, `level` and `event` are always there; `process` is a name, `pid` an identity, `trace_id`
/// and `span_id` those of the batch that is being handled, if it has any. Lines of the runtime's
/// log have the event `log` and a `text`. A program that wants no other lines is given the log sink
/// `silent_log()`.
///
/// Ends with `where.detach(id)`. Failure: already_exists for an id that is attached.
result<void> attach_log_lines(telemetry_handlers& where, log_lines_options options = {},
                              std::string id = "log_lines");

}  // namespace genstage::inline v0
