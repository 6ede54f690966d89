#pragma once

#include <cstdint>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/core/instant.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

enum class fault_kind : std::uint8_t {
  kill,        ///< kill a process before a step of the simulation
  start,       ///< fail the n-th start of a process
  callback,    ///< throw instead of running the n-th callback of a process
  delay,       ///< hold up what is the n-th to cross a boundary
  drop,        ///< lose it
  allocation,  ///< refuse the n-th allocation of a memory
};

/// One thing that goes wrong.
struct fault {
  fault_kind kind;
  /// The name of a process, or its pid as text; the name of a boundary or a memory.
  std::string subject;
  /// Of a kill the step, counted from 0; of the others which one, counted from 1.
  std::uint64_t which;
  /// How long a delay lasts.
  duration lasts{};

  friend bool operator==(const fault&, const fault&) = default;
};

/// All that goes wrong in one run.
using fault_plan = std::vector<fault>;

/// `kill printer at step 57`, `fail start 2 of printer`, `throw in callback 7 of printer`,
/// `delay crossing 3 of http by 250ms`, `drop crossing 4 of http`, `refuse allocation 9 of cache`.
/// Names with other characters than letters, digits and `/_.:<>-` are put into quotes.
[[nodiscard]] std::string to_string(const fault& wrong);
/// The faults with `; ` between them, or `none`.
[[nodiscard]] std::string to_string(const fault_plan& plan);

/// Reads what `to_string` writes.
///
/// Failure: invalid_argument, in words that quote the part that was not understood.
[[nodiscard]] result<fault_plan> parse_fault_plan(std::string_view text);

/// How often faults happen when the seed chooses them: probabilities from 0 to 1, each time that
/// one could.
struct fault_rates {
  double kill = 0;  ///< for each step: who is about to run, or anybody else
  double start = 0;
  double callback = 0;
  double delay = 0;
  double drop = 0;
  double allocation = 0;
  /// Delays last up to this.
  duration longest_delay = std::chrono::seconds{1};
  /// After so many nothing goes wrong any more.
  std::size_t at_most = 3;
  /// Who and what may fail, by subject; empty for all.
  std::function<bool(std::string_view subject)> may_fail{};
};

/// What an injected fault throws.
class injected_fault : public std::runtime_error {
 public:
  explicit injected_fault(const fault& wrong)
      : std::runtime_error{"injected: " + to_string(wrong)} {}
};

}  // namespace genstage::inline v0
