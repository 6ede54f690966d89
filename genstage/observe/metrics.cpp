#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <genstage/core/escaped.hpp>
#include <genstage/observe/metrics.hpp>
#include <map>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

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

/// Of powers of two, in nanoseconds, the buckets of a `histogram` end there.
constexpr auto bounds_ns = [] {
  std::array<std::int64_t, 14> made{};
  std::int64_t next = 1024;
  for (std::int64_t& each : made) each = std::exchange(next, 4 * next);
  return made;
}();
constexpr auto bounds = [] {
  std::array<double, bounds_ns.size()> made{};
  for (std::size_t each = 0; each < made.size(); ++each) {
    made[each] = static_cast<double>(bounds_ns[each]) / 1e9;
  }
  return made;
}();

metric::sample sample_of(const histogram& times) {
  metric::sample made{.value = std::chrono::duration<double>{times.sum()}.count(),
                      .counts = std::vector<std::uint64_t>(bounds.size() + 1)};
  for (const histogram::bucket& each : times.buckets()) {
    const auto in = std::ranges::lower_bound(bounds_ns, each.most.count());
    made.counts[static_cast<std::size_t>(in - bounds_ns.begin())] += each.count;
  }
  return made;
}

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

/// One part of where the time went, of all that was measured; those with the same labels as one.
metric histogram_of(const latency_part& part, std::span<const subscription_view> all,
                    std::span<const labels> labels_of) {
  std::map<labels, histogram> merged;
  for (std::size_t each = 0; each < all.size(); ++each) {
    if (all[each].latency) merged[labels_of[each]] += (*all[each].latency).*part.times;
  }
  metric made{fmt::format("genstage_event_{}_seconds", part.name),
              std::string{part.help},
              metric_kind::histogram,
              {}};
  for (const auto& [told, times] : merged) {
    if (times.count() == 0) continue;
    made.samples.push_back(sample_of(times));
    made.samples.back().labels = told;
  }
  return made;
}

std::string_view type_text(metric_kind kind) {
  switch (kind) {
    case metric_kind::counter:
      return "counter";
    case metric_kind::gauge:
      return "gauge";
    case metric_kind::histogram:
      break;
  }
  return "histogram";
}

/// Each bucket with those before it, as the format wants.
std::string histogram_text(const std::string& name, const std::string& told_apart,
                           const metric::sample& told) {
  std::string text;
  std::uint64_t so_far = 0;
  for (std::size_t each = 0; each < told.counts.size(); ++each) {
    so_far += told.counts[each];
    const std::string most = each < bounds.size() ? fmt::to_string(bounds[each]) : "+Inf";
    text += fmt::format("{}_bucket{{{},le=\"{}\"}} {}\n", name, told_apart, most, so_far);
  }
  return text + fmt::format("{0}_sum{{{1}}} {2}\n{0}_count{{{1}}} {3}\n", name, told_apart,
                            told.value, so_far);
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
  for (const latency_part& each : latency_parts) {
    told.push_back(histogram_of(each, seen.subscriptions, by_subscription));
  }
  std::erase_if(told, [](const metric& each) { return each.samples.empty(); });
  return told;
}

std::span<const double> histogram_bounds() noexcept {
  return bounds;
}

std::string prometheus_text(std::span<const metric> told) {
  std::string text;
  for (const metric& each : told) {
    text +=
        fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", each.name, each.help, type_text(each.kind));
    for (const metric::sample& sample : each.samples) {
      const auto labels = sample.labels | std::views::transform(&label_text);
      const std::string all = fmt::format("{}", fmt::join(labels, ","));
      if (each.kind == metric_kind::histogram) {
        text += histogram_text(each.name, all, sample);
      } else {
        text += fmt::format("{}{{{}}} {}\n", each.name, all, sample.value);
      }
    }
  }
  return text;
}

}  // namespace genstage::inline v0
