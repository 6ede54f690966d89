#include "genstage/inspector/record_json.hpp"

#include <algorithm>
#include <genstage/trace/trace_text.hpp>

#include "genstage/inspector/json_writer.hpp"

namespace genstage::inline v0 {

namespace {

using detail::json_writer;

std::string tag_text(std::uint64_t tag) {
  return "s" + std::to_string(tag);
}

/// A moment of the records' clock on the program's.
std::uint64_t moment(std::uint64_t order, std::uint64_t begin) {
  return order - std::min(order, begin);
}

/// Whether its `subscription` is one, and not a process or a reason.
bool is_of_subscription(const record& noted) {
  switch (noted.kind) {
    case record_kind::spawned:
    case record_kind::ended:
    case record_kind::restarted:
    case record_kind::timer:
      return false;
    default:
      return noted.subscription != 0;
  }
}

/// How many events or nanoseconds it tells of; no value where its `count` is something else.
std::optional<std::uint64_t> count_of(const record& noted) {
  switch (noted.kind) {
    case record_kind::ask:
    case record_kind::delivery:
    case record_kind::buffered:
    case record_kind::discarded:
    case record_kind::lost:
    case record_kind::copied:
    case record_kind::timer:
      return noted.count;
    default:
      return std::nullopt;
  }
}

void write(json_writer& to, const record& noted, const trace_names& names, std::uint64_t begin) {
  const pid actor = names.actor(noted);
  to.begin_object()
      .member("order", noted.order)
      .member("at", moment(noted.order, begin))
      .member("kind", to_string(noted.kind))
      .member("process", to_string(actor))
      .member("label", names.label(actor))
      .key("subscription");
  is_of_subscription(noted) ? to.value(tag_text(noted.subscription)) : to.value(nullptr);
  to.member("count", count_of(noted)).member("text", describe(noted, names)).end_object();
}

}  // namespace

record_choice choose(std::span<const record> all, const record_filter& wanted) {
  const auto is_wanted = [&](const record& each) {
    const bool is_by =
        !wanted.process || (each.process == wanted.process->index &&
                            each.life == static_cast<std::uint16_t>(wanted.process->generation));
    const bool is_on = !wanted.subscription ||
                       (is_of_subscription(each) && each.subscription == *wanted.subscription);
    return is_by && is_on;
  };
  record_choice chosen{.after = wanted.after, .next = wanted.after};
  if (!all.empty()) chosen.next = std::max(wanted.after, all.back().order);
  const auto later = std::ranges::upper_bound(all, wanted.after, {}, &record::order);
  const auto matching =
      static_cast<std::size_t>(std::ranges::count_if(later, all.end(), is_wanted));
  chosen.left_out = matching - std::min(matching, wanted.limit);
  std::size_t to_skip = chosen.left_out;
  chosen.records.reserve(matching - to_skip);
  for (const record& each : std::ranges::subrange{later, all.end()}) {
    if (!is_wanted(each)) continue;
    if (to_skip > 0) {
      --to_skip;
    } else {
      chosen.records.push_back(each);
    }
  }
  return chosen;
}

std::string write_records(const record_choice& chosen, const trace_names& names,
                          std::uint64_t begin) {
  json_writer to;
  to.begin_object()
      .member("after", chosen.after)
      .member("next", chosen.next)
      .member("left_out", chosen.left_out)
      .key("records")
      .begin_array();
  for (const record& each : chosen.records) write(to, each, names, begin);
  to.end_array().end_object();
  return std::move(to).text();
}

std::string write_conversation(std::uint64_t subscription, const recorded_trace& told,
                               duration pause, std::uint64_t begin) {
  const trace_names names{told};
  const auto between = names.speakers(subscription);
  json_writer to;
  to.begin_object()
      .member("subscription", tag_text(subscription))
      .member("producer", between ? names.label(between->producer) : "")
      .member("consumer", between ? names.label(between->consumer) : "")
      .key("lines")
      .begin_array();
  for (const spoken_line& each : conversation_of(subscription, told.records, pause)) {
    to.begin_object()
        .member("order", each.order)
        .member("at", moment(each.order, begin))
        .member("speaker", each.who == speaker::consumer ? "consumer" : "producer")
        .member("text", each.text)
        .member("later", each.is_later)
        .end_object();
  }
  to.end_array().end_object();
  return std::move(to).text();
}

}  // namespace genstage::inline v0
