#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/core/instant.hpp>

namespace genstage::inline v0 {

/// How long to wait before a child that keeps failing is started again.
///
/// The first wait is `first`, each further one `factor` times as long, and none longer than
/// `longest`. A child that has run for `forgiven_after` begins anew. The restarts count in the
/// supervisor's budget as ever, so a budget with a wide window belongs to it.
struct restart_backoff {
  duration first = std::chrono::milliseconds{100};
  duration longest = std::chrono::seconds{30};
  double factor = 2.0;
  /// Each wait is chosen at random between that much less and that much more, as a part of it.
  double jitter = 0.2;
  duration forgiven_after = std::chrono::seconds{60};

  /// The wait before the restart after `failures` failures in a row, of which there is at least
  /// one.
  [[nodiscard]] duration wait(std::size_t failures, std::uint64_t random) const;
};

}  // namespace genstage::inline v0
