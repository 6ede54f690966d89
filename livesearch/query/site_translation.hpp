#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "livesearch/query/search_query.hpp"
#include "livesearch/site/definition.hpp"
#include "livesearch/site/hit.hpp"
#include "livesearch/site/site_query.hpp"

namespace livesearch {

/// A query as one site is asked it.
struct site_translation {
  site_query asked{};
  /// What the site cannot do of it, a sentence each, for people.
  std::vector<std::string> remarks{};
};

/// Writes a query as the site's definition says it is written there. What the site cannot do is
/// left out of the request and said; `wanted_hits` makes up for it where results show it.
[[nodiscard]] site_translation translate(const search_query& query, const site_definition& site,
                                         std::uint32_t page = 1);

/// The results that the query does not exclude: those on a wanted host, on no hidden one, and with
/// no excluded word or phrase in title or snippet (whole words, ASCII letters in either case).
[[nodiscard]] std::vector<hit> wanted_hits(const search_query& query, std::vector<hit> hits);

}  // namespace livesearch
