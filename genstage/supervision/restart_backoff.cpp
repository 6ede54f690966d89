#include <algorithm>
#include <cmath>
#include <genstage/supervision/restart_backoff.hpp>

namespace genstage::inline v0 {

duration restart_backoff::wait(std::size_t failures, std::uint64_t random) const {
  const auto longest_ns = static_cast<double>(longest.count());
  const double grown =
      static_cast<double>(first.count()) * std::pow(factor, static_cast<double>(failures) - 1.0);
  // Not a number and infinity become the longest as well.
  const double chosen = grown < longest_ns ? grown : longest_ns;
  constexpr double two_to_53 = 9007199254740992.0;
  const double unit = static_cast<double>(random >> 11U) / two_to_53;
  const double spread = chosen * (1.0 + jitter * (2.0 * unit - 1.0));
  return duration{static_cast<duration::rep>(std::clamp(spread, 0.0, longest_ns))};
}

}  // namespace genstage::inline v0
