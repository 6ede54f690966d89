#pragma once

#include <genstage/core/instant.hpp>
#include <string>

#include "livesearch/fetch/lane_gauge.hpp"

namespace livesearch {

/// All lanes as a page for people, without a script: `GET /lanes`.
[[nodiscard]] std::string write_lanes_page(lane_board& board, genstage::instant now);

}  // namespace livesearch
