#include "genstage/inspector/record_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <genstage/trace/trace_text.hpp>
#include <iterator>
#include <system_error>

#include "genstage/inspector/json_writer.hpp"
#include "genstage/inspector/wording.hpp"

namespace genstage::inline v0 {

namespace {

using detail::json_writer;
using detail::tag_text;

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

/// What was heard of each thread, and what there is now.
class threads {
 public:
  threads(const std::vector<record>& kept, const record_cursor& now, const record_cursor& heard)
      : is_first_{heard.empty()} {
    for (const ring_mark& each : heard) known_.at(each.ring).before = each;
    for (const ring_mark& each : now) known_.at(each.ring).now = each;
    for (const record& each : kept) ++known_.at(each.ring).kept;
  }

  [[nodiscard]] bool is_new(const record& noted) const {
    return noted.order > known_.at(noted.ring).before.order;
  }
  /// Who has heard nothing yet has missed nothing.
  [[nodiscard]] std::uint64_t missed() const {
    std::uint64_t sum = 0;
    for (const thread& each : known_) {
      const std::uint64_t oldest = each.now.noted - std::min(each.now.noted, each.kept);
      sum += oldest - std::min(oldest, each.before.noted);
    }
    return is_first_ ? 0 : sum;
  }
  [[nodiscard]] record_cursor until() const {
    record_cursor all;
    for (const thread& each : known_) {
      const ring_mark& later = each.now.order >= each.before.order ? each.now : each.before;
      if (later.noted > 0) all.push_back(later);
    }
    return all;
  }

 private:
  struct thread {
    ring_mark before;
    ring_mark now;
    std::uint64_t kept = 0;
  };
  std::array<thread, 256> known_{};
  bool is_first_;
};

}  // namespace

void detail::write_members(json_writer& to, const record& noted, const trace_names& names,
                           std::uint64_t begin) {
  const pid actor = names.actor(noted);
  to.member("order", noted.order)
      .member("at", moment(noted.order, begin))
      .member("kind", to_string(noted.kind))
      .member("process", to_string(actor))
      .member("label", names.label(actor))
      .key("subscription");
  is_of_subscription(noted) ? to.value(tag_text(noted.subscription)) : to.value(nullptr);
  to.member("count", count_of(noted)).member("text", describe(noted, names));
}

std::string to_text(const record_cursor& until) {
  std::string text;
  for (const ring_mark& each : until) {
    fmt::format_to(std::back_inserter(text), "{}{}:{}:{}", text.empty() ? "" : ",", each.ring,
                   each.noted, each.order);
  }
  return text;
}

std::optional<record_cursor> read_cursor(std::string_view text) {
  record_cursor read;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&]<class Number>(Number& into, char after) {
    const auto found = std::from_chars(at, end, into);
    at = found.ptr;
    if (found.ec != std::errc{}) return false;
    if (at == end) return after == ',';
    return *at++ == after;
  };
  while (at != end) {
    ring_mark& each = read.emplace_back();
    if (!number(each.ring, ':') || !number(each.noted, ':') || !number(each.order, ',')) {
      return std::nullopt;
    }
  }
  return read;
}

record_choice choose(const recorded_trace& told, const record_filter& wanted) {
  threads heard{told.records, told.rings, wanted.after};
  const auto is_wanted = [&](const record& each) {
    const bool is_by =
        !wanted.process || (each.process == wanted.process->index &&
                            each.life == static_cast<std::uint16_t>(wanted.process->generation));
    const bool is_on = !wanted.subscription ||
                       (is_of_subscription(each) && each.subscription == *wanted.subscription);
    return is_by && is_on && heard.is_new(each);
  };
  record_choice chosen{.after = wanted.after, .next = heard.until(), .missed = heard.missed()};
  const auto matching = static_cast<std::size_t>(std::ranges::count_if(told.records, is_wanted));
  chosen.left_out = matching - std::min(matching, wanted.limit);
  std::size_t to_skip = chosen.left_out;
  chosen.records.reserve(matching - to_skip);
  for (const record& each : told.records) {
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
      .member("after", to_text(chosen.after))
      .member("next", to_text(chosen.next))
      .member("left_out", chosen.left_out)
      .member("missed", chosen.missed)
      .key("records")
      .begin_array();
  for (const record& each : chosen.records) {
    to.begin_object();
    detail::write_members(to, each, names, begin);
    to.end_object();
  }
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
