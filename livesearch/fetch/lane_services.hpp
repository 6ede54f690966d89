#pragma once

#include <genstage/http/client.hpp>

#include "livesearch/fetch/calendar.hpp"
#include "livesearch/fetch/lane_gauge.hpp"
#include "livesearch/store/lane_memory.hpp"

namespace livesearch {

/// What a lane works with. Lifetime: all of it outlives the lanes.
struct lane_services {
  genstage::http::http_client* client;
  lane_board* board;
  lane_memory* memory = nullptr;  ///< nothing is kept without
  calendar times{};
  bool shares_requests = true;  ///< searches that ask a site the same wait for one request
};

}  // namespace livesearch
