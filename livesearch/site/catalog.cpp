#include "livesearch/site/catalog.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace livesearch {

genstage::result<searchable_site> searchable_site::make(site_definition site) {
  auto request = request_form::make(site);
  if (!request) return std::unexpected{std::move(request.error())};
  auto reader = extractor::make(site);
  if (!reader) return std::unexpected{std::move(reader.error())};
  return searchable_site{std::move(site), *std::move(request), *std::move(reader)};
}

genstage::result<site_catalog> site_catalog::make(std::vector<site_definition> sites) {
  site_catalog made;
  for (site_definition& each : sites) {
    auto site = searchable_site::make(std::move(each));
    if (!site) return std::unexpected{std::move(site.error())};
    made.sites_.push_back(std::make_shared<const searchable_site>(*std::move(site)));
  }
  return made;
}

site_ptr site_catalog::find(std::string_view id) const noexcept {
  const auto found =
      std::ranges::find_if(sites_, [&](const site_ptr& each) { return each->definition.id == id; });
  return found != sites_.end() ? *found : nullptr;
}

genstage::result<std::vector<site_ptr>> site_catalog::select(
    std::span<const std::string> ids) const {
  using genstage::errc;
  std::vector<site_ptr> chosen;
  for (const std::string& id : ids) {
    const site_ptr site = find(id);
    if (!site) {
      std::vector<std::string_view> known;
      for (const site_ptr& each : sites_) known.push_back(each->definition.id);
      return genstage::fail(errc::not_found,
                            fmt::format("site: \"{}\" is not known, known are {}; not searched", id,
                                        fmt::join(known, ", ")));
    }
    if (!site->definition.enabled) {
      return genstage::fail(errc::refused,
                            fmt::format("site: \"{}\" is turned off; not searched", id));
    }
    if (std::ranges::find(chosen, site) == chosen.end()) chosen.push_back(site);
  }
  if (!ids.empty()) return chosen;
  std::ranges::copy_if(sites_, std::back_inserter(chosen),
                       [](const site_ptr& each) { return each->definition.enabled; });
  return chosen;
}

}  // namespace livesearch
