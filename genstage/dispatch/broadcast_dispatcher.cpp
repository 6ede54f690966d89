#include <algorithm>
#include <genstage/dispatch/broadcast_dispatcher.hpp>

namespace genstage::inline v0 {

admission broadcast_dispatcher::subscribe(const joining& wish) {
  if (std::ranges::find(members_, wish.consumer, &member::consumer) != members_.end()) {
    return std::unexpected{cancel_reason::already_subscribed()};
  }
  members_.push_back({wish.tag, wish.consumer, demand{}});
  settle();
  return {};
}

void broadcast_dispatcher::cancel(unique_id tag) {
  std::erase_if(members_, [&](const member& each) { return each.tag == tag; });
  settle();
}

void broadcast_dispatcher::ask(unique_id tag, demand asked) {
  member* const asker = find(tag);
  if (asker == nullptr) return;
  asker->left += asked;
  settle();
}

void broadcast_dispatcher::dispatch(std::uint64_t count) {
  for (member& each : members_) each.left -= demand{count};
  deliverable_ -= demand{count};
}

void broadcast_dispatcher::withhold(unique_id tag, std::uint64_t count) {
  ask(tag, demand{count});
}

demand broadcast_dispatcher::outstanding(unique_id tag) const noexcept {
  const auto found = std::ranges::find(members_, tag, &member::tag);
  return found == members_.end() ? demand{} : found->left;
}

void broadcast_dispatcher::digest(state_digest& into) const {
  for (const member& each : members_) into.add(each.tag, each.consumer, each.left);
}

broadcast_dispatcher::member* broadcast_dispatcher::find(unique_id tag) noexcept {
  const auto found = std::ranges::find(members_, tag, &member::tag);
  return found == members_.end() ? nullptr : &*found;
}

void broadcast_dispatcher::settle() noexcept {
  const auto least = std::ranges::min_element(members_, {}, &member::left);
  deliverable_ = least == members_.end() ? demand{} : least->left;
}

}  // namespace genstage::inline v0
