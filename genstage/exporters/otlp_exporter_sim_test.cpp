#include <gtest/gtest.h>

#include <deque>
#include <genstage/exporters/otlp_exporter.hpp>
#include <genstage/observe/otlp_fields_test.hpp>
#include <genstage/process/request.hpp>
#include <genstage/simulation/simulation.hpp>
#include <string>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using json = nlohmann::json;
using http::http_response;

/// A collector that answers as it is told to, after 10 ms, and 200 when it is told nothing.
class collector final : public http::http_client {
 public:
  explicit collector(driver& scheduler) : scheduler_{scheduler} {}

  void will_answer(result<http_response> answer) { answers_.push_back(std::move(answer)); }

  http::transfer_id start(http::http_request request, completion on_done) override {
    at.push_back(scheduler_.now());
    asked.push_back(std::move(request));
    result<http_response> answer = http_response{.status = 200, .body = "{}"};
    if (!answers_.empty()) {
      answer = std::move(answers_.front());
      answers_.pop_front();
    }
    (void)scheduler_.arm(scheduler_.now() + 10ms,
                         [done = std::move(on_done), said = std::move(answer)]() mutable noexcept {
                           done(std::move(said));
                         });
    return http::transfer_id{asked.size()};
  }
  void cancel(http::transfer_id) noexcept override {}

  [[nodiscard]] std::size_t spans_in(std::size_t request) const {
    const json body = json::parse(asked.at(request).body);
    return body["resourceSpans"][0]["scopeSpans"][0]["spans"].size();
  }

  std::vector<http::http_request> asked;
  std::vector<instant> at;

 private:
  driver& scheduler_;
  std::deque<result<http_response>> answers_;
};

class otlp_exporter_sim_test : public testing::Test {
 protected:
  void start(otlp_options options) {
    options.client = &far_;
    options.unix_nano = [] { return std::int64_t{1'700'000'000'000'000'000}; };
    options.backoff.jitter = 0;
    exporter_ = *spawn<otlp_exporter>(world_.home(), {.name = "otlp"}, std::move(options));
    world_.settle();
  }
  void tell(std::size_t count) {
    for (std::size_t each = 0; each < count; ++each) {
      world_.home().telemetry().emit(
          span_ended{.name = "work", .context = make_trace(1, 2, ++last_span_)});
    }
  }
  otlp_counters counted() {
    return **world_.run_until(call(exporter_, otlp_exporter::get_counters{}));
  }
  void end() {
    world_.home().exit(exporter_.process(), exit_reason::shutdown());
    world_.run_for(1s);
  }

  std::vector<std::string> lines_;
  simulation world_{1, {.log = [this](const log_record& line) {
                      lines_.push_back(std::string{to_string(line.level)} + " " + line.text);
                    }}};
  collector far_{static_cast<driver&>(world_)};
  ref<otlp_exporter> exporter_;
  std::uint64_t last_span_ = 0;
};

TEST_F(otlp_exporter_sim_test, spans_are_sent_when_their_time_has_come) {
  start({.url = "http://here:4318/",
         .headers = {{"Authorization", "Bearer x"}},
         .service = "shop",
         .metrics_interval = 0s,
         .spans_interval = 2s});
  tell(3);
  world_.run_for(1999ms);
  ASSERT_TRUE(far_.asked.empty());

  world_.run_for(1s);

  ASSERT_EQ(far_.asked.size(), 1U);
  const http::http_request& sent = far_.asked[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "http://here:4318/v1/traces");
  EXPECT_EQ(http::find_header(sent.headers, "Content-Type"), "application/json");
  EXPECT_EQ(http::find_header(sent.headers, "Authorization"), "Bearer x");
  EXPECT_EQ(far_.spans_in(0), 3U);
  EXPECT_EQ(counted(), (otlp_counters{.requests = 1, .spans_sent = 3}));
}

TEST_F(otlp_exporter_sim_test, a_full_batch_is_sent_at_once_and_no_request_is_larger) {
  start({.metrics_interval = 0s, .spans_interval = 1h, .batch = 10});

  tell(25);
  world_.run_for(1s);

  ASSERT_EQ(far_.asked.size(), 3U);
  EXPECT_EQ(far_.spans_in(0), 10U);
  EXPECT_EQ(far_.spans_in(1), 10U);
  EXPECT_EQ(far_.spans_in(2), 5U);
}

TEST_F(otlp_exporter_sim_test, what_is_not_sampled_is_not_sent) {
  start({.metrics_interval = 0s, .spans_interval = 1s});
  trace_context unsampled = make_trace(1, 2, 3);
  unsampled.is_sampled = false;

  world_.home().telemetry().emit(span_ended{.name = "work", .context = unsampled});
  world_.run_for(5s);

  EXPECT_TRUE(far_.asked.empty());
}

