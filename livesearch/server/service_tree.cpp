#include "livesearch/server/service_tree.hpp"

#include <chrono>
#include <genstage/observe/stall_detector.hpp>

#include "livesearch/search/lane.hpp"
#include "livesearch/search/search_desk.hpp"
#include "livesearch/server/http_service.hpp"

namespace livesearch {

namespace {

inline constexpr genstage::name<genstage::stall_detector> finds_stalls{"stall_detector"};
// Sites have their limits, and one that takes a second or two is no news, however many wait for it.
constexpr std::chrono::seconds patience{3};

}  // namespace

std::vector<genstage::child_spec> service_tree(const site_catalog& sites,
                                               const lane_services& services,
                                               genstage::http::http_server& endpoint) {
  std::vector<genstage::child_spec> children;
  children.push_back(genstage::child(
      finds_stalls, genstage::stall_detector_options{.blame = {.patience = patience}}));
  children.push_back(genstage::child(http_endpoint, &endpoint));
  children.push_back(lanes(sites, services));
  children.push_back(genstage::child(desk, services.board));
  return children;
}

}  // namespace livesearch
