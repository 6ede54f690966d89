#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/hit.hpp"

namespace livesearch {

/// Hits as one text: each value with its length before it.
[[nodiscard]] std::string write_hits(const std::vector<hit>& hits);
/// Nothing if the text is not one that `write_hits` made.
[[nodiscard]] std::optional<std::vector<hit>> read_hits(std::string_view text);

}  // namespace livesearch
