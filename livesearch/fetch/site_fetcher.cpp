#include "livesearch/fetch/site_fetcher.hpp"

#include <fmt/format.h>

#include <genstage/http/fetch.hpp>
#include <utility>

#include "livesearch/site/request.hpp"

namespace livesearch {

namespace http = genstage::http;

namespace {

http::network_scope scope_of(network_scope allowed) noexcept {
  switch (allowed) {
    case network_scope::public_network:
      return http::network_scope::public_only;
    case network_scope::private_network:
      return http::network_scope::with_private;
    case network_scope::loopback:
      return http::network_scope::loopback_only;
  }
  return http::network_scope::public_only;
}

http::http_request to_http(const site_definition& site, site_request asked,
                           genstage::duration left) {
  http::http_request request;
  request.method = asked.method == request_method::post ? "POST" : "GET";
  request.url = std::move(asked.url);
  for (request_header& each : asked.headers) {
    request.headers.push_back({std::move(each.name), std::move(each.value)});
  }
  request.body = std::move(asked.body);
  // A backstop only: the search itself ends the job at its deadline.
  request.total_limit =
      std::chrono::duration_cast<std::chrono::milliseconds>(left) + std::chrono::milliseconds{100};
  request.max_body = static_cast<std::size_t>(site.limits.size.bytes);
  request.scope = scope_of(site.network);
  return request;
}

site_answer answer(site_outcome outcome, std::string message) {
  return {outcome, std::move(message), {}};
}

}  // namespace

genstage::task<> site_fetcher::handle_events(std::span<search_job> jobs) {
  for (search_job& each : jobs) {
    search_job job = std::move(each);
    if (job.wanted.stop_requested()) {
      job.duty.answer(answer(site_outcome::skipped, "Nobody waits for the answer any more."));
    } else if (job.deadline <= now()) {
      job.duty.answer(answer(site_outcome::timed_out, "Its turn did not come in time."));
    } else {
      site_answer given = co_await ask(job);
      job.duty.answer(std::move(given));
    }
  }
}

genstage::task<site_answer> site_fetcher::ask(const search_job& job) const {
  const site_definition& site = site_->definition;
  genstage::result<site_request> filled = make_request(site, job.query);
  if (!filled) co_return answer(site_outcome::bad_answer, filled.error().message);
  auto asked =
      http::fetch(*client_, to_http(site, std::move(*filled), job.deadline - now()), job.wanted);
  const genstage::result<http::http_response> response = co_await std::move(asked);
  co_return response ? read_answer(*site_, *response) : read_failure(*site_, response.error());
}

site_answer read_answer(const searchable_site& site, const http::http_response& response) {
  const unsigned status = response.status;
  if (status == 429) {
    const std::string_view after = http::find_header(response.headers, "Retry-After");
    return answer(site_outcome::rate_limited,
                  after.empty() ? std::string{"The site asks for fewer requests."}
                                : fmt::format("The site asks for fewer requests (Retry-After: {}).",
                                              after.substr(0, 40)));
  }
  if (status == 401 || status == 402 || status == 403) {
    return answer(site_outcome::blocked, fmt::format("The site refused with status {}.", status));
  }
  if (status < 200 || status > 299) {
    return answer(site_outcome::bad_answer, fmt::format("The site answered status {}.", status));
  }
  auto hits = site.reader.extract({response.body, response.content_type, response.final_url});
  if (!hits) return answer(site_outcome::bad_answer, std::move(hits.error().message));
  if (hits->empty())
    return answer(site_outcome::no_results, "The site has nothing for this query.");
  return {site_outcome::results, {}, std::move(*hits)};
}

site_answer read_failure(const searchable_site& site, const genstage::error& failure) {
  using genstage::errc;
  switch (failure.code) {
    case errc::timed_out:
      return answer(site_outcome::timed_out,
                    fmt::format("No answer within {} ms.", site.definition.limits.time.count()));
    case errc::refused:
      return answer(site_outcome::skipped, failure.message);
    case errc::unreachable:
      return answer(site_outcome::unreachable, failure.message);
    case errc::over_capacity:
      return answer(site_outcome::busy, failure.message);
    case errc::cancelled:
      return answer(site_outcome::skipped, "Nobody waits for the answer any more.");
    default:
      return answer(site_outcome::bad_answer, failure.message);
  }
}

}  // namespace livesearch
