#include "genstage/inspector/snapshot_json.hpp"

#include "genstage/inspector/json_writer.hpp"
#include "genstage/inspector/wording.hpp"

namespace genstage::inline v0 {

namespace {

using detail::json_writer;

std::optional<double> milliseconds(std::optional<duration> span) {
  if (!span) return std::nullopt;
  return detail::milliseconds(*span);
}

std::string_view to_text(stage_kind kind) {
  switch (kind) {
    case stage_kind::producer:
      return "producer";
    case stage_kind::producer_consumer:
      return "producer_consumer";
    case stage_kind::consumer:
      break;
  }
  return "consumer";
}

void write(json_writer& to, const stage_view& stage) {
  to.begin_object()
      .member("kind", to_text(stage.kind))
      .member("takes", stage.takes)
      .member("emits", stage.emits)
      .member("dispatcher", stage.dispatcher)
      .member("buffered", stage.buffered)
      .member("queued", stage.queued)
      .member("buffer_size", stage.buffer_size)
      .member("mode", stage.mode == demand_mode::forward ? "forward" : "accumulate")
      .member("emitted", stage.emitted)
      .member("discarded", stage.discarded)
      .end_object();
}

/// For how long the callback has been running or waiting.
std::optional<duration> in_callback(const process_view& process) {
  return process.answered ? process.waits : process.blocked;
}

void write(json_writer& to, const process_view& process, std::optional<double> busy) {
  to.begin_object()
      .member("pid", to_string(process.id))
      .member("label", process.label)
      .member("name", process.name)
      .member("type", process.type)
      .key("parent");
  process.parent ? to.value(to_string(process.parent)) : to.value(nullptr);
  to.member("activity", to_string(process.activity))
      .member("supervisor", process.is_supervisor)
      .member("answered", process.answered)
      .key("callback");
  process.callback.empty() ? to.value(nullptr) : to.value(process.callback);
  to.member("in_callback_ms", milliseconds(in_callback(process)))
      .key("mailbox")
      .begin_object()
      .member("length", process.queue_length)
      .member("bytes", process.queue_bytes)
      .member("oldest_ms", milliseconds(process.oldest_message))
      .end_object()
      .member("busy", busy)
      .member("restarts", process.restarts)
      .key("stage");
  if (process.stage) {
    write(to, *process.stage);
  } else {
    to.value(nullptr);
  }
  to.end_object();
}

/// Null if it was not measured.
void write(json_writer& to, const std::shared_ptr<const hop_latency>& measured) {
  if (!measured) {
    to.value(nullptr);
    return;
  }
  to.begin_object();
  for (const latency_part& each : latency_parts) {
    const histogram& times = (*measured).*each.times;
    to.key(each.name)
        .begin_object()
        .member("count", times.count())
        .member("half_ms", detail::milliseconds(times.quantile(0.5)))
        .member("most_ms", detail::milliseconds(times.quantile(0.99)))
        .member("longest_ms", detail::milliseconds(times.longest()))
        .end_object();
  }
  to.end_object();
}

void write(json_writer& to, const subscription_view& between) {
  to.begin_object()
      .member("tag", detail::tag_text(static_cast<std::uint64_t>(between.tag)))
      .member("producer", to_string(between.producer))
      .member("consumer", to_string(between.consumer))
      .member("asked", between.asked)
      .member("delivered", between.delivered)
      .member("handled", between.handled)
      .member("in_flight", between.in_flight)
      .member("outstanding", between.outstanding.count())
      .member("max_demand", between.max_demand.count())
      .member("min_demand", between.min_demand.count())
      .member("since_ask_ms", milliseconds(between.since_ask))
      .member("since_event_ms", milliseconds(between.since_event))
      .key("latency");
  write(to, between.latency);
  to.end_object();
}

void write(json_writer& to, const finding& found) {
  to.begin_object()
      .member("illness", to_string(found.what))
      .member("stage", to_string(found.stage))
      .member("label", found.label)
      .member("text", found.text)
      .key("evidence")
      .begin_array();
  for (const std::string& line : found.evidence) to.value(line);
  to.end_array().end_object();
}

template <class Range>
void write_all(json_writer& to, std::string_view name, const Range& all) {
  to.key(name).begin_array();
  for (const auto& each : all) write(to, each);
  to.end_array();
}

}  // namespace

std::string write_snapshot(const snapshot& seen, const look_context& around) {
  json_writer to;
  to.begin_object()
      .member("at", seen.at.time_since_epoch().count())
      .member("took_us", std::chrono::duration_cast<std::chrono::microseconds>(seen.took).count())
      .member("next_in_ms", milliseconds(around.next_in))
      .key("processes")
      .begin_array();
  for (const process_view& each : seen.processes) {
    write(to, each,
          around.before != nullptr ? busy_share(seen, *around.before, each.id) : std::nullopt);
  }
  to.end_array();
  write_all(to, "subscriptions", seen.subscriptions);
  write_all(to, "findings", around.findings);
  to.end_object();
  return std::move(to).text();
}

}  // namespace genstage::inline v0
