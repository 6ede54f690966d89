#include "bench/old_architecture/worker.hpp"

#include <fmt/format.h>

#include <genstage/http/fetch.hpp>
#include <genstage/task/sync_wait.hpp>
#include <thread>
#include <utility>

#include "livesearch/fetch/site_fetcher.hpp"
#include "livesearch/server/search_json.hpp"
#include "livesearch/site/request.hpp"

namespace old_architecture {

namespace http = genstage::http;
using livesearch::site_outcome;
using namespace std::chrono_literals;

namespace {

using verdict = attempt_outcome::verdict;

/// Bounds how long a stop may stay unnoticed; a job is handed over at once nevertheless.
constexpr std::chrono::milliseconds longest_wait = 500ms;
/// Longer than that, or Redis would seem to be lost whenever there is nothing to do.
constexpr std::chrono::milliseconds redis_limit = 3s;
constexpr std::chrono::milliseconds first_back_off = 500ms;
constexpr std::chrono::milliseconds pause_without_redis = 200ms;

http::network_scope scope_of(livesearch::network_scope allowed) noexcept {
  switch (allowed) {
    case livesearch::network_scope::private_network:
      return http::network_scope::with_private;
    case livesearch::network_scope::loopback:
      return http::network_scope::loopback_only;
    default:
      return http::network_scope::public_only;
  }
}

http::http_request to_http(const livesearch::site_definition& site,
                           livesearch::site_request asked) {
  http::http_request request;
  request.method = asked.method == livesearch::request_method::post ? "POST" : "GET";
  request.url = std::move(asked.url);
  for (livesearch::request_header& each : asked.headers) {
    request.headers.push_back({std::move(each.name), std::move(each.value)});
  }
  request.body = std::move(asked.body);
  request.total_limit = site.limits.time;
  request.max_body = static_cast<std::size_t>(site.limits.size.bytes);
  request.scope = scope_of(site.network);
  return request;
}

/// The answer as the page polls it.
std::string answer_text(const std::string& site, const livesearch::site_answer& answer) {
  livesearch::json results = livesearch::json::array();
  for (const livesearch::hit& each : answer.hits) {
    results.push_back({{"title", each.title}, {"url", each.url}, {"snippet", each.snippet}});
  }
  return livesearch::to_text({{"id", site},
                              {"outcome", livesearch::to_string(answer.outcome)},
                              {"message", answer.message},
                              {"results", std::move(results)}});
}

/// What is nobody's fault for long is worth another attempt; a refusal or a wrong page is not.
verdict verdict_on(site_outcome failure) {
  const bool may_pass = failure == site_outcome::timed_out || failure == site_outcome::unreachable;
  return may_pass ? verdict::may_be_retried : verdict::final;
}

}  // namespace

std::optional<std::chrono::milliseconds> back_off(unsigned attempt, const job_rules& rules) {
  if (attempt >= rules.attempts) return std::nullopt;
  return first_back_off * (1U << (attempt - 1));
}

worker::worker(int number, std::uint16_t redis_port, const livesearch::site_catalog& sites,
               job_rules rules)
    : number_{number},
      sites_{sites},
      rules_{rules},
      store_{redis_port, redis_limit},
      client_{reactor_, guard_,
              http::curl_client_options{.user_agent = "old_architecture/0.1 (+live search)"}} {}

void worker::run(const std::atomic<bool>& stopping) {
  std::string told;
  while (!stopping) {
    const auto served = serve(stopping);
    if (served) return;
    // One line an outage is enough.
    if (std::exchange(told, served.error().message) != served.error().message) {
      fmt::print(stderr, "old_architecture: worker {}: {}; trying again\n", number_, told);
    }
    std::this_thread::sleep_for(pause_without_redis);
  }
}

genstage::result<void> worker::serve(const std::atomic<bool>& stopping) {
  if (auto enlisted = jobs_.enlist(number_); !enlisted) return enlisted;
  // What this number had when its process was killed or its connection was lost.
  if (auto requeued = jobs_.requeue(number_); !requeued) return requeued;
  while (!stopping) {
    const auto taken = jobs_.take(number_, longest_wait);
    if (!taken) return std::unexpected{taken.error()};
    if (!*taken) continue;
    if (auto done = work_on(**taken); !done) return done;
  }
  return {};
}

genstage::result<void> worker::work_on(const job& taken) {
  if (wall_now() - taken.enqueued > rules_.expire) {
    const livesearch::site_answer late{
        site_outcome::timed_out, "Its turn did not come in time.", {}};
    return jobs_.finish(number_, taken, answer_text(taken.site, late));
  }
  const attempt_outcome attempt = fetch(taken);
  if (attempt.is == verdict::may_be_retried) {
    if (const auto wait = back_off(taken.attempt, rules_)) {
      return jobs_.retry(number_, taken, wall_now() + *wait);
    }
  }
  return jobs_.finish(number_, taken, answer_text(taken.site, attempt.answer));
}

attempt_outcome worker::fetch(const job& taken) {
  const livesearch::site_ptr site = sites_.find(taken.site);
  if (!site) return {{site_outcome::bad_answer, "The site is not known here any more.", {}}};
  auto filled = livesearch::make_request(site->definition, {.text = taken.query});
  if (!filled) return {{site_outcome::bad_answer, filled.error().message, {}}};
  const auto response =
      genstage::sync_wait(http::fetch(client_, to_http(site->definition, std::move(*filled))));
  if (!response) {
    livesearch::site_answer failure = livesearch::read_failure(*site, response.error()).answer;
    const verdict is = verdict_on(failure.outcome);
    return {std::move(failure), is};
  }
  const auto time = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return {livesearch::read_answer(*site, *response, time).answer,
          response->status >= 500 ? verdict::may_be_retried : verdict::final};
}

}  // namespace old_architecture
