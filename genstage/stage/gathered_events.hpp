#pragma once

#include <cstdint>
#include <genstage/core/instant.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/stage/noted_runs.hpp>
#include <genstage/stage/subscription.hpp>

namespace genstage::inline v0 {

/// Says how long a stage keeps events until it passes them on, for instance until it has a batch
/// of them: nobody can see that from outside.
///
///     void handle_events(std::span<row> events, gs::output<rows>& out) override {
///       kept_.insert(kept_.end(), events.begin(), events.end());
///       gathered_.take(events_from(), events.size());
///       if (kept_.size() < 100) return;
///       gathered_.pass_on(kept_.size());
///       out.emit(std::exchange(kept_, {}));
///     }
///
/// A stage that gathers by a key has one for each.
///
/// Threads: to be used in callbacks of the stage that has it.
/// Cost: two counters. Who measures (observe/latencies.hpp) pays for a reading of the clock and an
/// entry of memory for each `take`.
class gathered_events {
 public:
  /// So many events of that subscription are kept from now on.
  void take(const subscription& from, std::uint64_t count);
  /// The oldest `count` leave, or are done with; all, if they are fewer.
  void pass_on(std::uint64_t count);
  [[nodiscard]] std::uint64_t kept() const noexcept { return taken_ - passed_on_; }

 private:
  struct arrival {
    unique_id tag;
    instant at;
  };

  std::uint64_t taken_ = 0;
  std::uint64_t passed_on_ = 0;
  /// What was taken while somebody measured.
  noted_runs<arrival> arrivals_;
};

}  // namespace genstage::inline v0
