#pragma once

#include <chrono>
#include <genstage/observe/blame.hpp>
#include <genstage/observe/snapshot.hpp>
#include <span>
#include <string>

namespace genstage::inline v0 {

/// What is said of a program besides what one snapshot shows.
struct look_context {
  /// An earlier one, for what shows only between two: how busy processes are.
  const snapshot* before = nullptr;
  std::span<const finding> findings{};
  /// How long it will be until the next look, for whoever draws what moves between them.
  duration next_in{};
};

/// What the inspector says about a program at one moment, as JSON on one line; docs/inspector.md
/// describes its members.
[[nodiscard]] std::string write_snapshot(const snapshot& seen, const look_context& around = {});

}  // namespace genstage::inline v0
