#include "livesearch/fetch/detour.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/syntax/letter_case.hpp"

namespace livesearch {

namespace http = genstage::http;
using genstage::errc;

namespace {

/// Scheme, host and port.
std::string origin_of(std::string_view url) {
  const std::size_t host = url.find("//");
  if (host == std::string_view::npos) return {};
  return lower_case(url.substr(0, url.find_first_of("/?#", host + 2)));
}

}  // namespace

genstage::result<std::optional<detour>> read_detour(const http::http_response& response,
                                                    const std::optional<detour>& before) {
  const unsigned status = response.status;
  const bool keeps_body = status == 307 || status == 308;
  const bool is_redirect = keeps_body || (status >= 301 && status <= 303);
  const std::string_view location = http::find_header(response.headers, "Location");
  if (!is_redirect || location.empty()) return std::nullopt;
  auto url = resolved_url(response.final_url, location);
  if (!url) {
    return genstage::fail(errc::refused,
                          fmt::format("The site redirected the request to \"{}\", http and https "
                                      "are allowed; not followed.",
                                      location.substr(0, 200)));
  }
  const std::uint32_t hops = before ? before->hops + 1 : 1;
  if (hops > most_hops) {
    return genstage::fail(
        errc::bad_answer,
        fmt::format("The site redirected the request more than {} times.", most_hops));
  }
  url->erase(std::min(url->find('#'), url->size()));
  return detour{std::move(*url), keeps_body && (!before || before->keeps_body), hops};
}

void go_on(http::http_request& request, const detour& to) {
  if (!to.keeps_body && request.method != "GET") {
    request.method = "GET";
    request.body.clear();
    std::erase_if(request.headers, [](const http::http_header& each) {
      return http::equal_without_case(each.name, "Content-Type");
    });
  }
  if (origin_of(request.url) != origin_of(to.url)) {
    std::erase_if(request.headers, [](const http::http_header& each) {
      const auto is = [&](std::string_view name) {
        return http::equal_without_case(each.name, name);
      };
      return is("Authorization") || is("Cookie") || is("traceparent") || is("tracestate");
    });
  }
  request.url = to.url;
}

}  // namespace livesearch
