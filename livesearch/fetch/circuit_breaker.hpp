#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <optional>
#include <utility>

namespace livesearch {

/// Keeps searchers from waiting for a site that does not work.
///
/// After some failures in a row it opens: nobody waits for the site any more. When its time is over
/// one request is made that belongs to no searcher, the probe. If that works the breaker closes; if
/// not, it stays open for twice as long. A success lowers what the next opening costs by one step
/// and does not wipe it out, so that a site that works now and then is asked now and then.
///
/// A pure value; the time is given to it.
/// Source: Nygard, "Release It!", 2007; levels that rise and fall as in Prowlarr.
class circuit_breaker {
 public:
  static constexpr std::uint32_t failures_to_open = 5;
  static constexpr std::chrono::seconds first_wait{5};
  static constexpr std::uint32_t most_levels = 8;  ///< 5 s, 10 s, ... to about 10 minutes

  enum class state : std::uint8_t { closed, open };

  /// What is kept over a restart.
  struct memory {
    std::uint32_t level = 0;     ///< how often it opened, less what successes took off
    std::uint32_t failures = 0;  ///< in a row
    /// The next probe, if it is open.
    std::optional<genstage::instant> probe_at{};

    friend bool operator==(const memory&, const memory&) = default;
  };

  circuit_breaker() noexcept = default;
  explicit circuit_breaker(memory before) noexcept : memory_{before} {
    memory_.level = std::min(memory_.level, most_levels - 1);
  }

  /// A request worked, be it a searcher's or the probe.
  void succeeded() noexcept {
    memory_.failures = 0;
    if (memory_.level > 0) --memory_.level;
    memory_.probe_at.reset();
    is_probing_ = false;
  }

  /// A request failed in a way that says something about the site.
  void failed(genstage::instant now, std::uint64_t chance) noexcept {
    ++memory_.failures;
    if (memory_.probe_at) {
      // Only the probe tells of a site that is open; the others had begun before.
      if (is_probing_) open(now, chance);
    } else if (memory_.failures >= failures_to_open) {
      open(now, chance);
    }
  }

  /// The site refuses this program: there is no sense in asking it four times more.
  void refused(genstage::instant now, std::uint64_t chance) noexcept {
    memory_.failures = std::max(memory_.failures, failures_to_open - 1);
    failed(now, chance);
  }

  /// To be asked when `probe_at` has come; true if the probe is to be made now.
  [[nodiscard]] bool begin_probe(genstage::instant now) noexcept {
    if (!memory_.probe_at || *memory_.probe_at > now || is_probing_) return false;
    return is_probing_ = true;
  }
  /// The probe came to no end that tells anything.
  void abandon_probe(genstage::instant now) noexcept {
    if (!std::exchange(is_probing_, false) || !memory_.probe_at) return;
    memory_.probe_at = now + first_wait;
  }

  [[nodiscard]] state is() const noexcept { return memory_.probe_at ? state::open : state::closed; }
  [[nodiscard]] bool is_probing() const noexcept { return is_probing_; }
  /// When the next probe is due; nothing if it is closed.
  [[nodiscard]] std::optional<genstage::instant> probe_at() const noexcept {
    return memory_.probe_at;
  }
  [[nodiscard]] const memory& remembered() const noexcept { return memory_; }

 private:
  /// A tenth of the time is random, so that breakers that opened together do not probe together.
  void open(genstage::instant now, std::uint64_t chance) noexcept {
    const std::chrono::nanoseconds wait = first_wait * (std::int64_t{1} << memory_.level);
    const std::chrono::nanoseconds jitter{
        static_cast<std::int64_t>(chance % static_cast<std::uint64_t>(wait.count() / 10))};
    memory_.probe_at = now + wait + jitter;
    memory_.level = std::min(memory_.level + 1, most_levels - 1);
    is_probing_ = false;
  }

  memory memory_;
  bool is_probing_ = false;
};

}  // namespace livesearch
