#include "genstage/inspector/last_known.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace genstage::inline v0 {

void keep_last_known(snapshot& seen, const snapshot& before) {
  for (process_view& each : seen.processes) {
    if (each.answered) continue;
    const process_view* const then = before.find(each.id);
    if (then == nullptr) continue;
    each.type = then->type;
    each.is_supervisor = then->is_supervisor;
    each.restarts = then->restarts;
    each.stage = then->stage;
  }
  const auto is_silent = [&](pid process) {
    const process_view* const here = seen.find(process);
    return here != nullptr && !here->answered;
  };
  std::vector<subscription_view> kept;
  std::ranges::copy_if(before.subscriptions, std::back_inserter(kept),
                       [&](const subscription_view& each) {
                         return seen.find(each.tag) == nullptr && is_silent(each.producer) &&
                                is_silent(each.consumer);
                       });
  seen.subscriptions.insert(seen.subscriptions.end(), kept.begin(), kept.end());
  std::ranges::sort(seen.subscriptions, {}, &subscription_view::tag);
}

duration patience_for(std::size_t processes) noexcept {
  constexpr std::chrono::milliseconds few{20};
  constexpr std::chrono::milliseconds most{500};
  return std::clamp<duration>(processes * std::chrono::microseconds{20}, few, most);
}

operation<snapshot> take_patient_snapshot(runtime& of) {
  return take_snapshot(of, patience_for(of.process_count()));
}

}  // namespace genstage::inline v0
