#pragma once

#include <array>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What gs-top knows of a program: the inspector's snapshot, as far as a table shows it.
namespace genstage::inline v0::top {

/// One process.
struct process_row {
  std::string pid{};
  std::string label{};
  std::string parent{};  ///< a pid; empty for none
  std::string kind{};    ///< "producer", "consumer", "supervisor", "server"
  std::string state{};   ///< "ready", "handle_events waits"
  double in_callback_ms = 0;
  std::optional<double> busy{};
  std::uint64_t mailbox = 0;
  std::uint64_t buffered = 0;  ///< in its output buffer or received and not begun
  std::uint64_t events = 0;    ///< that it has been sent, or if it takes none, has sent
  std::uint64_t restarts = 0;
};

/// How long a part of an event's way took.
struct part_times {
  std::uint64_t count = 0;
  double half_ms = 0;  ///< half of them took no longer
  double most_ms = 0;  ///< 99 of 100 took no longer
};

/// Where the time of the events of one subscription went.
struct hop_row {
  std::string producer{};  ///< their labels
  std::string consumer{};
  std::array<part_times, 5> parts{};  ///< as `hop_parts` names them
};

/// The parts of an event's way, in its order, as the inspector names them.
inline constexpr std::array<std::string_view, 5> hop_parts{
    "waiting_for_demand", "in_queue", "in_service", "waiting_for_batch", "acknowledging"};

struct finding_line {
  std::string label{};
  std::string text{};
};

struct program_view {
  double at_ms = 0;  ///< since the program began
  double took_ms = 0;
  std::vector<process_row> processes{};
  std::vector<hop_row> hops{};  ///< subscriptions of which somebody measures the latencies
  std::vector<finding_line> findings{};
};

/// Whether a process with that label is one of the inspector's own.
[[nodiscard]] bool is_of_inspector(std::string_view label) noexcept;

/// Reads what `/api/snapshot` answers. Failure: bad_answer.
[[nodiscard]] result<program_view> read_view(std::string_view json);

}  // namespace genstage::inline v0::top
