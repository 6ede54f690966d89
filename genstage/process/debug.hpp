#pragma once

#include <cstdint>
#include <functional>
#include <genstage/core/instant.hpp>
#include <genstage/process/introspection.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// What happened in a process that is observed.
enum class trace_kind : std::uint8_t {
  in,         ///< a message is taken up
  out,        ///< a call has been answered
  noreply,    ///< a callback that answers nobody has ended
  waits,      ///< a callback is suspended
  signal,     ///< an exit signal, a link or a monitor
  system,     ///< the process was inspected, suspended or resumed
  terminate,  ///< the process ends
};

struct trace_event {
  instant at;
  pid process;
  trace_kind kind;
  std::string text;  ///< the request's type, the callback's name, the exit reason
};

[[nodiscard]] std::string_view to_string(trace_kind kind) noexcept;
/// For people: `<0.1> in: cast add`.
[[nodiscard]] std::string to_string(const trace_event& event);

using trace_sink = std::function<void(const trace_event&)>;

enum class hook_verdict : std::uint8_t { keep, remove };
/// A hook may remove itself. One that throws is removed as well.
using trace_hook = std::function<hook_verdict(const trace_event&)>;

/// Counted while it is on.
struct process_statistics {
  instant since;
  instant until;
  std::uint64_t messages_in = 0;
  std::uint64_t replies = 0;
  duration busy{};  ///< In callbacks, on the driver's clock.
};

/// What of a process is observed from its start on: `{.debug = gs::debug({.log = 100})}` among its
/// spawn options. Source: A30.
struct debug_options {
  trace_sink trace{};
  std::size_t log = 0;  ///< How many of the last events are kept.
  bool statistics = false;
  std::vector<std::pair<std::string, trace_hook>> hooks{};
};

[[nodiscard]] inline std::shared_ptr<const debug_options> debug(debug_options chosen) {
  return std::make_shared<const debug_options>(std::move(chosen));
}

// All of these take effect between two messages; an observed process pays for it, others nothing.
// Threads: any. Failure: process_ended, timed_out; refused when a process asks for itself.
// Sinks and hooks run in the observed process, and must be short. Source: A29.

/// Every event goes to `sink`; an empty one ends it.
[[nodiscard]] operation<void> trace(const process_ref& observed, trace_sink sink,
                                    duration within = default_call_limit);
/// The last `count` events are kept from now on; 0 ends it.
[[nodiscard]] operation<void> keep_log(const process_ref& observed, std::size_t count,
                                       duration within = default_call_limit);
/// The events that are kept, the oldest first.
[[nodiscard]] operation<std::vector<trace_event>> get_log(const process_ref& observed,
                                                          duration within = default_call_limit);
/// Starts to count, from zero.
[[nodiscard]] operation<void> keep_statistics(const process_ref& observed,
                                              duration within = default_call_limit);
/// Failure: not_found if they are not kept.
[[nodiscard]] operation<process_statistics> get_statistics(const process_ref& observed,
                                                           duration within = default_call_limit);
/// Calls `hook` for each event until it removes itself or is removed.
/// Failure: already_exists if there is one with this id.
[[nodiscard]] operation<void> install(const process_ref& observed, std::string id, trace_hook hook,
                                      duration within = default_call_limit);
/// Failure: not_found if there is none with this id.
[[nodiscard]] operation<void> remove(const process_ref& observed, std::string id,
                                     duration within = default_call_limit);
/// Ends all of the above.
[[nodiscard]] operation<void> no_debug(const process_ref& observed,
                                       duration within = default_call_limit);

}  // namespace genstage::inline v0
