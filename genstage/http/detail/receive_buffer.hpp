#pragma once

#include <algorithm>
#include <cstddef>

namespace genstage::inline v0::http::detail {

/// The bytes that libcurl may read at once for one of so many transfers.
///
/// It holds them from the request on, and most of many thousand requests only wait for an answer:
/// together all buffers may take some 4 MiB before they become smaller, and are never smaller than
/// 4 KiB each, as each reading takes its time. One less than a power of two: libcurl adds a byte.
[[nodiscard]] constexpr std::size_t receive_buffer(std::size_t transfers) noexcept {
  constexpr std::size_t largest = 16U << 10U;
  constexpr std::size_t smallest = 4U << 10U;
  constexpr std::size_t together = 4U << 20U;
  return std::clamp(together / std::max<std::size_t>(transfers, 1), smallest, largest) - 1;
}

}  // namespace genstage::inline v0::http::detail
