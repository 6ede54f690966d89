#pragma once

#include <cstdint>
#include <genstage/core/exit_reason.hpp>
#include <genstage/core/instant.hpp>
#include <genstage/process/pid.hpp>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <string>
#include <string_view>

/// What processes tell to those who are attached; see telemetry/telemetry_handlers.hpp.
namespace genstage::inline v0 {

/// Of whom an event tells.
struct process_identity {
  pid id{};
  std::string_view name{};  ///< that it is registered under; empty for none

  /// Its name, or its pid as text.
  [[nodiscard]] std::string label() const {
    return name.empty() ? to_string(id) : std::string{name};
  }
};

/// A process, whose start was no failure, takes messages from now on.
struct process_started {
  process_identity who;
  std::string type;  ///< of the user's object
  pid parent;
};

/// A process has ended; one whose start failed too.
struct process_exited {
  process_identity who;
  std::string type;  ///< empty if its callback has not returned, so that it was abandoned
  exit_reason reason;
};

/// A callback is about to run.
struct callback_began {
  static constexpr auto with = telemetry_switch::callbacks;

  process_identity who;
  std::string_view callback;  ///< "handle_events", say
  instant at;
};

enum class callback_end : std::uint8_t {
  returned,
  threw,
  cancelled,  ///< it waited, and its process ended
};

/// A callback has run. `took` includes the time for which a coroutine waited.
struct callback_done {
  static constexpr auto with = telemetry_switch::callbacks;

  process_identity who;
  std::string_view callback;
  instant at;
  duration took;
  callback_end how;
};

}  // namespace genstage::inline v0
