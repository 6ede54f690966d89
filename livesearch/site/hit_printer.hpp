#pragma once

#include <ostream>

#include "livesearch/site/hit.hpp"

namespace livesearch {

/// Lets GoogleTest show hits; for tests only.
inline void PrintTo(const hit& shown, std::ostream* stream) {
  *stream << "{\"" << shown.title << "\", \"" << shown.url << "\", \"" << shown.snippet << "\"}";
}

}  // namespace livesearch
