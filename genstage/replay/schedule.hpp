#pragma once

#include <cstdint>
#include <genstage/core/error.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

/// What happened next in a program.
enum class happening_kind : std::uint8_t {
  step,          ///< a process ran one callback, or handled what does not wait for its turn
  timer,         ///< a timer fired
  outside,       ///< a thread that runs no process did something to the program
  outside_timer  ///< a timer fired that such a thread had armed
};

struct happening {
  happening_kind kind{};
  /// The how-manyth process to be started, or timer to be armed, from 0; 0 for what came from
  /// outside.
  std::uint32_t which = 0;
  /// How many messages had come since the process looked last.
  std::uint32_t came = 0;

  friend bool operator==(const happening&, const happening&) = default;
};

/// What a program got from its driver.
enum class input_kind : std::uint8_t { now, random, disarmed };

struct program_input {
  input_kind kind{};
  std::uint64_t value = 0;

  friend bool operator==(const program_input&, const program_input&) = default;
};

/// The order in which a program did things, and what it learned from the world: all that another
/// run needs to be the same.
struct schedule {
  std::vector<happening> happenings{};
  std::vector<program_input> inputs{};

  friend bool operator==(const schedule&, const schedule&) = default;
};

// As a file: the 8 bytes "gsched01"; u64 how many happenings, each u8 kind, u32 which, u32 came;
// u64 how many inputs, each u8 kind, u64 value. Little-endian, no padding.

[[nodiscard]] std::string to_bytes(const schedule& written);
/// Failure: invalid_argument, in words that say at which byte what was seen.
[[nodiscard]] result<schedule> schedule_of_bytes(std::string_view bytes);

/// Failure: unavailable, with what the system said.
[[nodiscard]] result<void> write_schedule(const schedule& written, const std::string& path);
/// Failure: not_found, unavailable, invalid_argument; the message names the file.
[[nodiscard]] result<schedule> read_schedule(const std::string& path);

}  // namespace genstage::inline v0
