#include "genstage/inspector/hop_json.hpp"

#include <map>
#include <ranges>

#include "genstage/inspector/json_writer.hpp"
#include "genstage/inspector/wording.hpp"

namespace genstage::inline v0 {

namespace {

using detail::json_writer;
using detail::milliseconds;

void write(json_writer& to, std::string_view name, const histogram& times) {
  to.key(name)
      .begin_object()
      .member("count", times.count())
      .member("half_ms", milliseconds(times.quantile(0.5)))
      .member("most_ms", milliseconds(times.quantile(0.99)))
      .member("longest_ms", milliseconds(times.longest()))
      .key("buckets")
      .begin_array();
  for (const histogram::bucket& each : times.buckets()) {
    to.begin_array().value(milliseconds(each.most)).value(each.count).end_array();
  }
  to.end_array().end_object();
}

/// What is known of one subscription; null for what is not.
struct told_hop {
  const hop_times* recorded = nullptr;
  const hop_latency* measured = nullptr;
};

void write(json_writer& to, unique_id tag, const told_hop& told) {
  static const hop_times nothing;
  const hop_times& recorded = told.recorded != nullptr ? *told.recorded : nothing;
  to.begin_object()
      .member("tag", detail::tag_text(static_cast<std::uint64_t>(tag)))
      .member("seen_ms", milliseconds(recorded.seen))
      .member("without_demand_ms", milliseconds(recorded.without_demand));
  write(to, "waited_for_events", recorded.waited_for_events);
  write(to, "waited_for_ask", recorded.waited_for_ask);
  to.key("measured");
  if (told.measured != nullptr) {
    to.begin_object();
    for (const latency_part& each : latency_parts) write(to, each.name, told.measured->*each.times);
    to.end_object();
  } else {
    to.value(nullptr);
  }
  to.end_object();
}

}  // namespace

std::string write_hops(std::span<const hop_times> hops, const snapshot& now, std::size_t limit) {
  std::map<unique_id, told_hop> all;
  for (const hop_times& each : hops) all[each.tag].recorded = &each;
  for (const subscription_view& each : now.subscriptions) {
    if (each.latency) all[each.tag].measured = each.latency.get();
  }
  json_writer to;
  to.begin_object().member("in_all", all.size()).key("hops").begin_array();
  for (const auto& [tag, told] : all | std::views::take(limit)) write(to, tag, told);
  to.end_array().end_object();
  return std::move(to).text();
}

}  // namespace genstage::inline v0
