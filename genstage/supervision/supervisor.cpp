#include <fmt/format.h>

#include <algorithm>
#include <genstage/supervision/supervisor.hpp>
#include <ranges>

namespace genstage::inline v0 {

supervisor::supervisor(supervisor_spec spec)
    : supervising{spec.options},
      spec_{std::move(spec)},
      budget_{spec_.limits},
      children_{one_by_one(spec_.children)} {}

void supervisor::start() {
  trap(exit_signals::all_arrive_as_messages);
  std::optional<std::string> refusal = refuse_start(spec_.limits);
  if (!refusal) {
    const std::vector<child_spec> declared = one_by_one(spec_.children);
    const result<void> checked = check(declared, spec_.ending);
    if (!checked) refusal = fmt::format("supervisor {}: {}", label(), checked.error().message);
  }
  if (refusal) {
    stop(exit_reason::user(std::move(*refusal)));
    return;
  }
  run_callback("start_children", start_all());
}

task<> supervisor::start_all() {
  std::vector<std::string> ids;
  for (const child_entry& each : children_.entries()) ids.push_back(each.spec.id);
  for (const std::string& id : ids) {
    task<std::optional<exit_reason>> starting = start_one(id);
    const std::optional<exit_reason> failure = co_await std::move(starting);
    if (!failure) continue;
    task<> ending = end_children();
    co_await std::move(ending);
    const std::string text = fmt::format("failed to start child {}: {}", id, to_string(*failure));
    stop(exit_reason::shutdown(text).because({}, *failure));
    co_return;
  }
}

task<std::optional<exit_reason>> supervisor::start_one(std::string id) {
  task<start_outcome> starting = start_process(children_.find(id)->spec);
  start_outcome outcome = co_await std::move(starting);
  child_entry& started = *children_.find(id);
  if (outcome.verdict == start_verdict::started) {
    started.run(std::move(outcome.process), now());
    co_return std::nullopt;
  }
  if (outcome.verdict == start_verdict::ignored) {
    started.rest(child_state::stopped);
    if (started.spec.restart == restart_type::temporary) children_.remove(id);
    co_return std::nullopt;
  }
  report(started.spec, started.last, report_context::start_error, outcome.reason);
  started.rest(child_state::stopped);
  co_return outcome.reason;
}

task<> supervisor::stop_one(std::string id) {
  child_entry& stopped = *children_.find(id);
  if (!stopped.process) co_return;
  process_ref leaving = stopped.process;
  stopped.rest(child_state::stopped);
  task<> stopping = stop_process(stopped.spec, std::move(leaving));
  co_await std::move(stopping);
}

task<> supervisor::end_children() {
  std::vector<std::string> ids;
  for (const child_entry& each : children_.entries()) ids.push_back(each.spec.id);
  for (const std::string& id : ids | std::views::reverse) {
    task<> stopping = stop_one(id);
    co_await std::move(stopping);
  }
}

child_spec supervised(std::string id, supervisor_spec spec) {
  child_spec made{.id = id, .start = {}, .name = std::move(id)};
  // Copies of the declaration share the tree below it.
  auto kept = std::make_shared<const supervisor_spec>(std::move(spec));
  made.start = [kept = std::move(kept)](runtime& where, spawn_options options) {
    return where.spawn(std::make_unique<supervisor>(*kept), std::move(options));
  };
  made.shutdown = std::nullopt;
  made.type = child_type::supervisor;
  return made;
}

result<ref<supervisor>> start_supervisor(runtime& where, supervisor_spec spec,
                                         spawn_options options) {
  auto spawned = where.spawn(std::make_unique<supervisor>(std::move(spec)), std::move(options));
  if (!spawned) return std::unexpected{std::move(spawned.error())};
  return ref<supervisor>{std::move(*spawned)};
}

}  // namespace genstage::inline v0
