#pragma once

#include <chrono>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <span>
#include <string>
#include <vector>

#include "livesearch/fetch/job.hpp"
#include "livesearch/query/search_query.hpp"
#include "livesearch/site/catalog.hpp"
#include "livesearch/site/site_query.hpp"

namespace livesearch {

/// What one site is asked in a search.
struct planned_site {
  site_ptr site;
  site_query asked{};
  /// What of the query the site cannot do, a sentence each, for people.
  std::vector<std::string> remarks{};
  /// When its part ends at the latest: the site's limit, or the searcher's if that is shorter.
  std::chrono::milliseconds limit{0};
};

/// A search before it begins: who is asked what. A pure value.
struct search_plan {
  search_query query;
  std::uint32_t page = 1;
  std::vector<planned_site> sites;
  cache_use cache = cache_use::allowed;
};

inline constexpr std::uint32_t last_page = 50;

/// Who is asked: the enabled sites, or those of `sites` and `categories`; the query's bangs choose
/// among them. Of pages after the first only sites that have some are asked.
///
/// Failure: as `site_catalog::select`; not_found for a bang or a category that names none of them;
/// invalid_argument for a page that is out of bounds. All in words for the searcher.
[[nodiscard]] genstage::result<search_plan> plan_search(
    const site_catalog& catalog, search_query query, std::span<const std::string> sites = {},
    std::span<const std::string> categories = {}, std::uint32_t page = 1);

}  // namespace livesearch
