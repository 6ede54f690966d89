#pragma once

#include <cstdint>

/// How often this program has allocated memory with operator new, on all threads.
///
/// Cost: linking this replaces the global operators new and delete by ones that count.
[[nodiscard]] std::uint64_t allocations() noexcept;
