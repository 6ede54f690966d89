#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <genstage/core/escaped.hpp>
#include <genstage/observe/otlp.hpp>
#include <numeric>
#include <string_view>
#include <utility>
#include <variant>

namespace genstage::inline v0 {

namespace {

/// `before`, all as `write` tells it with commas between, `after`.
template <class Range, class Write>
std::string listed(std::string_view before, const Range& all, std::string_view after, Write write) {
  std::string text{before};
  bool is_first = true;
  for (const auto& each : all) {
    if (!std::exchange(is_first, false)) text += ',';
    text += write(each);
  }
  return text += after;
}

/// As the member of AnyValue that is for its type; 64-bit integers are strings in JSON.
struct written_value {
  std::string operator()(const std::string& text) const {
    return fmt::format(R"("stringValue":"{}")", escaped(text));
  }
  std::string operator()(std::int64_t number) const {
    return fmt::format(R"("intValue":"{}")", number);
  }
  std::string operator()(bool is_so) const { return fmt::format(R"("boolValue":{})", is_so); }
  std::string operator()(double number) const {
    if (std::isfinite(number)) return fmt::format(R"("doubleValue":{})", number);
    return fmt::format(R"("doubleValue":"{}")", std::isnan(number) ? "NaN"
                                                : number > 0       ? "Infinity"
                                                                   : "-Infinity");
  }
};

std::string attribute(std::string_view key, const std::string& value) {
  return fmt::format(R"({{"key":"{}","value":{{{}}}}})", escaped(key), value);
}
std::string label(const std::pair<std::string, std::string>& of) {
  return attribute(of.first, written_value{}(of.second));
}
std::string attribute_of_span(const std::pair<std::string, attribute_value>& of) {
  return attribute(of.first, std::visit(written_value{}, of.second));
}

/// What both kinds of bodies are around their content.
std::string body(std::string_view kind, const std::string& service, const std::string& content) {
  return fmt::format(R"({{"resource{0}":[{{"resource":{{"attributes":[{1}]}},)"
                     R"("scope{0}":[{{"scope":{{"name":"genstage"}},{2}}}]}}]}})",
                     kind, label({"service.name", service}), content);
}

std::string span_text(const span_ended& ended, std::int64_t zero) {
  const std::int64_t began = zero + ended.began.time_since_epoch().count();
  // Never before it began: a clock that jumps is not the program's fault.
  const std::int64_t took = std::max(ended.took, duration::zero()).count();
  const trace_context parent{.trace_id = ended.context.trace_id, .span_id = ended.parent};
  std::string text = fmt::format(R"({{"traceId":"{}","spanId":"{}",)", ended.context.trace_text(),
                                 ended.context.span_text());
  if (parent.is_valid()) text += fmt::format(R"("parentSpanId":"{}",)", parent.span_text());
  if (!ended.context.state.empty()) {
    text += fmt::format(R"("traceState":"{}",)", escaped(ended.context.state));
  }
  text += fmt::format(R"("flags":{},"name":"{}","kind":{},)"
                      R"("startTimeUnixNano":"{}","endTimeUnixNano":"{}")",
                      ended.context.is_sampled ? 1 : 0, escaped(ended.name),
                      static_cast<int>(ended.kind), began, began + took);
  text += listed(R"(,"attributes":[)", ended.attributes, "]", attribute_of_span);
  // 2 is an error.
  if (!ended.error.empty()) {
    text += fmt::format(R"(,"status":{{"code":2,"message":"{}"}})", escaped(ended.error));
  }
  return text += '}';
}

}  // namespace

std::string otlp_metrics_json(std::span<const metric> told, const otlp_source& from) {
  const auto point = [&](const metric::sample& sample) {
    return fmt::format(R"({{"startTimeUnixNano":"{}","timeUnixNano":"{}","asDouble":{}{})",
                       from.started_unix_nano, from.now_unix_nano, sample.value,
                       listed(R"(,"attributes":[)", sample.labels, "]}", label));
  };
  const auto histogram_point = [&](const metric::sample& sample) {
    const std::uint64_t count =
        std::accumulate(sample.counts.begin(), sample.counts.end(), std::uint64_t{0});
    return fmt::format(R"({{"startTimeUnixNano":"{}","timeUnixNano":"{}","count":"{}","sum":{},)"
                       R"("bucketCounts":["{}"],"explicitBounds":[{}]{})",
                       from.started_unix_nano, from.now_unix_nano, count, sample.value,
                       fmt::join(sample.counts, R"(",")"), fmt::join(histogram_bounds(), ","),
                       listed(R"(,"attributes":[)", sample.labels, "]}", label));
  };
  const auto written = [&](const metric& each) {
    if (each.kind == metric_kind::histogram) {
      return fmt::format(R"({{"name":"{}","description":"{}","unit":"s",)"
                         R"("histogram":{{"aggregationTemporality":2,{}}}}})",
                         escaped(each.name), escaped(each.help),
                         listed(R"("dataPoints":[)", each.samples, "]", histogram_point));
    }
    const std::string points = listed(R"("dataPoints":[)", each.samples, "]", point);
    // 2 is cumulative: since the start.
    const std::string data =
        each.kind == metric_kind::counter
            ? R"("sum":{"aggregationTemporality":2,"isMonotonic":true,)" + points + "}"
            : R"("gauge":{)" + points + "}";
    return fmt::format(R"({{"name":"{}","description":"{}",{}}})", escaped(each.name),
                       escaped(each.help), data);
  };
  return body("Metrics", from.service, listed(R"("metrics":[)", told, "]", written));
}

std::string otlp_traces_json(std::span<const span_ended> ended, const std::string& service,
                             std::int64_t unix_nano_at_zero) {
  const auto written = [&](const span_ended& each) { return span_text(each, unix_nano_at_zero); };
  return body("Spans", service, listed(R"("spans":[)", ended, "]", written));
}

}  // namespace genstage::inline v0
