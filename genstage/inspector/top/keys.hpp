#pragma once

#include <genstage/inspector/top/table.hpp>

namespace genstage::inline v0::top {

/// What is shown, and whether it goes on, as the keys have it.
struct watch_state {
  table_options table{};
  bool is_paused = false;
  bool is_over = false;

  /// One that means nothing changes nothing.
  void press(char key) noexcept;
};

}  // namespace genstage::inline v0::top
