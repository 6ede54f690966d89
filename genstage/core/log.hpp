#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

enum class log_level : std::uint8_t { info, warning, error };

/// One line that the library has to say: *subject: what happened*.
struct log_record {
  log_level level;
  std::string subject;  ///< the process, by its name if it has one
  std::string text;
};

/// Where the library's lines go.
///
/// Threads: called from any worker, several at once; must not block for long.
/// Failure: must not throw.
using log_sink = std::function<void(const log_record&)>;

[[nodiscard]] std::string_view to_string(log_level level) noexcept;

/// Writes `level subject: text` to standard error, one write a line.
[[nodiscard]] log_sink standard_error_log();

/// Says nothing; for tests and benchmarks.
[[nodiscard]] log_sink silent_log();

}  // namespace genstage::inline v0
