#pragma once

#include <genstage/trace/recorded_trace.hpp>
#include <string>

namespace genstage::inline v0 {

/// What one record says, without its time: `doubled asks numbers for 100 events (s17)`.
[[nodiscard]] std::string describe(const record& told, const trace_names& names);

/// A line for each record: milliseconds since the first one, then what it says.
[[nodiscard]] std::string as_text(const recorded_trace& told);

/// The format of Chrome's trace viewer, which Perfetto opens too: a track for each process with
/// what it did, and a counter for each subscription with what it is owed.
/// Source: "Trace Event Format", Google, 2016.
[[nodiscard]] std::string as_chrome_json(const recorded_trace& told);

}  // namespace genstage::inline v0
