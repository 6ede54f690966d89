#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <genstage/core/instant.hpp>
#include <optional>

#include "livesearch/site/definition.hpp"

namespace livesearch {

/// When the next request to a site may leave: a number of requests in each second and each day, and
/// a least distance between two. No window of a second or a day, wherever it begins, ever has more.
///
/// A pure value; the time is given to it.
class request_pace {
 public:
  explicit request_pace(const site_limits& limits);

  /// When the next request may leave.
  [[nodiscard]] genstage::instant next(genstage::instant now) const noexcept;
  [[nodiscard]] bool has_turn(genstage::instant now) const noexcept { return next(now) <= now; }
  /// When the last of `count` further requests could leave; at least one.
  [[nodiscard]] genstage::instant after(std::size_t count, genstage::instant now) const noexcept;
  /// Lets one leave; only when `next(now)` is not later than `now`.
  void take(genstage::instant now);

  /// As if all that may leave in a second had just left: for a lane that has lost its count.
  void assume_spent(genstage::instant now) { left_.assign(burst_, now); }

  /// Whether it is the day's limit that `next` waits for.
  [[nodiscard]] bool is_day_spent(genstage::instant now) const noexcept;

  /// What left in one part of the last day, to be kept over a restart.
  struct spent {
    genstage::instant since{};
    std::uint64_t requests = 0;
  };
  /// All that counts for the day now, as if it had left in its latest part; nothing if none.
  [[nodiscard]] std::optional<spent> whole_day() const noexcept;
  /// Takes over what had left before; before the first `take`.
  void restore(spent before);

 private:
  /// A day is counted in parts, each as long as it takes until its last moment is a day ago.
  static constexpr std::chrono::minutes part_length{15};

  void forget(genstage::instant now);
  [[nodiscard]] genstage::instant next_day_turn(std::uint64_t count,
                                                genstage::instant now) const noexcept;

  std::size_t burst_;  ///< requests that any `span_` may have
  std::chrono::nanoseconds span_;
  std::chrono::nanoseconds distance_;
  std::uint64_t per_day_;               ///< 0 for no limit
  std::deque<genstage::instant> left_;  ///< the last ones, at most `burst_`
  std::deque<spent> parts_;             ///< of the last day
  std::uint64_t today_ = 0;             ///< the sum of `parts_`
};

}  // namespace livesearch
