#pragma once

// What is asked of a `stage_process` itself, besides to subscribe.
#include <genstage/stage/stage_process.hpp>
#include <utility>

namespace genstage::inline v0::detail {

/// Source: G-209 to G-218.
template <class S>
void stage_process<S>::tell_behind_events(message_ptr info) {
  if constexpr (!emits) {
    this->self().send(std::move(info));
  } else if (!queue_.empty()) {
    queue_.push_back({.info = std::move(info)});
  } else {
    down_->tell_behind_events(std::move(info));
  }
}

/// Source: G-198, G-199.
template <class S>
std::size_t stage_process<S>::buffered_count() {
  if constexpr (emits) {
    return down_->buffered_count();
  } else {
    log_no_buffer(*this);
    return 0;
  }
}

/// Source: G-155.
template <class S>
demand_mode stage_process<S>::get_demand() {
  if constexpr (emits) return down_->mode();
  return demand_mode::forward;
}

/// Source: G-156 to G-165.
template <class S>
void stage_process<S>::set_demand(demand_mode mode) {
  if constexpr (emits && !receives) {
    down_->set_mode(mode);
    place_order(down_->next_order());
  } else if (!emits || mode == demand_mode::accumulate) {
    log_no_demand_mode(*this, emits ? "producer_consumer" : "consumer");
  }
}

}  // namespace genstage::inline v0::detail
