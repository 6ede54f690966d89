#pragma once

#include <cstdint>

/// Takes about 1 us on a processor of today: a chain of multiplications, of which none can begin
/// before the last one has ended. All systems whose numbers wrap around do the same.
inline std::uint64_t work(std::uint64_t seed) {
  for (int step = 0; step < 700; ++step) seed = seed * 6364136223846793005U + 1442695040888963407U;
  return seed;
}

/// What a consumer adds up; the compiler cannot leave it out.
inline void keep_result(std::uint64_t& result) {
  asm volatile("" : "+r,m"(result) : : "memory");
}
