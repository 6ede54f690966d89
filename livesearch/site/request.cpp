#include "livesearch/site/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/syntax/letter_case.hpp"
#include "livesearch/site/syntax/url_template.hpp"

namespace livesearch {
namespace {

const request_header* content_type_of(const std::vector<request_header>& headers) {
  const auto found = std::ranges::find_if(
      headers, [](const request_header& each) { return lower_case(each.name) == "content-type"; });
  return found == headers.end() ? nullptr : &*found;
}

std::string replaced(std::string text, std::string_view part, const std::string& by) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + by.size())) {
    text.replace(at, part.size(), by);
  }
  return text;
}

/// The time range in the site's words, with the moment at which it begins.
std::string dated(const site_query& query, std::chrono::sys_seconds now) {
  if (query.newer.empty()) return {};
  const auto since = now - query.age;
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(since)};
  const std::string date =
      fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return replaced(
      replaced(query.newer, "{since}", std::to_string(since.time_since_epoch().count())),
      "{since_date}", date);
}

}  // namespace

genstage::result<site_request> make_request(const site_definition& site, const site_query& query,
                                            std::chrono::sys_seconds now) {
  const auto wrong = [&site](std::string_view key, const syntax_error& error) {
    return genstage::fail(
        genstage::errc::invalid_argument,
        fmt::format("{}: request.{}: {}; request not made", site.id, key, to_string(error)));
  };
  const auto url = url_template::parse(site.request.url, request_placeholders);
  if (!url) return wrong("url", url.error());
  const auto body = url_template::parse(site.request.body, request_placeholders);
  if (!body) return wrong("body", body.error());
  const auto limit = fmt::format("{}", site.limits.results);
  const auto page = fmt::format("{}", query.page - 1 + site.request.first_page);
  const auto newer = dated(query, now);
  const auto offset = fmt::format("{}", (query.page - 1) * site.limits.results);
  const std::array<placeholder_value, 6> values{{{"query", query.text},
                                                 {"limit", limit},
                                                 {"language", query.language, value_encoding::none},
                                                 {"newer", newer, value_encoding::none},
                                                 {"page", page},
                                                 {"offset", offset}}};
  site_request request{
      .method = site.request.method, .url = url->expand(values), .headers = site.request.headers};
  if (site.request.body.empty()) return request;
  const auto* type = content_type_of(request.headers);
  const bool is_json = type != nullptr && type->value.find("json") != std::string::npos;
  request.body =
      body->expand(values, is_json ? value_encoding::json_string : value_encoding::percent);
  if (type == nullptr) {
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  }
  return request;
}

bool has_pages(const site_definition& site) {
  const auto has = [](std::string_view text) {
    if (!text.contains("{page") && !text.contains("{offset")) return false;  // Most have none.
    const auto parsed = url_template::parse(text, request_placeholders);
    return parsed && (parsed->has("page") || parsed->has("offset"));
  };
  return has(site.request.url) || has(site.request.body);
}

std::string request_host(const site_definition& site) {
  const auto request = make_request(site, {.text = "x"});
  return request ? host_of(request->url).value_or("") : "";
}

}  // namespace livesearch
