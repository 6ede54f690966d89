#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace genstage::inline v0 {

/// The clock that all of genstage lives by. It has no `now()`: the time comes from the driver that
/// runs the program, real on the thread pool and virtual in a simulation.
struct monotonic {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<monotonic>;
  static constexpr bool is_steady = true;
};

using duration = monotonic::duration;

/// A moment, in nanoseconds since the driver was made.
using instant = monotonic::time_point;

}  // namespace genstage::inline v0
