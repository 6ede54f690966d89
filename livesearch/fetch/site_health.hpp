#pragma once

#include <cstdint>
#include <genstage/core/instant.hpp>
#include <optional>

#include "livesearch/fetch/circuit_breaker.hpp"
#include "livesearch/fetch/drift_watch.hpp"
#include "livesearch/fetch/outcome.hpp"

namespace livesearch {

/// What a lane knows of its site's condition: whether it works, until when it is not to be asked,
/// and whether its answers can still be read.
///
/// A pure value; time and chance are given to it.
class site_health {
 public:
  /// What is kept over a restart.
  struct memory {
    circuit_breaker::memory breaker{};
    drift_watch::memory drift{};
    std::optional<genstage::instant> limited_until{};
  };

  site_health() noexcept = default;
  explicit site_health(const memory& before)
      : breaker_{before.breaker}, drift_{before.drift}, limited_until_{before.limited_until} {}

  /// The answer that is given instead of asking the site; nothing if it may be asked.
  [[nodiscard]] std::optional<site_answer> refusal(genstage::instant now) const;

  /// Learns from what a request came to. An answer without results may become suspicious.
  void learn(site_answer& answer, genstage::instant now, std::uint64_t chance);
  /// A request was given up because its time was over.
  void learn_timeout(genstage::instant now, std::uint64_t chance) noexcept {
    breaker_.failed(now, chance);
  }

  [[nodiscard]] circuit_breaker& breaker() noexcept { return breaker_; }
  [[nodiscard]] const circuit_breaker& breaker() const noexcept { return breaker_; }
  /// When the site may be asked again, as it said itself; nothing if it may be.
  [[nodiscard]] std::optional<genstage::instant> limited_until(
      genstage::instant now) const noexcept {
    return limited_until_ && *limited_until_ > now ? limited_until_ : std::nullopt;
  }
  [[nodiscard]] memory remembered() const noexcept {
    return {breaker_.remembered(), drift_.remembered(), limited_until_};
  }

 private:
  circuit_breaker breaker_;
  drift_watch drift_;
  std::optional<genstage::instant> limited_until_;
};

}  // namespace livesearch
