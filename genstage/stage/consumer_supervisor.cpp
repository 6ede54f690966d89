#include <fmt/format.h>

#include <genstage/stage/consumer_supervisor.hpp>

namespace genstage::inline v0::detail {

std::optional<std::string> refuse_child(const std::string& supervisor, const child_spec& child) {
  if (child.restart == restart_type::permanent) {
    return fmt::format(
        "consumer_supervisor {}: child {}: its restart is permanent, transient and temporary are "
        "allowed; not started",
        supervisor, child.id);
  }
  if (const result<void> fits = check(child, auto_shutdown::never); !fits) {
    return fmt::format("consumer_supervisor {}: {}", supervisor, fits.error().message);
  }
  return std::nullopt;
}

void log_excess(const process& owner, const std::string& producer, demand excess) {
  owner.log(log_level::error,
            fmt::format("received {} events in excess from {}; children were started all the same",
                        excess.count(), producer));
}

}  // namespace genstage::inline v0::detail
