#pragma once

#include <cstdint>
#include <functional>
#include <genstage/process/pid.hpp>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

enum class incident_kind : std::uint8_t {
  crash,    ///< a process ended with a reason that is not orderly
  gave_up,  ///< a supervisor had to restart its children too often
  stall,    ///< a callback has not returned for long, or a stall detector has found who holds up
            ///< others
};

[[nodiscard]] constexpr std::string_view to_string(incident_kind kind) noexcept {
  return kind == incident_kind::crash   ? "crash"
         : kind == incident_kind::stall ? "stall"
                                        : "gave_up";
}

/// Something after which people ask what happened before.
struct incident {
  incident_kind kind{};
  pid who;
  std::string label;  ///< Its name, or its pid as text.
  std::string text;   ///< As in the log.
};

/// Threads: called from any worker and from the monitor of stalls, several at once.
/// Failure: must not throw.
using incident_listener = std::function<void(const incident&)>;

}  // namespace genstage::inline v0
