#include <genstage/supervision/task_supervisor.hpp>

namespace genstage::inline v0::detail {

bool task_process_slot::may_start() const {
  const std::scoped_lock lock{mutex_};
  return !stopped_;
}

void task_process_slot::started(process_ref process) {
  std::optional<exit_reason> stopped;
  {
    const std::scoped_lock lock{mutex_};
    process_ = process;
    stopped = stopped_;
  }
  if (stopped) end(process, caller_, *stopped);
}

void task_process_slot::stop(exit_reason reason) {
  process_ref process;
  {
    const std::scoped_lock lock{mutex_};
    process = process_;
    stopped_ = reason;
  }
  if (process) end(process, caller_, reason);
}

/// What unlink would do, from any thread.
void task_process_slot::end(const process_ref& ended, const process_ref& caller,
                            const exit_reason& reason) {
  if (caller) {
    caller.send(std::make_unique<link_message>(message_kind::unlink, ended));
    ended.send(std::make_unique<link_message>(message_kind::unlink, caller));
  }
  ended.cell()->owner().exit(ended, reason);
}

process_ref caller_for(task_link how) {
  const process* const here = process::current();
  return how == task_link::linked && here != nullptr ? here->self() : process_ref{};
}

}  // namespace genstage::inline v0::detail
