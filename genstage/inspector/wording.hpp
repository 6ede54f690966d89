#pragma once

#include <chrono>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <string>

// How the inspector's answers say things that several of them say. No interface.
namespace genstage::inline v0::detail {

/// After so long without a word, one is told as "[later]".
inline constexpr std::chrono::milliseconds pause_of_talk{500};

/// "s17", the tag of a subscription.
[[nodiscard]] inline std::string tag_text(std::uint64_t tag) {
  return "s" + std::to_string(tag);
}

[[nodiscard]] constexpr double milliseconds(duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace genstage::inline v0::detail