TEST_F(otlp_exporter_sim_test, figures_are_sent_at_each_interval) {
  start({.service = "shop", .metrics_interval = 10s});

  world_.run_for(25s);

  ASSERT_EQ(far_.asked.size(), 2U);
  EXPECT_EQ(far_.asked[0].url, "http://127.0.0.1:4318/v1/metrics");
  EXPECT_EQ(far_.asked[0].scope, http::network_scope::loopback_only);
  const json body = json::parse(far_.asked[0].body);
  otlp_fields::expect_published(body, "ExportMetricsServiceRequest");
  const json& first = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0];
  EXPECT_EQ(first["name"], "genstage_processes");
  EXPECT_EQ(first["gauge"]["dataPoints"][0]["timeUnixNano"], "1700000010000000000");
  EXPECT_EQ(counted().metrics_sent, 2U);
}

TEST_F(otlp_exporter_sim_test, a_busy_collector_is_asked_again_when_it_says) {
  start({.metrics_interval = 0s, .spans_interval = 1s});
  far_.will_answer(http_response{.status = 429, .headers = {{"Retry-After", "7"}}});
  far_.will_answer(http_response{.status = 503});
  tell(2);

  world_.run_for(20s);

  ASSERT_EQ(far_.asked.size(), 3U);
  EXPECT_EQ(far_.asked[2].body, far_.asked[0].body);
  EXPECT_EQ(far_.at[1] - far_.at[0], 10ms + 7s);
  EXPECT_EQ(far_.at[2] - far_.at[1], 10ms + 2s);  // The second wait of its own backoff.
  EXPECT_EQ(counted(), (otlp_counters{.requests = 3, .spans_sent = 2}));
  EXPECT_TRUE(lines_.empty());
}

TEST_F(otlp_exporter_sim_test, what_is_refused_is_dropped_counted_and_said_once) {
  start({.metrics_interval = 0s, .spans_interval = 1s});
  for (int time = 0; time < 2; ++time) far_.will_answer(http_response{.status = 401});
  for (int time = 0; time < 3; ++time) {
    tell(2);
    world_.run_for(2s);
  }

  EXPECT_EQ(counted(), (otlp_counters{.requests = 3, .spans_sent = 2, .spans_dropped = 4}));
  EXPECT_EQ(lines_, (std::vector<std::string>{
                        "warning http://127.0.0.1:4318 does not take telemetry: status 401; "
                        "dropped, as will be what comes until it does",
                        "info http://127.0.0.1:4318 takes telemetry again"}));
}

TEST_F(otlp_exporter_sim_test, a_collector_that_is_gone_is_given_up_after_some_attempts) {
  start({.metrics_interval = 0s, .spans_interval = 1s, .attempts = 3});
  for (int time = 0; time < 3; ++time) far_.will_answer(fail(errc::unreachable, "no route"));
  tell(2);

  world_.run_for(60s);

  EXPECT_EQ(counted(), (otlp_counters{.requests = 3, .spans_dropped = 2}));
}

TEST_F(otlp_exporter_sim_test, what_no_longer_fits_meanwhile_is_dropped_and_counted) {
  start({.metrics_interval = 0s, .spans_interval = 1s, .batch = 2, .queue = 4});
  far_.will_answer(http_response{.status = 503, .headers = {{"Retry-After", "60"}}});
  tell(2);
  world_.run_for(30s);

  tell(7);
  world_.run_for(60s);

  EXPECT_EQ(counted(), (otlp_counters{.requests = 4, .spans_sent = 6, .spans_dropped = 3}));
}

TEST_F(otlp_exporter_sim_test, a_part_that_is_rejected_counts_as_dropped) {
  start({.metrics_interval = 0s, .spans_interval = 1s});
  far_.will_answer(
      http_response{.status = 200, .body = R"({"partialSuccess":{"rejectedSpans":"1"}})"});
  tell(3);

  world_.run_for(5s);

  EXPECT_EQ(counted(), (otlp_counters{.requests = 1, .spans_sent = 2, .spans_dropped = 1}));
}

TEST_F(otlp_exporter_sim_test, when_it_ends_it_sends_what_is_there_and_listens_no_more) {
  start({.metrics_interval = 1h, .spans_interval = 1h});
  tell(2);

  end();

  ASSERT_EQ(far_.asked.size(), 2U);
  EXPECT_EQ(far_.spans_in(0), 2U);
  EXPECT_TRUE(far_.asked[1].url.ends_with("/v1/metrics"));
  EXPECT_LT(far_.asked[0].total_limit + far_.asked[1].total_limit, 5s);
  EXPECT_FALSE(world_.home().telemetry().is_wanted<span_ended>());
}

TEST_F(otlp_exporter_sim_test, one_that_is_killed_listens_no_more_either) {
  start({});

  world_.home().exit(exporter_.process(), exit_reason::kill());
  world_.settle();

  EXPECT_FALSE(world_.home().telemetry().is_wanted<span_ended>());
}

}  // namespace
}  // namespace genstage
