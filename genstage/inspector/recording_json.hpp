#pragma once

#include <genstage/trace/recorded_trace.hpp>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// A trace file that the inspector shows in place of the program that it runs in.
struct shown_recording {
  std::string name;  ///< Of the file, as readers know it.
  recorded_trace trace;
};

/// What a trace tells, as JSON on one line: who lived, who was subscribed to whom, all records with
/// their sentences; docs/inspector.md describes its members.
[[nodiscard]] std::string write_recording(const recorded_trace& told, std::string_view name);

}  // namespace genstage::inline v0
