#include "genstage/inspector/hop_json.hpp"

#include <algorithm>

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

}  // namespace

std::string write_hops(std::span<const hop_times> hops, std::size_t limit) {
  json_writer to;
  to.begin_object().member("in_all", hops.size()).key("hops").begin_array();
  for (const hop_times& each : hops.first(std::min(limit, hops.size()))) {
    to.begin_object()
        .member("tag", detail::tag_text(static_cast<std::uint64_t>(each.tag)))
        .member("seen_ms", milliseconds(each.seen))
        .member("without_demand_ms", milliseconds(each.without_demand));
    write(to, "waited_for_events", each.waited_for_events);
    write(to, "waited_for_ask", each.waited_for_ask);
    to.end_object();
  }
  to.end_array().end_object();
  return std::move(to).text();
}

}  // namespace genstage::inline v0
