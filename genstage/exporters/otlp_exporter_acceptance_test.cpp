#include <gtest/gtest.h>

#include <future>
#include <genstage/exporters/otlp_exporter.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>
#include <genstage/observe/otlp_fields_test.hpp>
#include <genstage/process/request.hpp>
#include <genstage/task/sync_wait.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>

// Over real HTTP, to a receiver that checks what it gets.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using json = nlohmann::json;

/// Refuses the first request for a second, as a busy collector does.
class receiver {
 public:
  receiver() {
    auto listening =
        http::http_server::listen(waiting_, {.max_body = 8U << 20U},
                                  [this](http::server_request request, http::responder answer) {
                                    answer.respond(take(std::move(request)));
                                  });
    server_ = std::move(listening).value();
  }

  [[nodiscard]] std::string url() const { return server_->url(); }
  [[nodiscard]] std::future<void> both_have_come() { return complete_.get_future(); }
  [[nodiscard]] std::map<std::string, json> taken() const {
    const std::scoped_lock lock{mutex_};
    return taken_;
  }

 private:
  http::http_reply take(http::server_request request) {
    const std::scoped_lock lock{mutex_};
    if (request.method != "POST" ||
        http::find_header(request.headers, "Content-Type") != "application/json") {
      return {.status = 415};
    }
    if (!std::exchange(has_refused_, true)) {
      return {.status = 503, .headers = {{"Retry-After", "1"}}};
    }
    const bool was_complete = taken_.size() == 2;
    taken_[request.raw_target] = json::parse(request.body);
    if (!was_complete && taken_.size() == 2) complete_.set_value();
    return {.content_type = "application/json", .body = "{}"};
  }

  mutable std::mutex mutex_;
  bool has_refused_ = false;
  std::map<std::string, json> taken_;
  std::promise<void> complete_;
  reactor waiting_{"collector"};
  std::unique_ptr<http::http_server> server_;
};

TEST(otlp_exporter_acceptance_test, a_collector_gets_spans_and_figures_in_the_published_form) {
  receiver collector;
  std::future<void> come = collector.both_have_come();
  runtime home{{.log = silent_log(), .workers = 1}};
  const auto exporter = spawn<otlp_exporter>(home, {.name = "otlp"},
                                             otlp_options{.url = collector.url(),
                                                          .service = "acceptance",
                                                          .metrics_interval = 50ms,
                                                          .spans_interval = 50ms});
  ASSERT_TRUE(exporter);
  // Its start is over when it has answered.
  auto asked = call(*exporter, otlp_exporter::get_counters{});
  ASSERT_TRUE(sync_wait(std::move(asked)));

  home.telemetry().emit(span_ended{.name = "work", .context = make_trace(1, 2, 3), .took = 1ms});

  ASSERT_EQ(come.wait_for(20s), std::future_status::ready);
  const auto taken = collector.taken();
  otlp_fields::expect_published(taken.at("/v1/traces"), "ExportTraceServiceRequest");
  otlp_fields::expect_published(taken.at("/v1/metrics"), "ExportMetricsServiceRequest");
  const json& span = taken.at("/v1/traces")["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(span["name"], "work");
  EXPECT_GT(std::stoll(span["startTimeUnixNano"].get<std::string>()), 1'700'000'000'000'000'000);
}

}  // namespace
}  // namespace genstage
