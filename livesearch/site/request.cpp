#include "livesearch/site/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/syntax/letter_case.hpp"

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

genstage::result<request_form> request_form::make(const site_definition& site) {
  const auto wrong = [&site](std::string_view key, const syntax_error& error) {
    return genstage::fail(
        genstage::errc::invalid_argument,
        fmt::format("{}: request.{}: {}; request not made", site.id, key, to_string(error)));
  };
  request_form form;
  form.method_ = site.request.method;
  form.headers_ = site.request.headers;
  form.first_page_ = site.request.first_page;
  form.results_ = site.limits.results;
  auto url = url_template::parse(site.request.url, request_placeholders);
  if (!url) return wrong("url", url.error());
  form.url_ = *std::move(url);
  if (site.request.body.empty()) return form;
  auto body = url_template::parse(site.request.body, request_placeholders);
  if (!body) return wrong("body", body.error());
  form.body_ = *std::move(body);
  if (const auto* type = content_type_of(form.headers_); type == nullptr) {
    form.headers_.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  } else if (type->value.contains("json")) {
    form.body_encoding_ = value_encoding::json_string;
  }
  return form;
}

site_request request_form::fill(const site_query& query, std::chrono::sys_seconds now) const {
  const auto limit = std::to_string(results_);
  const auto page = std::to_string(query.page - 1 + first_page_);
  const auto newer = dated(query, now);
  const auto offset = std::to_string((query.page - 1) * results_);
  const std::array<placeholder_value, 6> values{{{"query", query.text},
                                                 {"limit", limit},
                                                 {"language", query.language, value_encoding::none},
                                                 {"newer", newer, value_encoding::none},
                                                 {"page", page},
                                                 {"offset", offset}}};
  return {.method = method_,
          .url = url_.expand(values),
          .headers = headers_,
          .body = body_ ? body_->expand(values, body_encoding_) : std::string{}};
}

bool request_form::has_pages() const noexcept {
  const auto has = [](const url_template& text) { return text.has("page") || text.has("offset"); };
  return has(url_) || (body_ && has(*body_));
}

genstage::result<site_request> make_request(const site_definition& site, const site_query& query,
                                            std::chrono::sys_seconds now) {
  const auto form = request_form::make(site);
  if (!form) return std::unexpected{form.error()};
  return form->fill(query, now);
}

std::string request_host(const site_definition& site) {
  const auto request = make_request(site, {.text = "x"});
  return request ? host_of(request->url).value_or("") : "";
}

}  // namespace livesearch
