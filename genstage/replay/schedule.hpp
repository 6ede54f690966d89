#pragma once

#include <cstdint>
#include <genstage/core/error.hpp>
#include <optional>
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

/// What a program got from its driver, or through a port that it looked through.
enum class input_kind : std::uint8_t { now, random, disarmed, reading };

struct program_input {
  input_kind kind{};
  std::uint64_t value = 0;

  friend bool operator==(const program_input&, const program_input&) = default;
};

/// What came through a port, at a happening from outside.
struct port_input {
  std::uint64_t happening = 0;  ///< The how-manyth, from 0.
  std::string port{};
  std::uint64_t number = 0;  ///< Of the port's question.
  /// As the port writes it; no value where there was no room for it.
  std::optional<std::string> bytes{};

  friend bool operator==(const port_input&, const port_input&) = default;
};

/// The order in which a program did things, and what it learned from the world: all that another
/// run needs to be the same.
struct schedule {
  std::vector<happening> happenings{};
  std::vector<program_input> inputs{};
  std::vector<port_input> port_inputs{};  ///< In the order of their happenings.

  friend bool operator==(const schedule&, const schedule&) = default;
};

// As a file: the 8 bytes "gsched02"; u64 how many happenings, each u8 kind, u32 which, u32 came;
// u64 how many inputs, each u8 kind, u64 value; u64 how many came through ports, each u64
// happening, u64 number, text port, u8 whether the bytes follow, and if so text bytes. A text is
// its length (u32) and its bytes. Little-endian, no padding.

[[nodiscard]] std::string to_bytes(const schedule& written);
/// Failure: invalid_argument, in words that say at which byte what was seen.
[[nodiscard]] result<schedule> schedule_of_bytes(std::string_view bytes);

/// Failure: unavailable, with what the system said.
[[nodiscard]] result<void> write_schedule(const schedule& written, const std::string& path);
/// Failure: not_found, unavailable, invalid_argument; the message names the file.
[[nodiscard]] result<schedule> read_schedule(const std::string& path);

}  // namespace genstage::inline v0
