#include <fmt/format.h>

#include <genstage/supervision/partition_supervisor.hpp>

namespace genstage::inline v0 {

namespace detail {

std::string partition_name(std::string_view supervisor, std::size_t partition) {
  return fmt::format("{}/{}", supervisor, partition);
}

}  // namespace detail

child_spec supervised(const partition_spec& spec) {
  supervisor_spec tree{.limits = spec.limits, .options = spec.options};
  for (std::size_t index = 0; index < spec.partitions; ++index) {
    child_spec one = spec.make(index);
    one.id = std::to_string(index);
    one.name = detail::partition_name(spec.name, index);
    tree.children.push_back(std::move(one));
  }
  child_spec made = supervised(spec.name, std::move(tree));
  if (spec.partitions == 0) {
    made.start = [name = spec.name](runtime&, spawn_options) -> result<process_ref> {
      return fail(errc::invalid_argument,
                  fmt::format("supervisor {}: it has 0 partitions, at least 1 is allowed; not "
                              "started",
                              name));
    };
  }
  return made;
}

task<result<std::size_t>> resize(ref<supervisor> partitions, std::size_t running) {
  operation<child_counts> counting = count_children(partitions);
  const result<child_counts> counts = co_await std::move(counting);
  if (!counts) co_return std::unexpected{counts.error()};
  if (running == 0 || running > counts->specs) {
    co_return fail(errc::invalid_argument,
                   fmt::format("resize: {} partitions are asked for, from 1 to {} are allowed; not "
                               "changed",
                               running, counts->specs));
  }
  for (std::size_t index = running; index < counts->specs; ++index) {
    operation<void> stopping = terminate_child(partitions, std::to_string(index));
    const result<void> stopped = co_await std::move(stopping);
    if (!stopped) co_return std::unexpected{stopped.error()};
  }
  for (std::size_t index = 0; index < running; ++index) {
    operation<process_ref> starting = restart_child(partitions, std::to_string(index));
    const result<process_ref> started = co_await std::move(starting);
    // Most of them run, or are about to.
    if (started || started.error().code == errc::running) continue;
    if (started.error().code == errc::restarting) continue;
    co_return std::unexpected{started.error()};
  }
  co_return running;
}

}  // namespace genstage::inline v0
