#pragma once

#include <genstage/core/instant.hpp>
#include <genstage/telemetry/trace_context.hpp>
#include <optional>

namespace genstage::inline v0 {

/// What a batch carries besides its events, if it carries anything; most do not.
struct batch_notes {
  /// The trace that the events belong to, and the span that they came from.
  std::optional<trace_context> trace{};
  /// When it was sent, if somebody wants to know how long it was under way.
  std::optional<instant> sent_at{};
  /// When its events were made, on average, if that was measured and they waited in a buffer.
  std::optional<instant> made_at{};
};

}  // namespace genstage::inline v0
