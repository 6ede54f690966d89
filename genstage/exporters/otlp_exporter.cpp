#include "genstage/exporters/otlp_exporter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <genstage/http/curl_client.hpp>
#include <genstage/http/fetch.hpp>
#include <genstage/http/recorded_client.hpp>
#include <genstage/io/reactor.hpp>
#include <genstage/observe/otlp.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/process/request.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

std::int64_t system_unix_nano() {
  return std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count();
}

}  // namespace

struct otlp_exporter::own_client {
  own_client(http::network_mode network, port_log* log)
      : guard{network}, client{over_network, log, "otlp"} {}

  reactor waiting{"otlp"};
  http::address_guard guard;
  http::curl_client over_network{waiting, guard, {.max_connections = 2}};
  http::recorded_client client;
};

otlp_exporter::otlp_exporter(otlp_options options)
    : options_{std::move(options)},
      queue_{std::make_shared<span_queue>(options_.queue, options_.batch)} {
  if (!options_.unix_nano) options_.unix_nano = &system_unix_nano;
  while (options_.url.ends_with('/')) options_.url.pop_back();
}

otlp_exporter::~otlp_exporter() = default;

void otlp_exporter::init() {
  trap_exits();
  client_ = options_.client;
  if (client_ == nullptr) {
    own_ = std::make_unique<own_client>(options_.network, options_.log);
    client_ = &own_->client;
  }
  started_unix_nano_ = options_.unix_nano();
  unix_nano_at_zero_ = started_unix_nano_ - now().time_since_epoch().count();
  telemetry_handlers& telemetry = home().telemetry();
  const std::string id = "otlp " + to_string(self().id());
  const ref<otlp_exporter> here{self()};
  const result<void> attached =
      telemetry.attach<span_ended>(id, [queue = queue_, here](const span_ended& ended) {
        if (!ended.context.is_sampled) return;
        const span_queue::room left = queue->push(ended);
        if (left == span_queue::room::enough_for_a_batch) cast(here, batch_is_full{});
      });
  if (!attached) return stop(exit_reason::user(attached.error().message));
  process::current()->on_release([&telemetry, id]() noexcept { telemetry.detach(id); });
  cast_after(options_.spans_interval, here, spans_are_due{});
  if (options_.metrics_interval > duration::zero()) {
    cast_after(options_.metrics_interval, here, figures_are_due{});
  }
}

otlp_counters otlp_exporter::handle_call(get_counters) const {
  otlp_counters told = counters_;
  told.spans_dropped += queue_->dropped();
  return told;
}

task<> otlp_exporter::handle_cast(batch_is_full) {
  return send_spans(options_.attempts);
}

task<> otlp_exporter::handle_cast(spans_are_due) {
  task<> sending = send_spans(options_.attempts);
  co_await std::move(sending);
  cast_after(options_.spans_interval, ref<otlp_exporter>{self()}, spans_are_due{});
}

task<> otlp_exporter::handle_cast(figures_are_due) {
  task<> sending = send_figures(options_.attempts);
  co_await std::move(sending);
  cast_after(options_.metrics_interval, ref<otlp_exporter>{self()}, figures_are_due{});
}

/// What is there goes out once; the program is to end.
task<> otlp_exporter::terminate(const exit_reason&) {
  // Two requests to a collector that hangs have to fit into the time that a child has to stop.
  options_.limit = std::min(options_.limit, std::chrono::milliseconds{2000});
  task<> sending = send_spans(1);
  co_await std::move(sending);
  if (options_.metrics_interval == duration::zero()) co_return;
  task<> last = send_figures(1);
  co_await std::move(last);
}

task<> otlp_exporter::send_spans(std::size_t attempts) {
  for (std::vector<span_ended> batch = queue_->take(); !batch.empty(); batch = queue_->take()) {
    std::string body = otlp_traces_json(batch, options_.service, unix_nano_at_zero_);
    task<std::uint64_t> posting = post("/v1/traces", std::move(body), batch.size(), attempts);
    const std::uint64_t taken = co_await std::move(posting);
    counters_.spans_sent += taken;
    counters_.spans_dropped += batch.size() - taken;
  }
}

task<> otlp_exporter::send_figures(std::size_t attempts) {
  operation<snapshot> looked = take_snapshot(home());
  const result<snapshot> seen = co_await std::move(looked);
  if (!seen) co_return;
  const std::int64_t at = unix_nano_at_zero_ + now().time_since_epoch().count();
  std::string body =
      otlp_metrics_json(metrics_of(*seen), {options_.service, started_unix_nano_, at});
  task<std::uint64_t> posting = post("/v1/metrics", std::move(body), 1, attempts);
  const bool is_taken = co_await std::move(posting) > 0;
  ++(is_taken ? counters_.metrics_sent : counters_.metrics_dropped);
}

task<std::uint64_t> otlp_exporter::post(std::string path, std::string body, std::uint64_t items,
                                        std::size_t attempts) {
  http::http_request request{.method = "POST",
                             .url = options_.url + path,
                             .headers = options_.headers,
                             .body = std::move(body),
                             .total_limit = options_.limit,
                             .max_redirects = 0,
                             .scope = http::scope_of(options_.url)};
  request.headers.push_back({"Content-Type", "application/json"});
  for (std::size_t attempt = 1;; ++attempt) {
    ++counters_.requests;
    operation<http::http_response> asked = http::fetch(*client_, request);
    const result<http::http_response> answered = co_await std::move(asked);
    const std::int64_t answered_at = unix_nano_at_zero_ + now().time_since_epoch().count();
    const otlp_answer said = judge(answered, std::chrono::floor<std::chrono::seconds>(
                                                 std::chrono::sys_time{duration{answered_at}}));
    const bool goes_on = said.verdict == otlp_verdict::again && attempt < attempts;
    if (!goes_on) {
      const std::uint64_t lost =
          said.verdict == otlp_verdict::taken ? std::min(said.rejected, items) : items;
      note(said, lost);
      co_return items - lost;
    }
    const duration backoff = options_.backoff.wait(attempt, home().scheduler().random());
    operation<void> pause = sleep_for(said.wait.value_or(backoff));
    co_await std::move(pause);
  }
}

/// Says it once when things go wrong, and once when they go well again.
void otlp_exporter::note(const otlp_answer& last, std::uint64_t lost) {
  if (lost == 0 && is_failing_) {
    log(log_level::info, fmt::format("{} takes telemetry again", options_.url));
  } else if (lost > 0 && !is_failing_) {
    log(log_level::warning, fmt::format("{} does not take telemetry: {}; dropped, as will be what "
                                        "comes until it does",
                                        options_.url, last.why));
  }
  is_failing_ = lost > 0;
}

}  // namespace genstage::inline v0
