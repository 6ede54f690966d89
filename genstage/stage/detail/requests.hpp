#pragma once

// What is asked of a `stage_process` itself.
#include <genstage/stage/stage_process.hpp>
#include <utility>

namespace genstage::inline v0::detail {

template <class S>
void stage_process<S>::answer(const subscription_request& asked) {
  if constexpr (receives) {
    subscribe(asked.plan, &asked);
  } else {
    this->log(log_level::error, "is a producer and cannot be subscribed to another stage");
    asked.reply.complete(fail(errc::invalid_argument,
                              "subscribe: " + this->label() + " is not a consumer; refused"));
  }
}

/// Source: G-209 to G-218.
template <class S>
void stage_process<S>::tell_behind_events(message_ptr info) {
  if constexpr (!emits) {
    this->self().send(std::move(info));
  } else if (!queue_.is_empty()) {
    queue_.push_back({.info = std::move(info)});
  } else {
    down_->tell_behind_events(std::move(info));
  }
}

/// The halves, what waits between them, and the user's object.
template <class S>
void stage_process<S>::digest(state_digest& into) const {
  user_process<S>::digest(into);
  into.add(is_asking_again_, next_plan_);
  if constexpr (receives) {
    if (up_) up_->digest(into);
    into.add(queue_.size());
    for (const queued& each : queue_) {
      if (each.events) {
        each.events->digest(into);
      } else if (each.end) {
        into.add(each.end->ended->to.tag, each.end->ended->options.cancel, each.end->cause,
                 each.end->reason);
      } else {
        into.give_up();
      }
    }
  }
  if constexpr (emits) {
    if (down_) down_->digest(into);
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

/// Source: G-329.
template <class S>
stage_status stage_process<S>::describe() {
  stage_status now{.kind = !emits     ? stage_kind::consumer
                           : receives ? stage_kind::producer_consumer
                                      : stage_kind::producer};
  now.told = told_;
  // It may be looked at whatever has become of its start.
  if constexpr (receives) {
    if (up_) up_->describe(now);
    for (const queued& each : queue_) {
      if (each.events) now.queued += up_side::events_of(*each.events).size();
    }
  }
  if constexpr (emits) {
    if (down_) down_->describe(now);
  }
  return now;
}

}  // namespace genstage::inline v0::detail
