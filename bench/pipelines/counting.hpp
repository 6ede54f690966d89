#pragma once

#include <chrono>
#include <cstdio>
#include <genstage/scheduler/thread_pool.hpp>

#include "../allocations.hpp"
#include "arguments.hpp"

// What programs do whose instructions are counted, by instructions.py.

/// Where instructions are counted the clock runs far too fast, and all stages would pass for heavy.
inline genstage::thread_pool_options pool_options(const arguments& wanted) {
  genstage::thread_pool_options options{.workers = static_cast<std::size_t>(wanted.workers)};
  if (wanted.counted != 0) options.heavy_activation = std::chrono::hours{1};
  return options;
}

/// Prints them last, where they are counted.
inline void report_allocations(const arguments& wanted) {
  if (wanted.counted == 0) return;
  std::printf("%llu\n", static_cast<unsigned long long>(allocations()));
}
