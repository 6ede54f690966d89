#include <fmt/format.h>

#include <cstdio>
#include <genstage/core/log.hpp>

namespace genstage::inline v0 {

std::string_view to_string(log_level level) noexcept {
  switch (level) {
    case log_level::info:
      return "info";
    case log_level::warning:
      return "warning";
    case log_level::error:
      return "error";
  }
  return "unknown";
}

log_sink standard_error_log() {
  return [](const log_record& record) {
    const std::string line =
        fmt::format("{} {}: {}\n", to_string(record.level), record.subject, record.text);
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
}

log_sink silent_log() {
  return [](const log_record&) {};
}

}  // namespace genstage::inline v0
