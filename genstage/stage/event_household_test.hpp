#pragma once

#include <genstage/genstage.hpp>
#include <genstage/supervision/household_test.hpp>
#include <string>
#include <utility>

// A household whose children are started for events. For tests.
namespace genstage::family {

class event_household : public household {
 protected:
  using spec = consumer_supervisor_spec<std::string>;
  using household::household;

  /// Each event is the name of a worker of the household.
  spec workers(restart_type restart = restart_type::temporary, shutdown_limit limit = 5s) {
    spec made;
    made.child.start = [this](runtime& home, spawn_options options,
                              const std::string& event) -> result<process_ref> {
      options.name = event;
      auto spawned = spawn<worker>(home, std::move(options), event, &seen, &manners[event]);
      if (!spawned) return std::unexpected{spawned.error()};
      return spawned->process();
    };
    made.child.restart = restart;
    made.child.shutdown = limit;
    made.options.on_report = listen();
    return made;
  }

  ref<consumer_supervisor<std::string>> all;
};

}  // namespace genstage::family
