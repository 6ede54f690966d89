#pragma once

#include <cstdint>
#include <genstage/core/exit_reason.hpp>
#include <genstage/supervision/child_table.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

/// Which children are started again when one has to be.
enum class restart_strategy : std::uint8_t {
  one_for_one,   ///< that one
  one_for_all,   ///< all
  rest_for_one,  ///< that one and those after it
};

/// What the end of a child means for it.
enum class end_verdict : std::uint8_t {
  restart,
  keep,    ///< it stays declared, and does not run
  forget,  ///< its declaration goes as well
};

/// Whether an end is worth a report.
enum class end_report : std::uint8_t { none, child_terminated };

struct end_decision {
  end_verdict verdict;
  end_report report;

  friend bool operator==(const end_decision&, const end_decision&) = default;
};

/// What to do when a child has ended by itself. Source: A47.
[[nodiscard]] end_decision decide_end(restart_type type, const exit_reason& reason);

/// Whether the reason with which a child ended is not the one that its supervisor asked it for.
/// Source: A46.
enum class stop_request : std::uint8_t { shutdown, kill };
[[nodiscard]] bool is_unexpected(stop_request asked, restart_type type, const exit_reason& reason);

/// The same for a dynamic supervisor, which minds a little less. Source: A60.
[[nodiscard]] bool is_unexpected_together(stop_request asked, restart_type type,
                                          const exit_reason& reason);

/// Whether the supervisor ends because this child has ended by itself. `left` are the children
/// after that end. Source: A56.
[[nodiscard]] bool ends_supervisor(auto_shutdown ending, const child_spec& ended,
                                   const child_table& left);

/// The steps of a restart, by the ids of children: first stop, one after the other, then start.
struct restart_plan {
  std::vector<std::string> stop{};
  /// Temporary children that were stopped with the others do not come back.
  std::vector<std::string> forget{};
  std::vector<std::string> start{};

  friend bool operator==(const restart_plan&, const restart_plan&) = default;
};

/// Source: A48 to A50.
[[nodiscard]] restart_plan plan_restart(restart_strategy strategy, const child_table& children,
                                        std::string_view failed);

}  // namespace genstage::inline v0
