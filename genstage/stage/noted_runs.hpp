#pragma once

#include <algorithm>
#include <cstdint>
#include <genstage/core/ring.hpp>

namespace genstage::inline v0 {

/// What is known of events that wait in a line, noted once for all that came together: so of a
/// batch, not of each event.
///
/// A pure value. Events are told by their positions, which count from the first that ever came.
/// Cost: no memory until something is noted.
template <class Note>
class noted_runs {
 public:
  /// Of the events [begin, end), which came after all that were noted before.
  void note(std::uint64_t begin, std::uint64_t end, Note what) {
    if (begin < end) runs_.push_back({begin, end, what});
  }
  [[nodiscard]] bool is_empty() const noexcept { return runs_.is_empty(); }

  /// Calls `tell(count, what)` for each run of [begin, end) of which something is known, in order.
  template <class Tell>
  void look(std::uint64_t begin, std::uint64_t end, Tell tell) const {
    for (const run& each : runs_) {
      if (each.begin >= end) return;
      const std::uint64_t from = std::max(begin, each.begin);
      const std::uint64_t to = std::min(end, each.end);
      if (from < to) tell(to - from, each.what);
    }
  }
  void forget_before(std::uint64_t position) noexcept {
    while (!runs_.is_empty() && runs_.front().end <= position) runs_.drop_front();
  }

 private:
  struct run {
    std::uint64_t begin;
    std::uint64_t end;
    Note what;
  };

  ring<run> runs_;
};

}  // namespace genstage::inline v0
