#include "livesearch/fetch/site_fetcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <genstage/http/fetch.hpp>
#include <genstage/http/retry_after.hpp>
#include <genstage/http/trace_headers.hpp>
#include <optional>
#include <utility>

#include "livesearch/site/request.hpp"

namespace livesearch {

namespace http = genstage::http;

namespace {

using kind = fetch_report::kind;
using std::chrono::milliseconds;

/// For a site that says that it is asked too often, and not for how long.
constexpr std::chrono::seconds usual_wait{60};

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
                           const fetch_order& order, genstage::duration left) {
  http::http_request request;
  request.method = asked.method == request_method::post ? "POST" : "GET";
  request.url = std::move(asked.url);
  for (request_header& each : asked.headers) {
    request.headers.push_back({std::move(each.name), std::move(each.value)});
  }
  request.body = std::move(asked.body);
  request.total_limit = std::max(milliseconds{1}, std::chrono::ceil<milliseconds>(left));
  if (site.limits.connect > milliseconds{0}) request.connect_limit = site.limits.connect;
  request.first_byte_limit = site.limits.first_byte;
  request.max_body = static_cast<std::size_t>(site.limits.size.bytes);
  request.scope = scope_of(site.network);
  request.max_redirects = 0;  // Each hop is an order of its own.
  if (order.attempt > 1) request.connection = http::connection_use::fresh;
  if (order.trace && site.request.trace == trace_headers::sent) {
    http::add_trace(request.headers, *order.trace);
  }
  if (order.onward) go_on(request, *order.onward);
  return request;
}

fetch_report report(site_outcome outcome, std::string message, kind is = kind::final_word) {
  return {.answer = {outcome, std::move(message)}, .is = is};
}

fetch_report wait_for(unsigned status, std::optional<std::chrono::seconds> asked) {
  fetch_report made =
      report(site_outcome::rate_limited,
             asked ? fmt::format("The site answered status {} and asks to wait {} s.", status,
                                 asked->count())
                   : fmt::format("The site answered status {}: it is asked too often.", status));
  made.answer.retry_after = asked.value_or(usual_wait);
  return made;
}

/// A failed request may be made again where it did not arrive, or does no harm twice.
kind kind_of(const site_definition& site) noexcept {
  return site.request.method == request_method::get ? kind::may_pass : kind::final_word;
}

}  // namespace

genstage::task<> site_fetcher::handle_events(std::span<fetch_order> orders) {
  for (fetch_order& each : orders) {
    fetch_order order = std::move(each);
    if (order.wanted.stop_requested()) {
      order.report.tell(report(site_outcome::skipped, "Nobody waits for the answer any more."));
    } else {
      fetch_report made = co_await ask(order);
      order.report.tell(std::move(made));
    }
  }
}

genstage::task<fetch_report> site_fetcher::ask(const fetch_order& order) const {
  const site_definition& site = site_->definition;
  const genstage::instant begun = now();
  http::http_request request =
      to_http(site, site_->request.fill(order.query, today()), order, order.deadline - begun);
  auto asked = http::fetch(*client_, std::move(request), order.wanted);
  const genstage::result<http::http_response> response = co_await std::move(asked);
  fetch_report made = response ? read(order, *response) : read_failure(*site_, response.error());
  made.taken = now() - begun;
  made.answer.request = request_facts{.attempts = order.attempt};
  if (response) {
    made.answer.request->status = response->status;
    made.answer.request->bytes = response->body.size();
  }
  co_return made;
}

fetch_report site_fetcher::read(const fetch_order& order,
                                const http::http_response& response) const {
  auto onward = read_detour(response, order.onward);
  if (!onward) return read_failure(*site_, onward.error());
  if (*onward) return {.onward = std::move(*onward)};
  return read_answer(*site_, response, today());
}

std::chrono::sys_seconds site_fetcher::today() const {
  return std::chrono::floor<std::chrono::seconds>(times_.at(now()));
}

fetch_report read_answer(const searchable_site& site, const http::http_response& response,
                         std::chrono::sys_seconds now) {
  const unsigned status = response.status;
  const auto asked_wait =
      http::read_retry_after(http::find_header(response.headers, "Retry-After"), now);
  if (status == 429 || (status == 503 && asked_wait)) return wait_for(status, asked_wait);
  if (http::has_header(response.headers, "Cf-Mitigated")) {
    return report(site_outcome::blocked, "The site wants to see a person at a browser first.");
  }
  if (status == 401 || status == 402 || status == 403 || status == 451) {
    return report(site_outcome::blocked, fmt::format("The site refused with status {}.", status));
  }
  if (status < 200 || status > 299) {
    const bool may_pass = status == 502 || status == 503 || status == 504;
    return report(site_outcome::bad_answer, fmt::format("The site answered status {}.", status),
                  may_pass ? kind_of(site.definition) : kind::final_word);
  }
  auto hits = site.reader.extract({response.body, response.content_type, response.final_url});
  if (!hits) return report(site_outcome::bad_answer, std::move(hits.error().message));
  if (hits->empty()) {
    return report(site_outcome::no_results, "The site has nothing for this query.");
  }
  return {.answer = {site_outcome::results, {}, std::move(*hits)}};
}

fetch_report read_failure(const searchable_site& site, const genstage::error& failure) {
  using genstage::errc;
  switch (failure.code) {
    case errc::timed_out:
      return report(site_outcome::timed_out, failure.message, kind_of(site.definition));
    case errc::refused:
      return report(site_outcome::skipped, failure.message);
    case errc::unreachable:
      return report(site_outcome::unreachable, failure.message, kind_of(site.definition));
    case errc::over_capacity:
      return report(site_outcome::busy, failure.message);
    case errc::cancelled:
      return report(site_outcome::skipped, "Nobody waits for the answer any more.");
    default:
      return report(site_outcome::bad_answer, failure.message);
  }
}

}  // namespace livesearch
