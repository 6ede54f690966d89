#pragma once

#include <cstdint>
#include <genstage/core/instant.hpp>
#include <genstage/core/ring.hpp>
#include <genstage/observe/histogram.hpp>
#include <optional>

namespace genstage::inline v0 {

/// Finds out how long the demand of handled events was kept back: which ask gave it back, oldest
/// events first. What a stage gathers is counted from when it was passed on.
///
/// A pure value, told of one subscription in the order of its consumer. A consumer may ask for the
/// events in hand before it has handled them, which takes no time. What it finds out it adds to the
/// histogram that it is given.
class acknowledgements {
 public:
  void handled(std::uint64_t count, instant begun, instant ended, histogram& into);
  /// Events that had been taken in at `since`.
  void passed_on(instant since, instant at);
  /// `is_in_callback`: while a batch was in hand.
  void asked(std::uint64_t count, instant at, bool is_in_callback, histogram& into);

 private:
  struct batch {
    std::uint64_t count;
    instant begun;
    instant ended;
    instant since;  ///< From then on only the ask is missing.
  };
  struct advance {
    std::uint64_t count;
    instant at;
  };
  /// Who never asks is not remembered for ever: the events of more batches count with the last.
  static constexpr std::size_t most_batches = 1024;

  ring<batch> waiting_;
  std::optional<advance> early_;  ///< Asked for in a callback, beyond what waits.
};

}  // namespace genstage::inline v0
