#include <algorithm>
#include <genstage/scheduler/deadline.hpp>
#include <genstage/supervision/restart_plan.hpp>
#include <genstage/supervision/supervising.hpp>
#include <map>
#include <memory>
#include <utility>

namespace genstage::inline v0 {

namespace {

/// Those that have the same limit: one timer kills them, and a second one gives up on them.
struct group {
  std::vector<process_ref> processes;
  std::vector<completion<exit_reason>> watches;
};

/// Disarms its timers when the waiting is over, however it ends.
class timers {
 public:
  explicit timers(driver& scheduler) : scheduler_{scheduler} {}
  ~timers() {
    for (const timer_id each : armed_) scheduler_.disarm(each);
  }
  timers(const timers&) = delete;
  timers& operator=(const timers&) = delete;

  void arm(instant when, std::move_only_function<void() noexcept> fire) {
    armed_.push_back(scheduler_.arm(when, std::move(fire)));
  }

 private:
  driver& scheduler_;
  std::vector<timer_id> armed_;
};

void kill_all(const group& late, runtime& where) noexcept {
  for (const process_ref& each : late.processes) where.exit(each, exit_reason::kill());
}

void give_up_all(const group& late) noexcept {
  for (const completion<exit_reason>& each : late.watches) {
    each.withdraw(error{errc::timed_out, "the child's callback did not return"});
  }
}

}  // namespace

task<> supervising::stop_together(std::vector<leaver> leaving) {
  std::map<duration, std::shared_ptr<group>> groups;  // By limit; those without one need no timer.
  std::vector<operation<exit_reason>> ends;
  for (const leaver& each : leaving) {
    auto [far, near] = make_operation<exit_reason>();
    ends.push_back(std::move(near));
    if (each.spec.shutdown) {
      auto& same = groups[*each.spec.shutdown];
      if (!same) same = std::make_shared<group>();
      same->processes.push_back(each.process);
      same->watches.push_back(far);
    }
    each.process.send(std::make_unique<monitor_message>(std::move(far)));
    const bool is_brutal = each.spec.shutdown == duration::zero();
    exit(each.process, is_brutal ? exit_reason::kill() : exit_reason::shutdown());
  }
  timers armed{owner().scheduler()};
  for (const auto& [within, same] : groups) {
    runtime* const where = &owner();
    const std::shared_ptr<group> late = same;
    if (within > duration::zero()) {
      armed.arm(now() + within, [late, where]() noexcept { kill_all(*late, *where); });
    }
    armed.arm(now() + within + options_.abandon_after, [late]() noexcept { give_up_all(*late); });
  }
  std::vector<std::pair<std::size_t, exit_reason>> unexpected;  // Told once all have ended.
  for (std::size_t index = 0; index < leaving.size(); ++index) {
    const leaver& one = leaving[index];
    operation<exit_reason> waiting = std::move(ends[index]);
    const result<exit_reason> ended = co_await std::move(waiting);
    if (!ended) {
      abandon(one.spec, one.process);
      continue;
    }
    task<exit_reason> asking = true_reason(one.process, *ended);
    const exit_reason reason = co_await std::move(asking);
    const bool is_brutal = one.spec.shutdown == duration::zero();
    const stop_request asked = is_brutal ? stop_request::kill : stop_request::shutdown;
    if (is_unexpected_together(asked, one.spec.restart, reason)) {
      unexpected.push_back({index, reason});
    }
  }
  for (const auto& [index, reason] : unexpected) {
    report(leaving[index].spec, leaving[index].process.id(), report_context::shutdown_error,
           reason);
  }
}

}  // namespace genstage::inline v0
