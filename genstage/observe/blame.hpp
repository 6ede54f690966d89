#pragma once

#include <cstdint>
#include <genstage/observe/snapshot.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

/// What can be wrong with a program of stages, as snapshots show it; docs/observing.md says of each
/// what to do.
enum class illness : std::uint8_t {
  slow_sink,             ///< it has events, and others wait until it has handled them
  lost_demand,           ///< a producer was asked, has not answered, and will never be called again
  cycle_without_buffer,  ///< stages that feed each other wait for each other
  stopped_consumer,      ///< it asks for nothing, and others wait until it does
  hot_partition,         ///< one partition has more than its consumer can handle, the others wait
  restart_loop,          ///< a supervisor starts a child again and again
  blocked_callback,      ///< a callback does not return, and holds its thread
  starved_timer,         ///< messages, those of timers too, wait behind others or a callback
  discarding_buffer,     ///< more is made than was asked for, and what does not fit is dropped
  starving_diamond,      ///< two ways from one stage to another, of which each waits for the other
  late_subscriber,       ///< events, or demand, are held back for somebody who has not come
  hanging_drain,         ///< something was told to end and has not
  suspended,             ///< it was suspended and not resumed
};

[[nodiscard]] std::string_view to_string(illness what) noexcept;

/// The stage that is the reason, not one that only waits for it.
struct finding {
  illness what{};
  pid stage{};
  std::string label{};
  std::string text{};                   ///< one sentence
  std::vector<std::string> evidence{};  ///< what the snapshots say, and who waits

  friend bool operator==(const finding&, const finding&) = default;
};

/// For people, several lines.
[[nodiscard]] std::string to_string(const finding& found);

/// Whether a producer that has been asked, has answered before, and now is told things and makes
/// nothing of them, is taken to have nothing to emit.
enum class idle_producers : std::uint8_t { are_trusted, are_suspected };

struct blame_options {
  /// What lasts for less is not worth a word.
  duration patience = std::chrono::seconds{1};
  /// Events that have to wait for longer, at the rate at which others are handled, wait for a slow
  /// stage. Needs two snapshots.
  duration slow_after = std::chrono::seconds{5};
  /// How many restarts of a supervisor between two snapshots are a loop.
  std::uint64_t restarts = 3;
  idle_producers sources = idle_producers::are_trusted;
};

/// What is wrong, by the last snapshot and, if there is one, an earlier one.
///
/// Follows from each stage that waits whom it waits for, to the one that waits for nobody. Time
/// counts as far as it has passed: a callback that has been running for 2 s has taken 2 s. How fast
/// a stage is, is told by how long events wait for it, not by their number: a stage that gets a
/// thousand events for each one of its source is not slow for that, and who makes a thousand of one
/// is told in the evidence.
///
/// A pure function. Restarts, slowness and, for unbounded buffers, discarded events show only
/// between two snapshots; so does a buffer that waits for the first subscriber.
/// Source: E16, N5.
[[nodiscard]] std::vector<finding> blame(const snapshot& now, const snapshot* before = nullptr,
                                         const blame_options& options = {});

}  // namespace genstage::inline v0
