#pragma once

#include <genstage/core/instant.hpp>
#include <string>

#include "livesearch/fetch/lane_gauge.hpp"

namespace livesearch {

inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// All lanes as Prometheus reads them.
///
/// Source: the text format 0.0.4 of Prometheus.
[[nodiscard]] std::string write_metrics(lane_board& board, genstage::instant now);

}  // namespace livesearch
