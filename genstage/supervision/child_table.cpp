#include <algorithm>
#include <genstage/supervision/child_table.hpp>
#include <ranges>
#include <utility>

namespace genstage::inline v0 {

void child_entry::run(process_ref started, instant now) {
  process = std::move(started);
  last = process.id();
  state = child_state::running;
  since = now;
  ++attempt;
}

void child_entry::rest(child_state next) {
  process = process_ref{};
  state = next;
  ++attempt;
}

child_table::child_table(std::vector<child_spec> children) {
  entries_.reserve(children.size());
  for (child_spec& each : children) add(std::move(each));
}

child_entry& child_table::add(child_spec child) {
  entries_.push_back({.spec = std::move(child)});
  return entries_.back();
}

void child_table::remove(std::string_view id) {
  std::erase_if(entries_, [&](const child_entry& each) { return each.spec.id == id; });
}

child_entry* child_table::find(std::string_view id) {
  const auto found =
      std::ranges::find_if(entries_, [&](const child_entry& each) { return each.spec.id == id; });
  return found != entries_.end() ? &*found : nullptr;
}

child_entry* child_table::find(pid running) {
  const auto found = std::ranges::find_if(entries_, [&](const child_entry& each) {
    return each.process && each.process.id() == running;
  });
  return found != entries_.end() ? &*found : nullptr;
}

std::vector<child_info> child_table::list() const {
  std::vector<child_info> all;
  for (const child_entry& each : entries_ | std::views::reverse) {
    all.push_back({each.spec.id, each.state, each.process, each.spec.type});
  }
  return all;
}

child_counts child_table::count() const {
  child_counts counts{.specs = entries_.size()};
  for (const child_entry& each : entries_) {
    counts.active += each.state == child_state::running ? 1U : 0U;
    ++(each.spec.type == child_type::supervisor ? counts.supervisors : counts.workers);
  }
  return counts;
}

}  // namespace genstage::inline v0
