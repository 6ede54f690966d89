#include "genstage/inspector/top/keys.hpp"

namespace genstage::inline v0::top {

namespace {

/// The other one of two.
template <class T>
void turn(T& chosen, T one, T other) noexcept {
  chosen = chosen == one ? other : one;
}

}  // namespace

void watch_state::press(char key) noexcept {
  constexpr char interrupt = 3;
  if (const auto sort = sort_key_of(key)) {
    table.sort = *sort;
  } else if (key == 't') {
    turn(table.arranged, arrangement::tree, arrangement::sorted);
  } else if (key == 'l') {
    turn(table.shows, table_content::latencies, table_content::processes);
  } else if (key == 'i') {
    table.with_inspector = !table.with_inspector;
  } else if (key == 'p' || key == ' ') {
    is_paused = !is_paused;
  } else if (key == 'q' || key == interrupt) {
    is_over = true;
  }
}

}  // namespace genstage::inline v0::top
