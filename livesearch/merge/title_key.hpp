#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace livesearch {

/// What titles of the same page at different sites have in common: their words in order, without
/// letter case (ASCII), punctuation, articles and the site's own name at either end
/// ("Back pressure explained - Example Wiki" at wiki.example.org).
///
/// Empty for a title that says too little to be taken for another: fewer than three such words, or
/// fewer than 16 bytes.
[[nodiscard]] std::string title_key(std::string_view title, std::string_view url);

/// Its hash (FNV-1a, 64 bits) without making it; 0 for an empty one.
[[nodiscard]] std::uint64_t title_hash(std::string_view title, std::string_view url);

}  // namespace livesearch
