#include "livesearch/server/lanes_page.hpp"

#include <fmt/format.h>

#include <iterator>

namespace livesearch {

namespace {

constexpr std::string_view head =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Lanes – livesearch</title>"
    "<h1>Lanes</h1><p>How each site's lane is doing; times are of the last minutes. The same for "
    "<a href=\"/metrics\">Prometheus</a>.</p>";

constexpr std::string_view table_head =
    "<table border=\"1\" cellpadding=\"4\"><thead><tr>"
    "<th scope=\"col\">Site<th scope=\"col\">p50<th scope=\"col\">p95<th scope=\"col\">p99"
    "<th scope=\"col\">Outcomes<th scope=\"col\">Waiting<th scope=\"col\">Running"
    "<th scope=\"col\">Demand<th scope=\"col\">Condition<th scope=\"col\">Requests"
    "<th scope=\"col\">Cache</tr></thead><tbody>";

std::string spent(genstage::duration span) {
  if (span.count() == 0) return "–";
  return fmt::format("{:.0f} ms", std::chrono::duration<double, std::milli>(span).count());
}

std::string outcomes(const lane_counts& counts) {
  std::string text;
  for (const site_outcome each : all_outcomes) {
    const auto count = counts.outcomes.at(static_cast<std::size_t>(each));
    if (count == 0) continue;
    fmt::format_to(std::back_inserter(text), "{}{} {}", text.empty() ? "" : ", ", to_string(each),
                   count);
  }
  return text.empty() ? "–" : text;
}

std::string condition(const lane_state& state) {
  if (state.is_limited) return "asked not to be asked";
  if (state.is_open) return fmt::format("breaker open, level {}", state.breaker_level);
  return state.is_full ? "full" : "works";
}

}  // namespace

std::string write_lanes_page(lane_board& board, genstage::instant now, std::string_view inspector) {
  std::string page{head};
  if (!inspector.empty()) {
    fmt::format_to(std::back_inserter(page),
                   "<p><a href=\"{}\">The inspector</a> shows the stages, and who waits for "
                   "whom.</p>",
                   inspector);
  }
  page += table_head;
  for (auto& [site, gauge] : board.all()) {
    const lane_gauge::reading read = gauge.read(now);
    const lane_counts& counts = read.counts;
    fmt::format_to(
        std::back_inserter(page),
        "<tr><th scope=\"row\">{}<td>{}<td>{}<td>{}<td>{}<td>{} of {} searchers<td>{}<td>{}<td>{}"
        "<td>{}, {} again, {} probes, {} shared<td>{} of {}</tr>",
        site, spent(read.p50), spent(read.p95), spent(read.p99), outcomes(counts),
        read.state.waiting, read.state.searchers, read.state.running, read.state.demand,
        condition(read.state), counts.requests, counts.retries, counts.probes, counts.shared,
        counts.from_cache, counts.from_cache + counts.not_in_cache);
  }
  return page + "</tbody></table></html>\n";
}

}  // namespace livesearch
