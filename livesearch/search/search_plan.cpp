#include "livesearch/search/search_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "livesearch/query/site_translation.hpp"
#include "livesearch/site/request.hpp"

namespace livesearch {

namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_called(const site_definition& site, std::string_view name) {
  return site.id == name || has(site.bangs, name) || has(site.categories, name);
}

/// Every name that chooses one of these sites, in order.
std::set<std::string_view> names_of(std::span<const site_ptr> sites) {
  std::set<std::string_view> names;
  for (const site_ptr& each : sites) {
    const site_definition& site = each->definition;
    names.insert(site.id);
    names.insert(site.bangs.begin(), site.bangs.end());
    names.insert(site.categories.begin(), site.categories.end());
  }
  return names;
}

genstage::result<std::vector<site_ptr>> in_categories(std::vector<site_ptr> sites,
                                                      std::span<const std::string> categories) {
  for (const std::string& category : categories) {
    const bool is_known = std::ranges::any_of(
        sites, [&](const site_ptr& each) { return has(each->definition.categories, category); });
    if (is_known) continue;
    std::set<std::string_view> known;
    for (const site_ptr& each : sites) {
      known.insert(each->definition.categories.begin(), each->definition.categories.end());
    }
    return genstage::fail(genstage::errc::not_found,
                          fmt::format("category: \"{}\" is not known, known are {}; not searched",
                                      category, fmt::join(known, ", ")));
  }
  std::erase_if(sites, [&](const site_ptr& each) {
    return std::ranges::none_of(categories, [&](const std::string& category) {
      return has(each->definition.categories, category);
    });
  });
  return sites;
}

/// Those of `sites` that a bang names.
genstage::result<std::vector<site_ptr>> named_by(const std::vector<std::string>& bangs,
                                                 std::vector<site_ptr> sites) {
  for (const std::string& bang : bangs) {
    const bool is_known = std::ranges::any_of(
        sites, [&](const site_ptr& each) { return is_called(each->definition, bang); });
    if (is_known) continue;
    return genstage::fail(
        genstage::errc::not_found,
        fmt::format("query: !{} names none of the sites that are asked, known are !{}; put "
                    "quotation marks around it to search for it; not searched",
                    bang, fmt::join(names_of(sites), ", !")));
  }
  std::erase_if(sites, [&](const site_ptr& each) {
    return std::ranges::none_of(
        bangs, [&](const std::string& bang) { return is_called(each->definition, bang); });
  });
  return sites;
}

}  // namespace

genstage::result<search_plan> plan_search(const site_catalog& catalog, search_query query,
                                          std::span<const std::string> sites,
                                          std::span<const std::string> categories,
                                          std::uint32_t page) {
  if (page < 1 || page > last_page) {
    return genstage::fail(genstage::errc::invalid_argument,
                          fmt::format("page: {} is out of bounds, 1 to {} are allowed; not "
                                      "searched",
                                      page, last_page));
  }
  auto chosen = catalog.select(sites);
  if (chosen && !categories.empty()) chosen = in_categories(std::move(*chosen), categories);
  if (chosen && !query.bangs.empty()) chosen = named_by(query.bangs, std::move(*chosen));
  if (!chosen) return std::unexpected{std::move(chosen.error())};
  search_plan plan{std::move(query), page, {}};
  for (site_ptr& each : *chosen) {
    if (page > 1 && !each->request.has_pages()) continue;
    const site_definition& site = each->definition;
    site_translation made = translate(plan.query, site, page);
    const auto limit = std::min(site.limits.time, plan.query.limit.value_or(site.limits.time));
    plan.sites.push_back({std::move(each), std::move(made.asked), std::move(made.remarks), limit});
  }
  return plan;
}

}  // namespace livesearch
