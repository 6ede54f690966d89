#include <algorithm>
#include <genstage/process/runtime.hpp>
#include <genstage/trace/recorded_trace.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

/// As much of a pid as a record has room for.
std::uint64_t short_word(std::uint32_t index, std::uint16_t life) {
  return std::uint64_t{life} << 32U | index;
}

}  // namespace

recorded_trace take_trace(const runtime& from) {
  recorded_trace taken;
  const recorder* const there = from.records();
  if (there == nullptr) return taken;
  kept_records kept = there->kept();
  taken.records = std::move(kept.records);
  taken.rings = std::move(kept.rings);
  // After the records, so that all they refer to is there.
  taken.names = there->names().texts();
  taken.subscriptions = there->subscriptions().all();
  taken.dropped = there->dropped();
  for (runtime::known_process& each : from.processes()) {
    if (!each.name.empty()) taken.processes.push_back({each.who.id(), std::move(each.name)});
  }
  std::ranges::sort(taken.processes, {}, &recorded_trace::process::who);
  return taken;
}

std::uint64_t missing_records(const recorded_trace& of) noexcept {
  std::uint64_t noted = of.dropped;
  for (const ring_mark& each : of.rings) noted += each.noted;
  return noted - std::min<std::uint64_t>(noted, of.records.size());
}

trace_names::trace_names(const recorded_trace& of) : of_{of} {
  for (const recorded_trace::process& each : of.processes) know(each.who, each.name);
  for (const open_subscription& each : of.subscriptions) {
    know(pid_of(each.producer), {});
    know(pid_of(each.consumer), {});
    speakers_[each.tag] = {pid_of(each.producer), pid_of(each.consumer), text(each.events)};
  }
  for (const record& each : of.records) hear(each);
}

void trace_names::hear(const record& noted) {
  switch (noted.kind) {
    case record_kind::spawned:
      know(pid_of(noted.subscription), {});
      [[fallthrough]];
    case record_kind::ended:
      if (noted.count != 0) know(actor(noted), text(noted.count));
      return;
    case record_kind::restarted:
      know(pid_of(noted.subscription), {});
      return;
    case record_kind::subscribed:
    case record_kind::cancelled:
      know(pid_of(noted.count), {});
      speakers_.try_emplace(noted.subscription, ends{actor(noted), pid_of(noted.count), {}});
      return;
    default:
      return;
  }
}

void trace_names::know(pid who, std::string name) {
  if (!who) return;
  whole_.insert_or_assign(short_word(who.index, static_cast<std::uint16_t>(who.generation)), who);
  if (!name.empty()) names_.insert_or_assign(as_word(who), std::move(name));
}

pid trace_names::actor(const record& noted) const {
  const auto found = whole_.find(short_word(noted.process, noted.life));
  return found != whole_.end() ? found->second : pid{noted.process, noted.life};
}

std::string trace_names::label(pid who) const {
  const auto found = names_.find(as_word(who));
  return found != names_.end() ? found->second : to_string(who);
}

std::optional<trace_names::ends> trace_names::speakers(std::uint64_t subscription) const {
  const auto found = speakers_.find(subscription);
  if (found == speakers_.end()) return std::nullopt;
  return found->second;
}

std::string trace_names::text(std::uint64_t number) const {
  return number < of_.names.size() ? of_.names[number] : std::string{};
}

}  // namespace genstage::inline v0
