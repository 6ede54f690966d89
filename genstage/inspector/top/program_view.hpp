#pragma once

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

struct finding_line {
  std::string label{};
  std::string text{};
};

struct program_view {
  double at_ms = 0;  ///< since the program began
  double took_ms = 0;
  std::vector<process_row> processes{};
  std::vector<finding_line> findings{};
};

/// Reads what `/api/snapshot` answers. Failure: bad_answer.
[[nodiscard]] result<program_view> read_view(std::string_view json);

}  // namespace genstage::inline v0::top
