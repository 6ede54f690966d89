#pragma once

#include <cstdint>

#include "livesearch/site/hit.hpp"

namespace livesearch {

/// By which results of different sites are recognised as the same page: hashes (FNV-1a, 64 bits).
struct hit_keys {
  std::uint64_t page = 0;   ///< of the canonical URL
  std::uint64_t title = 0;  ///< of the title; 0 if it says too little

  friend bool operator==(const hit_keys&, const hit_keys&) = default;
};

[[nodiscard]] hit_keys keys_of(const hit& found);

}  // namespace livesearch
