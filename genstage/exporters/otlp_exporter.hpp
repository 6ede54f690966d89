#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <genstage/exporters/otlp_answer.hpp>
#include <genstage/exporters/span_queue.hpp>
#include <genstage/http/client.hpp>
#include <genstage/process/server.hpp>
#include <genstage/replay/port_log.hpp>
#include <genstage/supervision/restart_backoff.hpp>
#include <genstage/task/task.hpp>
#include <memory>
#include <string>

namespace genstage::inline v0 {

struct otlp_options {
  /// Of a collector; `/v1/traces` and `/v1/metrics` are added.
  std::string url{"http://127.0.0.1:4318"};
  /// Sent with each request, for instance `Authorization`.
  http::http_headers headers{};
  /// As `service.name`.
  std::string service{"genstage"};
  /// How often figures are sent; zero for never. Each time costs a snapshot.
  duration metrics_interval = std::chrono::seconds{10};
  /// For how long a span waits at most until it is sent.
  duration spans_interval = std::chrono::seconds{2};
  /// Spans that one request carries, and that are sent at once when there are so many.
  std::size_t batch = 512;
  /// Spans that wait to be sent; one more is dropped and counted.
  std::size_t queue = 4096;
  /// What is not taken is sent again after so long, unless the collector says when, so often.
  restart_backoff backoff{.first = std::chrono::seconds{1}, .longest = std::chrono::seconds{30}};
  std::size_t attempts = 6;
  /// For one request.
  std::chrono::milliseconds limit{10'000};
  /// Through which it asks; outlives it. Null for one of its own, over libcurl.
  http::http_client* client = nullptr;
  /// Of its own client: off-line, only a collector on this machine is reached.
  http::network_mode network = http::network_mode::online;
  /// Of its own client: where the collector's answers are kept, of a run that is recorded.
  port_log* log = nullptr;
  /// The system's clock in nanoseconds; another one where time is virtual.
  std::function<std::int64_t()> unix_nano{};
};

/// What an exporter has done so far.
struct otlp_counters {
  std::uint64_t requests = 0;       ///< retries included
  std::uint64_t spans_sent = 0;     ///< and taken
  std::uint64_t spans_dropped = 0;  ///< the queue was full, or the collector did not take them
  std::uint64_t metrics_sent = 0;   ///< snapshots whose figures were taken
  std::uint64_t metrics_dropped = 0;

  friend bool operator==(const otlp_counters&, const otlp_counters&) = default;
};

/// Sends the figures of a program and the spans that are told in it to a collector of
/// OpenTelemetry, over OTLP/HTTP in its JSON encoding.
///
///     gs::child(gs::name<gs::otlp_exporter>{"otlp"}, gs::otlp_options{.service = "shop"})
///
/// One request is under way at a time. When it ends it sends once what waits, and does not send it
/// again.
/// Ordering: best the first child of a tree, so that it is the last to end.
/// Failure: what a collector does not take is dropped in the end, counted, and said in the log when
/// it begins and when it is over; nothing of the program waits for a collector.
/// Cost: a span is copied into the queue; one that nobody makes costs nothing.
class otlp_exporter final : public server {
 public:
  explicit otlp_exporter(otlp_options options = {});
  ~otlp_exporter();

  struct get_counters {};
  struct batch_is_full {};
  struct spans_are_due {};
  struct figures_are_due {};

  void init();
  [[nodiscard]] otlp_counters handle_call(get_counters) const;
  task<> handle_cast(batch_is_full);
  task<> handle_cast(spans_are_due);
  task<> handle_cast(figures_are_due);
  task<> terminate(const exit_reason& reason);

 private:
  struct own_client;

  task<> send_spans(std::size_t attempts);
  task<> send_figures(std::size_t attempts);
  /// Returns how many of `items` were taken.
  task<std::uint64_t> post(std::string path, std::string body, std::uint64_t items,
                           std::size_t attempts);
  void note(const otlp_answer& last, std::uint64_t lost);

  otlp_options options_;
  std::shared_ptr<span_queue> queue_;
  std::unique_ptr<own_client> own_;
  http::http_client* client_ = nullptr;
  std::int64_t unix_nano_at_zero_ = 0;
  std::int64_t started_unix_nano_ = 0;
  otlp_counters counters_;
  bool is_failing_ = false;
};

}  // namespace genstage::inline v0
