#pragma once

#include <genstage/conformance/scenario.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::conformance {

/// One scenario as text, the form that is kept in files and that the original's driver reads:
///
///     scenario two consumers
///     producer answers=exactly,2
///     consumer
///     do subscribe 1 0 t0 max=4 cancel=temporary
///     do emit 0 3 | kill 1
///
/// What was seen after a step follows it, one line for each actor that did something:
///
///       0: join consumer t0; demand 4
[[nodiscard]] std::string to_text(const scenario& written);
[[nodiscard]] std::string to_text(const command& written);
[[nodiscard]] std::string to_text(const trace& written);

/// All scenarios of a file. Steps without observations have empty ones. Throws std::runtime_error
/// that names the line.
[[nodiscard]] std::vector<trace> read_traces(std::string_view text);
[[nodiscard]] std::vector<trace> read_trace_file(const std::string& path);

}  // namespace genstage::conformance
