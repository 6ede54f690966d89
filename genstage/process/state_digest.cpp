#include <algorithm>
#include <genstage/process/process.hpp>
#include <genstage/process/state_digest.hpp>

namespace genstage::inline v0 {

void message::digest(state_digest& into) const {
  into.give_up();
}
void process::digest(state_digest& into) const {
  into.give_up();
}
void down_message::digest(state_digest& into) const {
  into.add(kind, monitor, who, reason);
}
void monitor_message::digest(state_digest& into) const {
  into.add(kind, monitor, watcher.id());
  if (outcome) into.give_up();
}
void demonitor_message::digest(state_digest& into) const {
  into.add(kind, monitor);
}

void state_digest::mix(std::uint64_t added) noexcept {
  // The finaliser of splitmix64.
  sum_ = sum_ * 0x9e3779b97f4a7c15U + added;
  sum_ = (sum_ ^ (sum_ >> 30U)) * 0xbf58476d1ce4e5b9U;
  sum_ = (sum_ ^ (sum_ >> 27U)) * 0x94d049bb133111ebU;
  sum_ ^= sum_ >> 31U;
}

void state_digest::add_one(std::string_view text) noexcept {
  mix(std::hash<std::string_view>{}(text));
}

void state_digest::add_one(unique_id id) {
  if (known_ == unique_ids::as_they_are || id == unique_id::none) {
    mix(static_cast<std::uint64_t>(id));
    return;
  }
  const auto found = std::ranges::find(met_, id);
  mix(static_cast<std::uint64_t>(found - met_.begin()) + 1);
  if (found == met_.end()) met_.push_back(id);
}

void state_digest::add_one(const exit_reason& reason) {
  add_one(std::string_view{to_string(reason)});
}

}  // namespace genstage::inline v0
