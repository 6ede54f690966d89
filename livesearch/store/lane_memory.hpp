#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "livesearch/site/hit.hpp"

namespace livesearch {

using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// An answer of a site that may be given again.
struct kept_answer {
  std::vector<hit> hits{};
  wall_time at{};  ///< when the site gave it

  friend bool operator==(const kept_answer&, const kept_answer&) = default;
};

/// What a lane has learnt of its site, as far as it outlasts the program.
struct lane_condition {
  std::uint32_t breaker_level = 0;
  std::uint32_t failures = 0;
  std::optional<wall_time> probe_at{};
  std::optional<wall_time> limited_until{};
  double with_results = 0;
  double answers = 0;
  std::uint32_t empty_in_a_row = 0;
  wall_time spent_since{};  ///< the part of the day that `spent` was counted in
  std::uint64_t spent = 0;

  friend bool operator==(const lane_condition&, const lane_condition&) = default;
};

/// The port to what lanes keep over a restart. Without one nothing is kept.
///
/// Threads: any.
class lane_memory {
 public:
  using receiver = std::move_only_function<void(std::optional<kept_answer>)>;

  virtual ~lane_memory() = default;

  /// Looks for an answer that has not expired at `now` and calls back once, on any thread, possibly
  /// inside this call.
  virtual void find(const std::string& site, const std::string& query, wall_time now,
                    receiver tell) = 0;
  /// Keeps an answer until `expires`. It may be dropped for want of room.
  virtual void keep(const std::string& site, const std::string& query, kept_answer answer,
                    wall_time expires) = 0;

  /// What was noted last of a site.
  [[nodiscard]] virtual std::optional<lane_condition> recall(const std::string& site) = 0;
  virtual void note(const std::string& site, const lane_condition& condition) = 0;
};

}  // namespace livesearch
