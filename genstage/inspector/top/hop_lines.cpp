#include "genstage/inspector/top/hop_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace genstage::inline v0::top {

namespace {

/// Above the columns, in the order of `hop_parts`.
constexpr std::array<std::string_view, hop_parts.size()> headings{"FOR DEMAND", "IN QUEUE",
                                                                  "IN SERVICE", "IN BATCH", "ACK"};

std::string short_span(double ms) {
  if (ms < 1) return fmt::format("{:.0f}us", ms * 1000);
  if (ms < 100) return fmt::format("{:.1f}ms", ms);
  if (ms < 1000) return fmt::format("{:.0f}ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f}s", ms / 1000);
  return fmt::format("{:.0f}min", ms / 60'000);
}

std::string part_text(const part_times& part) {
  if (part.count == 0) return "";
  return short_span(part.half_ms) + " " + short_span(part.most_ms);
}

/// What 99 of 100 events took in the part in which they took longest.
double slowness(const hop_row& hop) {
  double most = 0;
  for (const part_times& each : hop.parts) most = std::max(most, each.most_ms);
  return most;
}

void sort(std::vector<const hop_row*>& hops, sort_key by) {
  std::ranges::sort(hops, [by](const hop_row* one, const hop_row* other) {
    const double difference = slowness(*one) - slowness(*other);
    if (by != sort_key::name && difference != 0) return difference > 0;
    return std::tie(one->producer, one->consumer) < std::tie(other->producer, other->consumer);
  });
}

std::string name_of(const hop_row& hop) {
  return hop.producer + " > " + hop.consumer;
}

template <class Columns>
std::string row_of(std::string_view name, std::size_t name_width, const Columns& columns) {
  std::string row = fmt::format("{:<{}}", cut(name, name_width), name_width);
  for (const auto& each : columns) row += fmt::format(" {:>13}", each);
  return row;
}

}  // namespace

table_lines hop_lines(const program_view& now, const table_options& options) {
  std::vector<const hop_row*> hops;
  std::size_t name_width = 12;
  for (const hop_row& each : now.hops) {
    const bool is_own = is_of_inspector(each.producer) || is_of_inspector(each.consumer);
    if (is_own && !options.with_inspector) continue;
    hops.push_back(&each);
    name_width = std::max(name_width, name_of(each).size());
  }
  name_width = std::min<std::size_t>(name_width, 40);
  sort(hops, options.sort);

  table_lines table{
      .subject = fmt::format("{} subscriptions measured", hops.size()),
      .order = options.sort == sort_key::name ? "sorted by name" : "the slowest first"};
  if (now.hops.empty()) {
    table.rows.emplace_back(
        "the program does not measure latencies; gs::latencies does, or the inspector's "
        "measures_latencies");
    return table;
  }
  table.rows.push_back(row_of("HALF, 99 %", name_width, headings));
  for (const hop_row* each : hops) {
    std::array<std::string, hop_parts.size()> parts;
    std::ranges::transform(each->parts, parts.begin(), part_text);
    table.rows.push_back(row_of(name_of(*each), name_width, parts));
  }
  return table;
}

}  // namespace genstage::inline v0::top
