#pragma once

#include <genstage/process/process_events.hpp>
#include <string_view>

/// What supervisors tell to those who are attached, besides their `supervisor_report`s.
namespace genstage::inline v0 {

/// A supervisor has started a child again.
struct child_restarted {
  process_identity supervisor;
  std::string_view child;  ///< its id
  pid process;             ///< that it is now
};

}  // namespace genstage::inline v0
