#include <fmt/format.h>
#include <fmt/ranges.h>

#include <genstage/observe/stall_detector.hpp>
#include <genstage/process/request.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

/// The last records of a process, oldest first.
std::vector<record> last_records(const recorder* from, pid process, std::size_t most) {
  if (from == nullptr) return {};
  std::vector<record> all = from->read();
  const auto life = static_cast<std::uint16_t>(process.generation);
  std::erase_if(
      all, [&](const record& each) { return each.process != process.index || each.life != life; });
  if (all.size() > most) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
  return all;
}

}  // namespace

std::vector<finding> known_findings::news(std::vector<finding> seen, instant now) {
  std::erase_if(last_seen_, [&](const auto& each) { return now - each.second > forget_after_; });
  std::erase_if(seen, [&](const finding& each) {
    const std::string key = fmt::format("{} {}", to_string(each.what), each.label);
    return !last_seen_.insert_or_assign(key, now).second;
  });
  return seen;
}

stall_detector::stall_detector(stall_detector_options options)
    : options_{std::move(options)}, known_{options_.forget_after} {}

void stall_detector::init() {
  look_again();
}

void stall_detector::look_again() {
  cast_after(options_.interval, ref<stall_detector>{self()}, look{});
}

task<> stall_detector::handle_cast(look) {
  auto looked = take_snapshot(home());
  result<snapshot> now = co_await std::move(looked);
  look_again();
  if (!now) co_return;
  const snapshot* const before = before_ ? &*before_ : nullptr;
  for (const finding& each : known_.news(blame(*now, before, options_.blame), now->at)) {
    report(each);
  }
  before_ = *std::move(now);
}

void stall_detector::report(const finding& found) {
  std::string text = fmt::format("{} ({})", found.text, to_string(found.what));
  if (!found.evidence.empty()) text += fmt::format("; {}", fmt::join(found.evidence, "; "));
  home().log(log_level::warning, found.label, text);
  home().tell({incident_kind::stall, found.stage, found.label, std::move(text)});
  if (!options_.on_finding) return;
  options_.on_finding({found, last_records(home().records(), found.stage, options_.records)});
}

}  // namespace genstage::inline v0
