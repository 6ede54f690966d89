#include <algorithm>
#include <genstage/process/runtime.hpp>
#include <genstage/stage/gathered_events.hpp>
#include <genstage/stage/stage_events.hpp>

namespace genstage::inline v0 {

void gathered_events::take(const subscription& from, std::uint64_t count) {
  const process& here = *process::current();
  const std::uint64_t begin = taken_;
  taken_ += count;
  if (!here.telemetry().is_wanted<events_passed_on>()) return;
  arrivals_.note(begin, taken_, {from.tag, here.owner().scheduler().now()});
}

void gathered_events::pass_on(std::uint64_t count) {
  const std::uint64_t begin = passed_on_;
  passed_on_ += std::min(count, kept());
  if (arrivals_.is_empty()) return;
  const process& here = *process::current();
  const instant now = here.owner().scheduler().now();
  arrivals_.look(begin, passed_on_, [&](std::uint64_t number, const arrival& came) {
    here.telemetry().emit(events_passed_on{here.identity(), came.tag, number, came.at, now});
  });
  arrivals_.forget_before(passed_on_);
}

}  // namespace genstage::inline v0
