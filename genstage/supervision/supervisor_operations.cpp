#include <fmt/format.h>

#include <algorithm>
#include <genstage/supervision/supervisor.hpp>
#include <utility>

// What can be asked of a running supervisor (A57).
namespace genstage::inline v0 {

namespace {

std::unexpected<error> refused(errc code, std::string_view id, std::string_view why) {
  return fail(code, fmt::format("child {}: {}", id, why));
}

std::unexpected<error> is_not_stopped(const child_entry& child, std::string_view undone) {
  const bool is_running = child.state == child_state::running;
  return refused(is_running ? errc::running : errc::restarting, child.spec.id,
                 fmt::format("it is {}, only one that does not run can be; {}",
                             is_running ? "running" : "about to be started again", undone));
}

std::unexpected<error> unknown(std::string_view id, std::string_view undone) {
  return refused(errc::not_found, id, fmt::format("no child has this id; {}", undone));
}

std::unexpected<error> failed(std::string_view id, const exit_reason& reason) {
  return refused(errc::not_started, id,
                 fmt::format("its start failed with {}; not started", to_string(reason)));
}

}  // namespace

task<result<process_ref>> supervisor::add_child(child_spec child) {
  if (child.count != 1) {
    co_return refused(errc::invalid_argument, child.id,
                      fmt::format("it is declared {} times, at run time one at a time is allowed; "
                                  "not started",
                                  child.count));
  }
  if (const result<void> checked = check(child, spec_.ending); !checked) {
    co_return std::unexpected{checked.error()};
  }
  if (const child_entry* const present = children_.find(child.id)) {
    if (present->state == child_state::running) {
      co_return refused(
          errc::already_started, child.id,
          fmt::format("it runs as {}; not started again", to_string(present->process.id())));
    }
    co_return refused(errc::already_present, child.id,
                      "it is declared and does not run; use restart_child, not started");
  }
  task<start_outcome> starting = start_process(child);
  start_outcome outcome = co_await std::move(starting);
  if (outcome.verdict == start_verdict::failed) co_return failed(child.id, outcome.reason);
  if (outcome.verdict == start_verdict::ignored) {
    if (child.restart != restart_type::temporary) children_.add(std::move(child));
    co_return process_ref{};
  }
  child_entry& added = children_.add(std::move(child));
  added.run(outcome.process, now());
  co_return std::move(outcome.process);
}

task<result<void>> supervisor::terminate_child(std::string id) {
  if (children_.find(id) == nullptr) co_return unknown(id, "not terminated");
  task<> stopping = stop_one(id);
  co_await std::move(stopping);
  child_entry& ended = *children_.find(id);
  ended.rest(child_state::stopped);
  if (ended.spec.restart == restart_type::temporary) children_.remove(id);
  co_return result<void>{};
}

task<result<process_ref>> supervisor::restart_child(std::string id) {
  const child_entry* const found = children_.find(id);
  if (found == nullptr) co_return unknown(id, "not started");
  if (found->state != child_state::stopped) co_return is_not_stopped(*found, "not started");
  task<start_outcome> starting = start_process(found->spec);
  start_outcome outcome = co_await std::move(starting);
  if (outcome.verdict == start_verdict::failed) co_return failed(id, outcome.reason);
  if (outcome.verdict == start_verdict::started) {
    children_.find(id)->run(outcome.process, now());
  }
  co_return std::move(outcome.process);
}

result<void> supervisor::delete_child(const std::string& id) {
  const child_entry* const found = children_.find(id);
  if (found == nullptr) return unknown(id, "not deleted");
  if (found->state != child_state::stopped) return is_not_stopped(*found, "not deleted");
  children_.remove(id);
  return {};
}

/// A child that has ended and whose exit has not been handled yet is not active.
child_counts supervisor::count() const {
  child_counts counts = children_.count();
  const auto is_alive = [&](const child_entry& each) {
    return each.process && owner().find(each.process.id());
  };
  counts.active = static_cast<std::size_t>(std::ranges::count_if(children_.entries(), is_alive));
  return counts;
}

/// The way from the free functions to the supervisor's own.
struct supervisor_operations {
  template <class R>
  static task<result<R>> at_once(result<R> answer) {
    co_return answer;
  }
  static task<result<child_spec>> get_childspec(supervisor& asked, const std::string& id) {
    const child_entry* const found = asked.children_.find(id);
    if (found == nullptr) return at_once<child_spec>(unknown(id, "nothing to tell"));
    return at_once<child_spec>(found->spec);
  }
  static task<result<process_ref>> start_child(supervisor& asked, child_spec child) {
    return asked.add_child(std::move(child));
  }
  static task<result<void>> terminate_child(supervisor& asked, std::string id) {
    return asked.terminate_child(std::move(id));
  }
  static task<result<process_ref>> restart_child(supervisor& asked, std::string id) {
    return asked.restart_child(std::move(id));
  }
  static task<result<void>> delete_child(supervisor& asked, const std::string& id) {
    return at_once<void>(asked.delete_child(id));
  }
  static task<result<std::vector<child_info>>> which_children(supervisor& asked) {
    return at_once<std::vector<child_info>>(asked.children_.list());
  }
  static task<result<child_counts>> count_children(supervisor& asked) {
    return at_once<child_counts>(asked.count());
  }
};

operation<process_ref> start_child(const ref<supervisor>& asked, child_spec child) {
  return detail::ask_supervisor<supervisor, process_ref>(
      asked, "start_child", [child = std::move(child)](supervisor& here) mutable {
        return supervisor_operations::start_child(here, std::move(child));
      });
}

operation<void> terminate_child(const ref<supervisor>& asked, std::string id) {
  return detail::ask_supervisor<supervisor, void>(
      asked, "terminate_child", [id = std::move(id)](supervisor& here) {
        return supervisor_operations::terminate_child(here, id);
      });
}

operation<process_ref> restart_child(const ref<supervisor>& asked, std::string id) {
  return detail::ask_supervisor<supervisor, process_ref>(
      asked, "restart_child", [id = std::move(id)](supervisor& here) {
        return supervisor_operations::restart_child(here, id);
      });
}

operation<void> delete_child(const ref<supervisor>& asked, std::string id) {
  return detail::ask_supervisor<supervisor, void>(
      asked, "delete_child", [id = std::move(id)](supervisor& here) {
        return supervisor_operations::delete_child(here, id);
      });
}

operation<std::vector<child_info>> which_children(const ref<supervisor>& asked) {
  return detail::ask_supervisor<supervisor, std::vector<child_info>>(
      asked, "which_children", supervisor_operations::which_children);
}

operation<child_counts> count_children(const ref<supervisor>& asked) {
  return detail::ask_supervisor<supervisor, child_counts>(asked, "count_children",
                                                          supervisor_operations::count_children);
}

operation<child_spec> get_childspec(const ref<supervisor>& asked, std::string id) {
  return detail::ask_supervisor<supervisor, child_spec>(
      asked, "get_childspec", [id = std::move(id)](supervisor& here) {
        return supervisor_operations::get_childspec(here, id);
      });
}

}  // namespace genstage::inline v0
