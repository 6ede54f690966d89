#include <fmt/format.h>

#include <array>
#include <genstage/core/exit_reason.hpp>
#include <genstage/trace/trace_text.hpp>
#include <iterator>

namespace genstage::inline v0 {

namespace {

std::string events(std::uint64_t count) {
  return fmt::format("{} {}", count, count == 1 ? "event" : "events");
}

std::string consumer_of(const record& told, const trace_names& names) {
  const auto speakers = names.speakers(told.subscription);
  return speakers ? names.label(speakers->consumer) : "a consumer";
}

std::string_view exit_text(std::uint64_t kind) {
  static constexpr std::array<std::string_view, 8> texts{
      "normal", "shutdown", "shutdown with a detail", "kill", "killed",
      "noproc", "an error", "a reason of its own"};
  return kind < texts.size() ? texts[kind] : "an unknown reason";
}

}  // namespace

std::string describe(const record& told, const trace_names& names) {
  const std::string who = names.label(names.actor(told));
  const std::uint64_t tag = told.subscription;
  switch (told.kind) {
    case record_kind::ask:
      return fmt::format("{} asks {} for {} (s{})", consumer_of(told, names), who,
                         events(told.count), tag);
    case record_kind::delivery:
      return fmt::format("{} sends {} {} (s{})", who, consumer_of(told, names), events(told.count),
                         tag);
    case record_kind::subscribed:
      return fmt::format("{} accepts the subscription of {} (s{})", who,
                         names.label(pid_of(told.count)), tag);
    case record_kind::cancelled:
      return fmt::format("{} ends the subscription of {} (s{})", who,
                         names.label(pid_of(told.count)), tag);
    case record_kind::buffered:
      return fmt::format("{} buffers {}", who, events(told.count));
    case record_kind::discarded:
      return fmt::format("{} drops {}", who, events(told.count));
    case record_kind::lost:
      return tag == 0 ? fmt::format("{} of {} reached nobody", events(told.count), who)
                      : fmt::format("{} of {} reached nobody (s{})", events(told.count), who, tag);
    case record_kind::copied:
      return fmt::format("{} copies {} for {} (s{})", who, events(told.count),
                         consumer_of(told, names), tag);
    case record_kind::spawned:
      return tag == 0 ? fmt::format("{} begins", who)
                      : fmt::format("{} begins, a child of {}", who, names.label(pid_of(tag)));
    case record_kind::ended:
      return fmt::format("{} ends with {}", who, exit_text(tag));
    case record_kind::restarted:
      return fmt::format("{} restarts {} as {}", who, names.text(told.count),
                         to_string(pid_of(tag)));
    case record_kind::timer:
      return fmt::format("{} arms a timer of {} ms", who, static_cast<double>(told.count) / 1e6);
  }
  return fmt::format("{}: a record of an unknown kind", who);
}

std::string as_text(const recorded_trace& told) {
  const trace_names names{told};
  std::string text;
  const auto line = std::back_inserter(text);
  const std::uint64_t first = told.records.empty() ? 0 : told.records.front().order;
  for (const record& each : told.records) {
    fmt::format_to(line, "{:>14.6f} ms  {}\n", static_cast<double>(each.order - first) / 1e6,
                   describe(each, names));
  }
  if (const std::uint64_t missing = missing_records(told); missing > 0) {
    fmt::format_to(line, "{} records are missing, as only the last ones of each thread are kept\n",
                   missing);
  }
  return text;
}

}  // namespace genstage::inline v0
