#pragma once

#include <array>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <genstage/telemetry/trace_context.hpp>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// What a span is to those it talks to; the numbers are OpenTelemetry's.
enum class span_kind : std::uint8_t { internal = 1, server, client, producer, consumer };

/// A piece of work of a distributed trace is done.
///
/// The library tells one for each batch that carries a trace context, when it has been handled; a
/// program may emit its own.
struct span_ended {
  static constexpr auto with = telemetry_switch::spans;

  std::string name;
  trace_context context;                 ///< its own ids
  std::array<std::uint8_t, 8> parent{};  ///< zeros for the first of a trace
  span_kind kind = span_kind::internal;
  instant began{};
  duration took{};
  /// Why it failed; empty if it did not.
  std::string error{};
  std::vector<std::pair<std::string, std::string>> attributes{};
};

}  // namespace genstage::inline v0
