#pragma once

#include <cstdint>
#include <genstage/process/pid.hpp>
#include <genstage/trace/conversation.hpp>
#include <genstage/trace/recorded_trace.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace genstage::inline v0 {

/// Which records are wanted.
struct record_filter {
  /// Only later ones.
  std::uint64_t after = 0;
  /// Only those that this process noted.
  std::optional<pid> process{};
  /// Only those of the subscription with this tag.
  std::optional<std::uint64_t> subscription{};
  /// The last ones, so many at most.
  std::size_t limit = 1000;
};

/// Some of the records, in their order.
struct record_choice {
  std::vector<record> records{};
  std::uint64_t after = 0;   ///< as in the filter
  std::uint64_t next = 0;    ///< the `after` of the next look
  std::size_t left_out = 0;  ///< matching ones that were beyond the limit
};

/// Threads: a pure function. `all` are in order.
[[nodiscard]] record_choice choose(std::span<const record> all, const record_filter& wanted);

/// `{"after":..,"next":..,"left_out":..,"records":[..]}` on one line; see docs/inspector.md.
///
/// `begin` is what the clock of the records said when the program's began.
[[nodiscard]] std::string write_records(const record_choice& chosen, const trace_names& names,
                                        std::uint64_t begin);

/// `{"subscription":..,"producer":..,"consumer":..,"lines":[..]}` on one line, of all that `told`
/// has of it; a line is later than the one before if `pause` lies between them.
[[nodiscard]] std::string write_conversation(std::uint64_t subscription, const recorded_trace& told,
                                             duration pause, std::uint64_t begin);

}  // namespace genstage::inline v0
