#include <genstage/scheduler/hand_over.hpp>

namespace genstage::inline v0 {

void hand_over::tell_others() noexcept {
  here_.pool->make_ready(*take());
}

}  // namespace genstage::inline v0
