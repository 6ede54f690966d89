#pragma once

#include <cstdint>
#include <string_view>

namespace genstage::inline v0 {

/// The hash of nothing.
inline constexpr std::uint64_t fnv1a_of_nothing = 0xcbf29ce484222325U;

/// FNV-1a with 64 bits: it tells contents apart and is the same everywhere, and guards against
/// nobody. Of a content in pieces, each goes on from the hash of those before it.
/// Source: Fowler, Noll, Vo, Eastlake, "The FNV Non-Cryptographic Hash Algorithm".
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view bytes,
                                            std::uint64_t before = fnv1a_of_nothing) noexcept {
  for (const char byte : bytes) {
    before = (before ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  }
  return before;
}

}  // namespace genstage::inline v0
