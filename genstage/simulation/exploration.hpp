#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <genstage/simulation/simulation.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

/// A small program of which every order is tried. It is made anew for each run: the constructor
/// makes the world, starts the processes and sends the first messages, and runs nothing.
class explored_program {
 public:
  explored_program() = default;
  explored_program(const explored_program&) = delete;
  explored_program& operator=(const explored_program&) = delete;
  virtual ~explored_program() = default;

  [[nodiscard]] virtual simulation& world() = 0;
  /// Looks at a state: how it breaks what must hold, or nothing. `is_at_rest` when nothing can
  /// happen any more.
  [[nodiscard]] virtual std::optional<std::string> broken(bool is_at_rest) = 0;
  /// What the program keeps outside of its processes, as far as `broken` or a process looks at it.
  [[nodiscard]] virtual std::string state() const { return {}; }
};

/// What tells two states of a process apart.
enum class state_identity : std::uint8_t {
  /// All that it has handled. Always right.
  history,
  /// What its `describe_state()` says, if it has one: more states are equal. Right if the
  /// description says everything by which the object acts. Of a stage its demand, its buffer and
  /// its subscriptions are added, and messages between stages are what they say. While a callback
  /// waits, and without a description, the history counts.
  description,
};

struct exploration_options {
  /// How many processes are killed in one run, at whatever step; every choice is tried.
  std::size_t kills = 0;
  /// Who may be killed, by name or pid; empty for everybody.
  std::function<bool(std::string_view)> may_be_killed{};
  state_identity identity = state_identity::history;
  /// Steps that commute are tried in one order only (sleep sets).
  bool skip_commuting = true;
  /// What follows a state that was seen before is not tried again.
  bool merge_equal = true;
  /// Then the exploration ends, and is not complete.
  std::size_t most_states = 1'000'000;
};

/// What there is to know about a program of which every order was tried.
struct exploration {
  std::size_t states = 0;       ///< That differ.
  std::size_t transitions = 0;  ///< Steps that were tried.
  std::size_t depth = 0;        ///< Steps of the longest run.
  std::size_t at_rest = 0;      ///< States in which nothing can happen any more.
  std::size_t runs = 0;         ///< How often the program was made.
  bool is_complete = true;
  std::optional<std::string> broken{};  ///< By the last state that was seen.
  std::vector<std::string> path{};      ///< The steps that lead there.
};

/// `1408 states, 2711 transitions, depth 31, 12 at rest, complete`; and how it was broken.
[[nodiscard]] std::string to_string(const exploration& seen);

/// Tries every order in which the processes of a small program can run, timers that are due can
/// fire and processes can be killed, and looks at every state that can be reached.
///
///     const auto seen = gs::explore([] { return std::make_unique<two_clerks>(); }, {.kills = 1});
///     EXPECT_FALSE(seen.broken) << to_string(seen);
///
/// Two states are equal when the processes that live, their mail, links, monitors and timers, the
/// time, and what the program declares are. A run is the program made anew and taken along a path;
/// so it has to be a function of the order alone, as in every simulation. Processes that share
/// memory, other than a journal that nobody reads, need `skip_commuting` to be off; so does an
/// operation that is awaited in another callback than it was begun in.
///
/// Cost: each transition may cost a run to its depth. For two or three processes and a few
/// messages.
/// Source: P. Godefroid, Partial-Order Methods for the Verification of Concurrent Systems: sleep
/// sets, with those of a state kept for when it is met again.
[[nodiscard]] exploration explore(const std::function<std::unique_ptr<explored_program>()>& make,
                                  const exploration_options& options = {});

}  // namespace genstage::inline v0
