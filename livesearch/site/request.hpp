#pragma once

#include <chrono>
#include <genstage/core/error.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/definition.hpp"
#include "livesearch/site/site_query.hpp"

namespace livesearch {

/// What is sent to a site for one query.
struct site_request {
  request_method method = request_method::get;
  std::string url{};
  std::vector<request_header> headers{};
  std::string body{};
};

/// Fills a site's request in. What the site calls a time range may contain `{since}`, the seconds
/// since 1970 at which the range begins, or `{since_date}`, that day as YYYY-MM-DD: they reckon
/// from `now`.
///
/// The query is percent-encoded; in a body that the Content-Type header calls JSON it is escaped as
/// inside a JSON string. A body without a Content-Type header is called a form.
///
/// Failure: `invalid_argument` for a wrong template, which a loaded definition never has.
[[nodiscard]] genstage::result<site_request> make_request(const site_definition& site,
                                                          const site_query& query,
                                                          std::chrono::sys_seconds now = {});

/// Whether the site can be asked for a page after the first.
[[nodiscard]] bool has_pages(const site_definition& site);

/// The host that a site's queries are sent to; empty if its URL is wrong.
[[nodiscard]] std::string request_host(const site_definition& site);

/// The placeholders that a request may use.
inline constexpr std::string_view request_placeholders[] = {"query", "limit", "language",
                                                            "newer", "page",  "offset"};

}  // namespace livesearch
