#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <optional>

namespace livesearch {

/// How often a request that failed may be made again, so that retries never become the load that
/// keeps a site down: a tenth of the requests of late, and a few for a site that is asked seldom.
///
/// A pure value; time and chance are given to it.
/// Source: the retry budget of Finagle; full jitter as in Brooker, "Exponential Backoff And
/// Jitter", AWS Architecture Blog, 2015.
class retry_budget {
 public:
  /// A request was made that is no retry.
  void deposit() noexcept { saved_ = std::min(saved_ + each_request, most_saved); }

  /// One failed attempt of a job.
  struct failed_attempt {
    std::uint32_t attempts = 1;  ///< made so far
    std::uint32_t most_retries = 0;
    std::chrono::nanoseconds usual{0};  ///< how long an answer of the site takes
    genstage::instant deadline{};       ///< of the job
    /// What the site asked to wait, if it did.
    std::chrono::nanoseconds at_least{0};
  };

  /// When the next attempt may begin, with a random delay so that jobs that failed together do not
  /// come back together; nothing if there may be none. Takes from the budget.
  [[nodiscard]] std::optional<genstage::instant> withdraw(const failed_attempt& failed,
                                                          genstage::instant now,
                                                          std::uint64_t chance) noexcept {
    if (failed.attempts > failed.most_retries || saved_ < one_retry) return std::nullopt;
    const auto widest = std::min(first_delay * (std::int64_t{1} << std::min(failed.attempts, 8U)),
                                 std::chrono::nanoseconds{longest_delay});
    const std::chrono::nanoseconds jitter{
        static_cast<std::int64_t>(chance % static_cast<std::uint64_t>(widest.count()))};
    const genstage::instant begin = now + failed.at_least + jitter;
    // An attempt that is unlikely to end in time would only be load.
    if (begin + failed.usual >= failed.deadline) return std::nullopt;
    saved_ -= one_retry;
    return begin;
  }

 private:
  static constexpr std::chrono::nanoseconds first_delay = std::chrono::milliseconds{50};
  static constexpr std::chrono::nanoseconds longest_delay = std::chrono::seconds{2};
  static constexpr std::int64_t each_request = 1;
  static constexpr std::int64_t one_retry = 10;
  static constexpr std::int64_t most_saved = 100;

  std::int64_t saved_ = 3 * one_retry;
};

}  // namespace livesearch
