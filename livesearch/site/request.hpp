#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/definition.hpp"
#include "livesearch/site/site_query.hpp"
#include "livesearch/site/syntax/url_template.hpp"

namespace livesearch {

/// What is sent to a site for one query.
struct site_request {
  request_method method = request_method::get;
  std::string url{};
  std::vector<request_header> headers{};
  std::string body{};
};

/// A site's request with everything made ready that is the same for all queries.
///
/// Threads: constant once made.
class request_form {
 public:
  /// Failure: `invalid_argument` for a wrong template, which a loaded definition never has.
  [[nodiscard]] static genstage::result<request_form> make(const site_definition& site);

  /// Fills it in for a query. What the site calls a time range may contain `{since}`, the seconds
  /// since 1970 at which the range begins, or `{since_date}`, that day as YYYY-MM-DD: they reckon
  /// from `now`.
  ///
  /// The query is percent-encoded; in a body that the Content-Type header calls JSON it is escaped
  /// as inside a JSON string. A body without a Content-Type header is called a form.
  [[nodiscard]] site_request fill(const site_query& query, std::chrono::sys_seconds now = {}) const;

  /// Whether the site can be asked for a page after the first.
  [[nodiscard]] bool has_pages() const noexcept;

 private:
  request_form() = default;

  request_method method_ = request_method::get;
  url_template url_;
  std::optional<url_template> body_;
  value_encoding body_encoding_ = value_encoding::percent;
  std::vector<request_header> headers_;
  std::uint32_t first_page_ = 1;
  std::size_t results_ = 0;
};

/// As `request_form`, for one query.
[[nodiscard]] genstage::result<site_request> make_request(const site_definition& site,
                                                          const site_query& query,
                                                          std::chrono::sys_seconds now = {});

/// The host that a site's queries are sent to; empty if its URL is wrong.
[[nodiscard]] std::string request_host(const site_definition& site);

/// The placeholders that a request may use.
inline constexpr std::string_view request_placeholders[] = {"query", "limit", "language",
                                                            "newer", "page",  "offset"};

}  // namespace livesearch
