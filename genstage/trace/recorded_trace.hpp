#pragma once

#include <cstdint>
#include <genstage/process/pid.hpp>
#include <genstage/record/record.hpp>
#include <genstage/record/subscription_table.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace genstage::inline v0 {

class runtime;

/// What a program has kept of its conversation, with what makes it readable. A value: it can be
/// written to a file, read elsewhere, and told in several ways.
struct recorded_trace {
  struct process {
    pid who;
    std::string name;

    friend bool operator==(const process&, const process&) = default;
  };

  std::vector<record> records{};                   ///< In their order.
  std::vector<std::string> names{};                ///< Each text at the number that records give.
  std::vector<process> processes{};                ///< Those with names that lived.
  std::vector<open_subscription> subscriptions{};  ///< Those that were open.
  std::vector<ring_mark> rings{};                  ///< How many records each thread had noted.
  std::uint64_t dropped = 0;                       ///< Records lost for want of memory.

  friend bool operator==(const recorded_trace&, const recorded_trace&) = default;
};

/// What `from` keeps now; empty if it records nothing. Nothing is stopped for it.
/// Threads: any.
[[nodiscard]] recorded_trace take_trace(const runtime& from);

/// How many records a trace does not have, since they were overwritten or dropped before it was
/// taken. 0: it has all that was said from the beginning of the program.
[[nodiscard]] std::uint64_t missing_records(const recorded_trace& of) noexcept;

/// Says who the numbers in a trace are.
///
/// Lifetime: the trace outlives it.
class trace_names {
 public:
  struct ends {
    pid producer;
    pid consumer;
    std::string events;  ///< Their type; empty if it is not known.
  };

  explicit trace_names(const recorded_trace& of);

  /// The process that noted a record. Its generation is whole if the trace tells it.
  [[nodiscard]] pid actor(const record& noted) const;
  /// The name of a process, or its pid as text.
  [[nodiscard]] std::string label(pid who) const;
  /// Who speaks in a subscription, or none if the trace does not tell.
  [[nodiscard]] std::optional<ends> speakers(std::uint64_t subscription) const;
  /// The text with this number; empty for none.
  [[nodiscard]] std::string text(std::uint64_t number) const;

 private:
  void hear(const record& noted);
  void know(pid who, std::string name);

  const recorded_trace& of_;
  std::unordered_map<std::uint64_t, std::string> names_;  // By pid as one word.
  std::unordered_map<std::uint64_t, pid> whole_;          // By what a record tells of a pid.
  std::unordered_map<std::uint64_t, ends> speakers_;
};

}  // namespace genstage::inline v0
