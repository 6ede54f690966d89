#pragma once

// The receiving half of `stage_process`.
#include <genstage/stage/stage_process.hpp>
#include <utility>

namespace genstage::inline v0::detail {

template <class S>
void stage_process<S>::subscribe_as_planned() {
  if constexpr (receives) {
    while (next_plan_ < plans_.size() && !this->is_ending() && !this->is_suspended()) {
      subscribe(plans_[next_plan_++], nullptr);
    }
  }
}

/// Source: G-050 to G-064.
template <class S>
void stage_process<S>::subscribe(const subscription_plan& plan, const subscription_request* asked) {
  auto added = up_->add(plan);
  if (added) {
    auto& upstream = **added;
    ask_user(peer_role::producer, upstream.to, upstream.options,
             [this, &upstream, asked] { subscribed(upstream, asked); });
    return;
  }
  if (added.error().code == errc::not_found) {
    if (plan.options.cancel != cancel_mode::temporary) this->stop(exit_reason::noproc());
    if (asked != nullptr) asked->reply.complete(this->owner().mint());
    return;
  }
  this->log(log_level::error, added.error().message);
  if (asked != nullptr) {
    asked->reply.complete(std::unexpected{std::move(added.error())});
  } else {
    this->stop(exit_reason::user(added.error().message));
  }
}

template <class S>
void stage_process<S>::subscribed(typename up_side::upstream& upstream,
                                  const subscription_request* asked) {
  send_output();
  if (!this->is_ending()) {
    up_->open(upstream, answer_);
    if (asked != nullptr) asked->reply.complete(upstream.to.tag);
  } else if (asked != nullptr) {
    asked->reply.complete(
        fail(errc::process_ended, "subscription " + this->label() + " -> " + upstream.label +
                                      ": handle_subscribe stopped the consumer; not subscribed"));
  }
}

template <class S>
bool stage_process<S>::take_up_next() {
  if constexpr (emits && receives) {
    while (!queue_.is_empty() && down_->has_room()) {
      // With several partitions there may be room while output of another one waits.
      const auto& end = queue_.front().end;
      if (end && stops_for(*end) && down_->has_buffered()) return false;
      queued next = queue_.pop_front();
      if (next.events) {
        const auto* const ended = ended_behind(next.events->tag);
        up_->begin(std::move(next.events), ended);
        return true;
      }
      if (next.info) {
        down_->tell_behind_events(std::move(next.info));
        continue;
      }
      tell_upstream_ended(*std::move(next.end));
      if (this->is_ending() || this->is_suspended()) return false;
    }
  }
  return false;
}

template <class S>
void stage_process<S>::begin_noted(std::size_t events) {
  if constexpr (receives) {
    up_->begun_at = this->owner().scheduler().now();
    if (!up_->notes()->trace) return;
    const trace_context& own = this->begin_span(*up_->notes()->trace, events);
    if constexpr (emits) down_->out().trace(own);
  }
}

template <class S>
void stage_process<S>::finish_noted() {
  if constexpr (receives) {
    this->end_span({});
    const std::optional<batch_journey> came = journey_of(up_->notes(), up_->begun_at);
    const subscription* const from = up_->source();
    const unique_id tag = from != nullptr ? from->tag : unique_id::none;
    const instant now = this->owner().scheduler().now();
    if (came) tell_handled(*this, tag, up_->next_batch().size(), *came, now);
    if (this->is_ending()) return;
    const demand asked = up_->finish_batch();
    if (came && !asked.is_zero()) tell_returned(*this, tag, asked, now);
  }
}

template <class S>
auto stage_process<S>::ended_behind(unique_id tag) const -> const typename up_side::upstream* {
  for (const queued& each : queue_) {
    if (each.end && each.end->ended->to.tag == tag) return each.end->ended.get();
  }
  return nullptr;
}

template <class S>
void stage_process<S>::upstream_ended(unique_id tag, cancel_cause cause,
                                      const exit_reason& reason) {
  if constexpr (receives) {
    if (up_->find(tag) == nullptr) return;
    queued_end end{up_->remove(tag), cause, reason};
    if constexpr (emits) {
      // What was received, or made and not sent, comes first.
      if (!queue_.is_empty() || down_->has_buffered()) {
        queue_.push_back({.end = std::move(end)});
        work();
        return;
      }
    }
    tell_upstream_ended(std::move(end));
  } else {
    log_wrong_kind(*this, "a cancel of a producer", "producer");
  }
}

template <class S>
void stage_process<S>::tell_upstream_ended(queued_end end) {
  const cancellation told{peer_role::producer, end.ended->to, end.cause, end.reason};
  // A producer that lives has told it itself.
  if (end.cause == cancel_cause::down) tell_ended(*this, told);
  tell_cancelled(told, [this, end = std::move(end)] {
    if (this->is_ending() || !stops_for(end)) return;
    log_stop_after_cancel(*this, end.ended->label, end.reason);
    this->stop(end.reason);
  });
}

}  // namespace genstage::inline v0::detail
