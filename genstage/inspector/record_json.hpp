#pragma once

#include <cstdint>
#include <genstage/process/pid.hpp>
#include <genstage/trace/conversation.hpp>
#include <genstage/trace/recorded_trace.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

/// Up to where somebody has heard the records of each thread. One moment for all would pass over
/// what a thread notes later whose clock is behind.
using record_cursor = std::vector<ring_mark>;

/// `0:17:2733,1:4:2735`: thread, how many it had noted, the order of the last one. Empty for the
/// beginning.
[[nodiscard]] std::string to_text(const record_cursor& until);
/// No value for another text.
[[nodiscard]] std::optional<record_cursor> read_cursor(std::string_view text);

namespace detail {

class json_writer;

/// What is said of a record, between the braces. `begin` is as for `write_records`.
void write_members(json_writer& to, const record& noted, const trace_names& names,
                   std::uint64_t begin);

}  // namespace detail

/// Which records are wanted.
struct record_filter {
  /// Only those that were noted since.
  record_cursor after{};
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
  record_cursor after{};     ///< as in the filter
  record_cursor next{};      ///< the `after` of the next look
  std::size_t left_out = 0;  ///< matching ones that were beyond the limit
  /// Noted since `after` and overwritten before this look, whether they would have matched or not.
  std::uint64_t missed = 0;
};

/// A pure function.
[[nodiscard]] record_choice choose(const recorded_trace& told, const record_filter& wanted);

/// `{"after":..,"next":..,"left_out":..,"missed":..,"records":[..]}` on one line; see
/// docs/inspector.md.
///
/// `begin` is what the clock of the records said when the program's began.
[[nodiscard]] std::string write_records(const record_choice& chosen, const trace_names& names,
                                        std::uint64_t begin);

/// `{"subscription":..,"producer":..,"consumer":..,"lines":[..]}` on one line, of all that `told`
/// has of it; a line is later than the one before if `pause` lies between them.
[[nodiscard]] std::string write_conversation(std::uint64_t subscription, const recorded_trace& told,
                                             duration pause, std::uint64_t begin);

}  // namespace genstage::inline v0
