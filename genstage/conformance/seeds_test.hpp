#pragma once

#include <cstdint>
#include <genstage/conformance/scenario_maker.hpp>

namespace genstage::conformance {

/// As many seeds as there is time for: sanitizers make everything ten times slower.
inline std::uint64_t seed_count(std::uint64_t full) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return full / 20;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return full / 20;
#else
  return full;
#endif
#else
  return full;
#endif
}

}  // namespace genstage::conformance
