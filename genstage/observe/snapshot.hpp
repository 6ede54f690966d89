#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/core/instant.hpp>
#include <genstage/observe/hop_latency.hpp>
#include <genstage/process/introspection.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/stage/stage_status.hpp>
#include <genstage/task/operation.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What a running program looks like, without stopping anything of it.
//
//     auto looked = gs::take_snapshot(program);
//     const auto seen = co_await std::move(looked);
namespace genstage::inline v0 {

/// What a stage says of itself.
struct stage_view {
  stage_kind kind = stage_kind::consumer;
  std::string takes{};                       ///< the type of its events; empty for a producer
  std::string emits{};                       ///< empty for a consumer
  std::string dispatcher{};                  ///< empty for a consumer
  std::size_t buffered = 0;                  ///< events that nobody has asked for
  std::optional<std::size_t> buffer_size{};  ///< no value: no bound
  std::size_t queued = 0;                    ///< events received and not begun
  std::uint64_t emitted = 0;                 ///< events made by its callbacks
  std::uint64_t discarded = 0;               ///< of those, what was dropped
  demand room{};                             ///< events that may leave now
  demand owed{};           ///< what handle_demand was asked for and has not made yet
  std::uint64_t told = 0;  ///< requests, infos and notices its callbacks got
  demand_mode mode = demand_mode::forward;

  friend bool operator==(const stage_view&, const stage_view&) = default;
};

/// A process, as it says itself, or as it looks from outside while its callback does not return.
struct process_view : process_summary {
  std::string type{};    ///< of the user's object; empty if it has not answered
  bool answered = true;  ///< false: what it would have said of itself is missing
  /// How long the callback runs that keeps it from answering; no value if none is known to run, so
  /// that it has not had its turn. Below 200 ms the pool may have noted the activation before.
  std::optional<duration> blocked{};
  /// In callbacks so far. The thread pool measures one activation in 31, and all of those that are
  /// longer than 2 µs on average; it is zero in a simulation, whose callbacks take no time.
  duration busy{};
  bool is_supervisor = false;
  std::uint64_t restarts = 0;  ///< that a supervisor has made, in all
  std::optional<stage_view> stage{};

  friend bool operator==(const process_view&, const process_view&) = default;
};

/// A subscription, of what its two ends say. They are read one after the other, so a number of one
/// end may be newer than those of the other.
struct subscription_view {
  unique_id tag{};
  pid producer{};
  pid consumer{};
  bool seen_by_producer = false;  ///< false: it has not answered, or not yet accepted
  bool seen_by_consumer = false;
  subscription_mode mode = subscription_mode::automatic;  ///< by the consumer
  demand max_demand{};                                    ///< by the consumer
  demand min_demand{};
  std::uint64_t asked = 0;      ///< events in all; by the producer
  std::uint64_t delivered = 0;  ///< by the producer; by the consumer what it has handled
  std::uint64_t handled = 0;
  std::uint64_t in_flight = 0;  ///< delivered and not handled
  /// Asked for and not delivered. By the consumer alone: what it has not handled either.
  demand outstanding{};
  std::optional<duration> since_ask{};  ///< no value: never, or the producer has not answered
  std::optional<duration> since_event{};
  std::optional<duration> since_handled{};
  /// Where the time of its events went; null unless somebody measures, see latencies.hpp.
  std::shared_ptr<const hop_latency> latency{};

  friend bool operator==(const subscription_view&, const subscription_view&) = default;
};

/// A program at one moment: all processes that have not ended, by their pids, and all
/// subscriptions, by their tags. The parents of processes make them a tree.
struct snapshot {
  instant at{};  ///< when it was begun
  duration took{};
  std::vector<process_view> processes{};
  std::vector<subscription_view> subscriptions{};

  /// Null if there is none.
  [[nodiscard]] const process_view* find(pid process) const noexcept;
  [[nodiscard]] const subscription_view* find(unique_id tag) const noexcept;

  friend bool operator==(const snapshot&, const snapshot&) = default;
};

/// Told of each snapshot that was assembled: a handler may add to it what it knows.
struct snapshot_assembled {
  snapshot& seen;
};

/// The part of the time between two snapshots that a process spent in callbacks, the one that runs
/// now included; none if it was not there before.
[[nodiscard]] std::optional<double> busy_share(const snapshot& now, const snapshot& before,
                                               pid process);

/// Asks every process what it is doing, and completes when all have answered or ended, after
/// `within` at the latest. Whoever has not answered by then is listed as it looks from outside, and
/// its subscriptions as their other ends see them.
///
/// Threads: any. A process may await it: it is in its own snapshot, waiting.
/// Cost: a message to each process, handled between two callbacks or while one waits; no callback
/// is called, of the program. About 2 µs for each process, on all workers.
[[nodiscard]] operation<snapshot> take_snapshot(runtime& where,
                                                duration within = std::chrono::milliseconds{20});

}  // namespace genstage::inline v0
