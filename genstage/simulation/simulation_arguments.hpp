#pragma once

#include <cstdint>
#include <genstage/core/error.hpp>
#include <genstage/simulation/fault_plan.hpp>
#include <optional>
#include <string>

namespace genstage::inline v0 {

/// What the command line of a program of properties asks for.
struct simulation_arguments {
  std::optional<std::uint64_t> replay;  ///< `--replay SEED`: this seed alone, and tell each step
  std::optional<fault_plan> faults;     ///< `--faults PLAN`: with exactly these
  std::optional<std::uint64_t> seeds;   ///< `--seeds N`: instead of what the property says
  /// How to run the property that runs now again, for messages; empty if nobody knows.
  std::string command{};

  /// Of this program; empty unless it has called `take`.
  [[nodiscard]] static simulation_arguments& of_program();
  /// Takes these arguments out of those of `main`, before another library reads the rest.
  ///
  /// Failure: invalid_argument, in words for who typed it.
  static result<void> take(int& count, char** arguments);
};

}  // namespace genstage::inline v0
