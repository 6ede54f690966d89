#pragma once

#include <genstage/core/instant.hpp>
#include <string>
#include <string_view>

#include "livesearch/fetch/lane_gauge.hpp"

namespace livesearch {

/// All lanes as a page for people, without a script: `GET /lanes`. It leads to the inspector if
/// there is one.
[[nodiscard]] std::string write_lanes_page(lane_board& board, genstage::instant now,
                                           std::string_view inspector = {});

}  // namespace livesearch
