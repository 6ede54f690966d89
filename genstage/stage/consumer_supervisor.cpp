#include <fmt/format.h>

#include <genstage/stage/consumer_supervisor.hpp>

namespace genstage::inline v0::detail {

std::optional<std::string> refuse_child(const std::string& supervisor, const child_spec& child,
                                        event_copies copies) {
  if (child.restart == restart_type::permanent) {
    return fmt::format(
        "consumer_supervisor {}: child {}: its restart is permanent, transient and temporary are "
        "allowed; not started",
        supervisor, child.id);
  }
  if (child.restart == restart_type::transient && copies == event_copies::impossible) {
    return fmt::format(
        "consumer_supervisor {}: child {}: its restart is transient, and its events cannot be "
        "copied for that, temporary is allowed; not started",
        supervisor, child.id);
  }
  if (const result<void> fits = check(child, auto_shutdown::never); !fits) {
    return fmt::format("consumer_supervisor {}: {}", supervisor, fits.error().message);
  }
  return std::nullopt;
}

result<process_ref> no_event_yet(runtime&, spawn_options) {
  return process_ref{};
}

error no_change(const process& owner, const std::string& why) {
  error told{errc::invalid_argument, "reconfigure: " + why + "; all stays as it was"};
  owner.log(log_level::error, told.message);
  return told;
}

void log_excess(const process& owner, const std::string& producer, demand excess) {
  owner.log(log_level::error,
            fmt::format("received {} events in excess from {}; children were started all the same",
                        excess.count(), producer));
}

}  // namespace genstage::inline v0::detail
