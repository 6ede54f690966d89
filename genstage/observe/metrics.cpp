#include <fmt/format.h>

#include <algorithm>
#include <genstage/core/escaped.hpp>
#include <genstage/observe/metrics.hpp>
#include <optional>
#include <ranges>

namespace genstage::inline v0 {

namespace {

/// How a figure is called, and how it is read off; no value where there is none.
template <class View>
struct figure {
  const char* name;
  const char* help;
  metric_kind kind;
  std::optional<double> (*read)(const View&);
};

template <class Number>
std::optional<double> number(Number value) {
  return static_cast<double>(value);
}
template <auto Member>
std::optional<double> of_stage(const process_view& seen) {
  return seen.stage ? number((*seen.stage).*Member) : std::nullopt;
}

constexpr figure<process_view> of_processes[] = {
    {"genstage_processes", "Processes that have not ended.", metric_kind::gauge,
     [](const process_view&) { return number(1); }},
    {"genstage_busy_seconds_total", "Time in callbacks, estimated.", metric_kind::counter,
     [](const process_view& seen) {
       return number(std::chrono::duration<double>{seen.busy}.count());
     }},
    {"genstage_mailbox_messages", "Messages that were not taken up.", metric_kind::gauge,
     [](const process_view& seen) { return number(seen.queue_length); }},
    {"genstage_mailbox_bytes", "Their bytes, estimated.", metric_kind::gauge,
     [](const process_view& seen) { return number(seen.queue_bytes); }},
    {"genstage_restarts_total", "Children that a supervisor has started again.",
     metric_kind::counter,
     [](const process_view& seen) {
       return seen.is_supervisor ? number(seen.restarts) : std::nullopt;
     }},
    {"genstage_stage_emitted_events_total", "Events made.", metric_kind::counter,
     &of_stage<&stage_view::emitted>},
    {"genstage_stage_discarded_events_total", "Events made and dropped.", metric_kind::counter,
     &of_stage<&stage_view::discarded>},
    {"genstage_stage_buffered_events", "Events that nobody has asked for.", metric_kind::gauge,
     &of_stage<&stage_view::buffered>},
    {"genstage_stage_queued_events", "Events received and not begun.", metric_kind::gauge,
     &of_stage<&stage_view::queued>},
};

constexpr figure<subscription_view> of_subscriptions[] = {
    {"genstage_subscription_asked_events_total", "Events asked for.", metric_kind::counter,
     [](const subscription_view& seen) { return number(seen.asked); }},
    {"genstage_subscription_delivered_events_total", "Events sent.", metric_kind::counter,
     [](const subscription_view& seen) { return number(seen.delivered); }},
    {"genstage_subscription_handled_events_total", "Events handled.", metric_kind::counter,
     [](const subscription_view& seen) { return number(seen.handled); }},
    {"genstage_subscription_in_flight_events", "Events sent and not handled.", metric_kind::gauge,
     [](const subscription_view& seen) { return number(seen.in_flight); }},
    {"genstage_subscription_outstanding_events", "Events asked for and not sent.",
     metric_kind::gauge,
     [](const subscription_view& seen) { return number(seen.outstanding.count()); }},
};

using labels = std::vector<std::pair<std::string, std::string>>;

std::string group_of(const snapshot& seen, pid process) {
  const process_view* const found = seen.find(process);
  if (found == nullptr) return "unknown";
  if (!found->name.empty()) return found->name;
  return found->type.empty() ? "unknown" : found->type;
}

/// Adds up what has the same labels; sorted by them.
template <class View>
metric sum_of(const figure<View>& what, std::span<const View> all,
              std::span<const labels> labels_of) {
  metric made{what.name, what.help, what.kind, {}};
  for (std::size_t each = 0; each < all.size(); ++each) {
    if (const auto value = what.read(all[each])) made.samples.push_back({labels_of[each], *value});
  }
  std::ranges::sort(made.samples, {}, &metric::sample::labels);
  std::vector<metric::sample> sums;
  for (metric::sample& each : made.samples) {
    if (!sums.empty() && sums.back().labels == each.labels) {
      sums.back().value += each.value;
    } else {
      sums.push_back(std::move(each));
    }
  }
  made.samples = std::move(sums);
  return made;
}

std::string label_text(const std::pair<std::string, std::string>& label) {
  return fmt::format("{}=\"{}\"", label.first, escaped(label.second));
}

}  // namespace

std::vector<metric> metrics_of(const snapshot& seen) {
  std::vector<labels> by_process;
  for (const process_view& each : seen.processes) {
    by_process.push_back({{"process", group_of(seen, each.id)}});
  }
  std::vector<labels> by_subscription;
  for (const subscription_view& each : seen.subscriptions) {
    by_subscription.push_back(
        {{"producer", group_of(seen, each.producer)}, {"consumer", group_of(seen, each.consumer)}});
  }
  std::vector<metric> told;
  for (const auto& each : of_processes) {
    told.push_back(sum_of<process_view>(each, seen.processes, by_process));
  }
  for (const auto& each : of_subscriptions) {
    told.push_back(sum_of<subscription_view>(each, seen.subscriptions, by_subscription));
  }
  std::erase_if(told, [](const metric& each) { return each.samples.empty(); });
  return told;
}

std::string prometheus_text(std::span<const metric> told) {
  std::string text;
  for (const metric& each : told) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", each.name, each.help,
                        each.kind == metric_kind::counter ? "counter" : "gauge");
    for (const metric::sample& sample : each.samples) {
      const auto labels = sample.labels | std::views::transform(&label_text);
      text += fmt::format("{}{{{}}} {}\n", each.name, fmt::join(labels, ","), sample.value);
    }
  }
  return text;
}

}  // namespace genstage::inline v0
