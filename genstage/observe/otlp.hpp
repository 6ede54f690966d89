#pragma once

#include <cstdint>
#include <genstage/observe/metrics.hpp>
#include <genstage/telemetry/span.hpp>
#include <span>
#include <string>

/// What a collector of OpenTelemetry takes, in the JSON encoding of OTLP: pure functions. What
/// sends it is in exporters/otlp_exporter.hpp.
/// Source: opentelemetry-proto 1.x, with the names of its JSON mapping; ids as hexadecimal digits,
/// 64-bit numbers as strings, enumerations as numbers, as the OTLP specification wants.
namespace genstage::inline v0 {

/// Of whom the figures are, and when. In nanoseconds of the system's clock, which the library does
/// not read itself.
struct otlp_source {
  std::string service{};
  std::int64_t started_unix_nano = 0;
  std::int64_t now_unix_nano = 0;
};

/// As the body of a POST to `/v1/metrics`.
[[nodiscard]] std::string otlp_metrics_json(std::span<const metric> told, const otlp_source& from);

/// As the body of a POST to `/v1/traces`. `unix_nano_at_zero` is what the system's clock said at
/// the instant zero of the driver's clock.
[[nodiscard]] std::string otlp_traces_json(std::span<const span_ended> ended,
                                           const std::string& service,
                                           std::int64_t unix_nano_at_zero);

}  // namespace genstage::inline v0
