#include "livesearch/server/service_tree.hpp"

#include <memory>

#include "livesearch/search/lane.hpp"
#include "livesearch/search/search_desk.hpp"
#include "livesearch/server/http_service.hpp"

namespace livesearch {

std::vector<genstage::child_spec> service_tree(const site_catalog& sites,
                                               const lane_services& services,
                                               genstage::http::http_server& endpoint) {
  std::vector<genstage::child_spec> children;
  children.push_back(genstage::child_from(
      http_endpoint, [&endpoint] { return std::make_unique<http_service>(&endpoint); }));
  children.push_back(lanes(sites, services));
  children.push_back(genstage::child(desk, services.board));
  return children;
}

}  // namespace livesearch
