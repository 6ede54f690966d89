#include <genstage/simulation/boundary.hpp>
#include <genstage/simulation/simulation.hpp>

namespace genstage::inline v0 {

std::optional<duration> boundary::cross() {
  const std::optional<fault> struck = world_.crosses(name_);
  if (!struck) return duration::zero();
  if (struck->kind == fault_kind::drop) return std::nullopt;
  return struck->lasts;
}

void boundary::carry(duration latency, std::move_only_function<void() noexcept> deliver) {
  if (const std::optional<duration> late = cross()) {
    world_.arm(world_.now() + latency + *late, std::move(deliver));
  }
}

}  // namespace genstage::inline v0
