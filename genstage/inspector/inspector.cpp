#include "genstage/inspector/inspector.hpp"

#include <genstage/application/child.hpp>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "genstage/inspector/access.hpp"
#include "genstage/inspector/detail/answering.hpp"
#include "genstage/inspector/detail/door.hpp"
#include "genstage/inspector/detail/looking.hpp"

namespace genstage::inline v0 {

namespace {

/// The door is last: it opens when all behind it is there, and closes first.
supervisor_spec tree_of(const inspector_options& options) {
  supervisor_spec tree{.strategy = restart_strategy::rest_for_one};
  tree.children.push_back(child(detail::looks_name, options.interval, options.measures_latencies));
  tree.children.push_back(supervised(std::string{detail::pages_name.text()},
                                     dynamic_supervisor_spec{.max_children = 64}));
  tree.children.push_back(child(detail::requests_name));
  tree.children.push_back(
      child(detail::answers_name, options.recording)
          .subscribe_to(detail::requests_name, {.max_demand = 1, .min_demand = 0}));
  tree.children.push_back(child(detail::door_name, options));
  return tree;
}

}  // namespace

child_spec inspector_child(inspector_options options) {
  return supervised("inspector", tree_of(options));
}

result<inspector> inspector::start(runtime& home, inspector_options options) {
  if (auto allowed = check_address(options.address, options.token); !allowed) {
    return std::unexpected{std::move(allowed.error())};
  }
  auto url = std::make_shared<std::string>();
  options.ready = [url, told = std::move(options.ready)](std::string_view opened) {
    *url = opened;
    if (told) told(opened);
  };
  auto [started, starting] = make_operation<std::optional<exit_reason>>();
  auto top = start_supervisor(home, tree_of(options), {.name = "inspector", .started = started});
  if (!top) return std::unexpected{std::move(top.error())};
  const result<std::optional<exit_reason>> outcome = sync_wait(std::move(starting));
  if (!outcome) return std::unexpected{outcome.error()};
  if (*outcome) return fail(errc::not_started, explain(**outcome));
  return inspector{*std::move(top), *url};
}

inspector::~inspector() {
  if (!top_) return;
  runtime& home = top_.process().cell()->owner();
  operation<exit_reason> ended = home.down(top_.process());
  home.exit(top_.process(), exit_reason::shutdown());
  (void)sync_wait(std::move(ended));
}

}  // namespace genstage::inline v0
