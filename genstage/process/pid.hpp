#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace genstage::inline v0 {

/// The identity of a process: a value that stays valid after the process has died and is never
/// given to another one. A default one names no process.
///
/// Source: A1, G-003.
struct pid {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;

  [[nodiscard]] explicit operator bool() const noexcept { return generation != 0; }
  friend auto operator<=>(const pid&, const pid&) = default;
};

/// The identity as one word, for records.
[[nodiscard]] constexpr std::uint64_t as_word(pid process) noexcept {
  return std::uint64_t{process.generation} << 32U | process.index;
}
[[nodiscard]] constexpr pid pid_of(std::uint64_t word) noexcept {
  return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32U)};
}

/// For people: `<12.3>`.
[[nodiscard]] inline std::string to_string(pid process) {
  return "<" + std::to_string(process.index) + "." + std::to_string(process.generation) + ">";
}

}  // namespace genstage::inline v0
