#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/core/instant.hpp>

namespace genstage::inline v0 {

/// Which activations of a worker are measured: those known to be heavy, by themselves, and of the
/// others one of `interval`; but each one as long as what was not measured took long altogether,
/// since somebody among them has become heavy, and before that is known nobody shares his work.
///
/// Threads: the worker's own, but for `look_closer`.
class sampling {
 public:
  /// Prime, since processes take turns: of two that talk to each other, an even number would always
  /// meet the same one.
  static constexpr std::uint32_t interval = 31;

  /// Activations are counted by the worker, and may wrap round.
  [[nodiscard]] bool is_due(std::uint32_t activation) const noexcept {
    const std::uint32_t past = activation - due_at_.load(std::memory_order_relaxed);
    return static_cast<std::int32_t>(past) >= 0;
  }

  /// The next one is due. `activation` is one that has begun. Threads: any.
  void look_closer(std::uint32_t activation) noexcept {
    due_at_.store(activation, std::memory_order_relaxed);
  }

  /// One of which it is known beforehand was measured.
  void measured_heavy(duration took) noexcept {
    explained_ += took;
    ++explained_count_;
  }

  /// Another one was measured, which ended at `end`; on average it may take `light`. Returns how
  /// many it stands for: all since the last one.
  std::uint32_t measured(std::uint32_t activation, instant end, duration light) noexcept {
    const std::uint32_t count = activation - last_ - explained_count_;
    const bool is_light = end - last_end_ - explained_ <= light * count;
    due_at_.store(activation + (is_light ? interval : 1), std::memory_order_relaxed);
    begin_anew(activation, end);
    return count;
  }

  /// The worker had nothing to do until now. `activation` is the last one.
  void idled(std::uint32_t activation, instant now) noexcept { begin_anew(activation, now); }

 private:
  void begin_anew(std::uint32_t activation, instant now) noexcept {
    last_ = activation;
    last_end_ = now;
    explained_ = duration::zero();
    explained_count_ = 0;
  }

  std::atomic<std::uint32_t> due_at_{interval};
  std::uint32_t last_ = 0;  ///< Before it nothing has to be explained.
  instant last_end_{};
  duration explained_{};  ///< What the heavy ones took since.
  std::uint32_t explained_count_ = 0;
};

}  // namespace genstage::inline v0
