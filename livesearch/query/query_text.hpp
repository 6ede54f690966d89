#pragma once

#include <genstage/core/error.hpp>
#include <string>
#include <string_view>

namespace livesearch {

/// The longest query in bytes, after white space at its ends is taken off.
inline constexpr std::size_t longest_query = 1000;

/// The query as it will be asked: trimmed, not empty, not too long, valid UTF-8 without control
/// characters. Failure: invalid_argument, in words for the searcher.
[[nodiscard]] genstage::result<std::string> checked_query(std::string_view query);

}  // namespace livesearch
