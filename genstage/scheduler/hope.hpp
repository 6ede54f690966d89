#pragma once

#include <algorithm>
#include <cstdint>

namespace genstage::inline v0 {

/// Whether a worker that has nothing to run should look for more for a while before it parks.
///
/// One that ran something heavy lately may hope: whoever sent it that is likely to send more soon.
/// But if it looked in vain, it looks no more before it has run something heavy again, and after n
/// times in vain in a row it takes only every 2^n-th chance, so that what never comes costs little
/// and what comes often is found again.
/// Threads: the worker's own. Source: exponential back-off, as of spinning locks.
class hope {
 public:
  /// `activation` is counted by the worker, and may wrap round.
  void ran_something_heavy(std::uint32_t activation) noexcept { heavy_at_ = activation; }

  [[nodiscard]] bool may_look(std::uint32_t activation) noexcept {
    if (activation - heavy_at_ >= memory) return false;
    if (to_skip_ == 0) return true;
    --to_skip_;
    give_up(activation);
    return false;
  }

  void looked(bool has_found, std::uint32_t activation) noexcept {
    if (has_found) {
      vain_ = 0;
      return;
    }
    vain_ = std::min(vain_ + 1, most_vain);
    to_skip_ = (1U << vain_) - 1;
    give_up(activation);
  }

 private:
  static constexpr std::uint32_t memory = 16;  ///< More is hoped for, for so many activations.
  static constexpr std::uint32_t most_vain = 6;

  void give_up(std::uint32_t activation) noexcept { heavy_at_ = activation - memory; }

  std::uint32_t heavy_at_ = 0U - memory;
  std::uint32_t vain_ = 0;  ///< Looks in vain, in a row.
  std::uint32_t to_skip_ = 0;
};

}  // namespace genstage::inline v0
