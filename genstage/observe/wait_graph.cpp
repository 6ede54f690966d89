#include <algorithm>
#include <genstage/observe/wait_graph.hpp>

namespace genstage::inline v0 {

bool observed_process::has_events() const noexcept {
  const bool is_queued = view->stage && view->stage->queued > 0;
  return is_queued || std::ranges::any_of(up, [](const auto* each) { return each->in_flight > 0; });
}

bool observed_process::is_idle() const noexcept {
  return view->answered && view->activity == process_activity::ready && view->queue_length == 0;
}

wait_graph::wait_graph(const snapshot& seen) : seen_{seen}, all_(seen.processes.size()) {
  for (std::size_t index = 0; index < all_.size(); ++index) {
    all_[index].view = &seen.processes[index];
  }
  const auto at = [&](pid process) -> observed_process* {
    const process_view* const view = seen.find(process);
    return view != nullptr ? &all_[static_cast<std::size_t>(view - seen.processes.data())]
                           : nullptr;
  };
  for (const subscription_view& each : seen.subscriptions) {
    if (observed_process* const producer = at(each.producer)) producer->down.push_back(&each);
    if (observed_process* const consumer = at(each.consumer)) consumer->up.push_back(&each);
  }
}

const observed_process* wait_graph::find(pid process) const noexcept {
  const process_view* const view = seen_.find(process);
  return view != nullptr ? &all_[static_cast<std::size_t>(view - seen_.processes.data())] : nullptr;
}

std::vector<wait_graph::wait> wait_graph::waits_of(const observed_process& asked) const {
  std::vector<wait> all;
  const std::optional<stage_view>& stage = asked.view->stage;
  if (!asked.is_idle() || !stage) return all;
  const bool is_held_back = stage->buffered > 0 || asked.has_events() || asked.up.empty();
  if (stage->kind != stage_kind::consumer && stage->room.is_zero() && is_held_back) {
    for (const subscription_view* each : asked.down) {
      const observed_process* const to = find(each->consumer);
      if (to != nullptr && each->outstanding.is_zero()) {
        all.push_back({to, each, waits_for::demand});
      }
    }
    return all;
  }
  if (asked.has_events()) return all;
  for (const subscription_view* each : asked.up) {
    const observed_process* const to = find(each->producer);
    if (to != nullptr && !each->outstanding.is_zero()) all.push_back({to, each, waits_for::events});
  }
  return all;
}

duration still_for(const subscription_view& asked) noexcept {
  std::optional<duration> least;
  for (const auto& each : {asked.since_ask, asked.since_event, asked.since_handled}) {
    if (each && (!least || *each < *least)) least = each;
  }
  return least.value_or(duration::zero());
}

duration stuck_for(const process_view& asked) noexcept {
  const duration none = duration::zero();
  return std::max({asked.blocked.value_or(none), asked.waits.value_or(none),
                   asked.oldest_message.value_or(none)});
}

}  // namespace genstage::inline v0
