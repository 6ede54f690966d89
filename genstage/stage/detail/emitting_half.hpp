#pragma once

// The emitting half of `stage_process`.
#include <concepts>
#include <genstage/stage/stage_process.hpp>
#include <memory>
#include <string>
#include <utility>

namespace genstage::inline v0::detail {

template <class S>
inline void stage_process<S>::take_ask(message_ptr&& received) {
  if constexpr (emits) {
    if constexpr (down_side::may_be_plain) {
      auto* const partner = down_->plain_partner(as<stream_message>(received));
      if (partner != nullptr && as<batch_message<out>>(received).is_plain) [[likely]]
        return answer_plainly(as_node(received), *partner);
    }
    take_ordinary_ask(std::move(received));
  } else {
    log_wrong_kind(*this, "an ask", "consumer");
  }
}

template <class S>
void stage_process<S>::take_ordinary_ask(message_ptr&& received) {
  const auto& header = as<stream_message>(received);
  if (header.tag == unique_id::none && header.from == this->id()) [[unlikely]] {
    is_asking_again_ = false;
    down_->give_back(as_node(received));
    place_next_order();
    return;
  }
  auto* const asker = down_->find(header.tag);
  if (asker == nullptr) [[unlikely]]
    return refuse_stray(*this, message_kind::cancelled, header);
  if (header.asked.is_zero()) return;
  const order more = down_->ask(as_node(received), *asker);
  if constexpr (receives) {
    work();
  } else {
    place_order(more);
    if constexpr (down_side::may_be_plain) down_->try_plain();
  }
}

template <class S>
inline void stage_process<S>::place_order(const order& wanted) {
  if constexpr (emits && !receives) {
    if (wanted.asked.is_zero() || this->is_ending()) return;
    down_->forwarded(wanted);
    if (ask_user_for(wanted)) send_made();
  }
}

template <class S>
inline bool stage_process<S>::ask_user_for(const order& wanted) {
  S& user = this->object();
  return this->run("handle_demand", [&] {
    if constexpr (asked_by_partition<S>) {
      return user.handle_demand(wanted.partition, wanted.asked, down_->out());
    } else {
      return user.handle_demand(wanted.asked, down_->out());
    }
  });
}

template <class S>
template <class Node, class Consumer>
inline void stage_process<S>::answer_plainly(Node&& asked, Consumer& partner) {
  const demand count = asked->asked;
  down_->begin_answer(partner, count);
  ask_user_for({count});
  if (!down_->answer(asked, partner)) [[unlikely]]
    send_made();
}

template <class S>
inline void stage_process<S>::send_made() {
  if constexpr (emits) down_->flush();
  if constexpr (emits && !receives) {
    down_->answered();
    if (down_->has_order() && !is_asking_again_ && !this->is_ending()) [[unlikely]]
      ask_again();
  }
}

template <class S>
void stage_process<S>::ask_again() {
  is_asking_again_ = true;
  // The consumers that have just got something may ask as well; one large order costs less than
  // many small ones.
  this->give_way();
  this->self().send(down_->own_ask());
}

template <class S>
void stage_process<S>::take_subscribe(subscribe_message& wish) {
  const auto refuse = [&](exit_reason reason) {
    wish.from.peer.send(std::make_unique<cancel_message>(message_kind::cancelled, wish.from.tag,
                                                         std::move(reason)));
  };
  if constexpr (emits) {
    if (down_->find(wish.from.tag) != nullptr) {
      log_duplicate(*this, wish.consumer);
      refuse(cancel_reason::duplicated_subscription());
    } else if (const auto text = mismatch(wish); !text.empty()) {
      this->log(log_level::error, text);
      refuse(exit_reason::user(text));
    } else {
      const auto& before = wish.instead_of;
      if (before && down_->find(before->tag) != nullptr) {
        forget_consumer(before->tag, cancel_cause::cancel, before->reason,
                        [this, &wish] { admit(wish); });
      } else {
        admit(wish);
      }
    }
  } else {
    this->log(log_level::error, "is a consumer and cannot be subscribed to; refused");
    refuse(exit_reason::user("not_a_producer"));
  }
}

template <class S>
std::string stage_process<S>::mismatch(const subscribe_message& wish) const {
  if constexpr (emits) {
    const event_type emitted = event_type::of<out>();
    if (wish.events != emitted) {
      return wrong_events(wish.consumer, this->label(), wish.events, emitted);
    }
    if (wish.options.selector && wish.options.selector.events() != emitted) {
      return wrong_selector(wish.consumer, this->label(), wish.options.selector.events(), emitted);
    }
    if constexpr (broadcasting_stage<S> && !std::copy_constructible<out>) {
      if (wish.use == batch_use::owns)
        return cannot_be_copied(wish.consumer, this->label(), emitted);
    }
  }
  return {};
}

/// `wish` is the message in hand, so it is valid until the callback has ended.
template <class S>
void stage_process<S>::admit(const subscribe_message& wish) {
  if constexpr (emits) {
    if (this->is_ending()) return;
    down_->add(wish);
    ask_user(peer_role::consumer, wish.from, wish.options, [this, &wish] { admitted(wish); });
  }
}

template <class S>
void stage_process<S>::admitted(const subscribe_message& wish) {
  if (const admission taken = down_->open(wish); !taken) {
    const exit_reason reason =
        refusal(wish.consumer, this->label(), down_side::dispatcher_name(), taken.error());
    this->log(log_level::error, reason.text());
    const subscription refused = down_->refuse(wish.from.tag, reason);
    tell_cancelled({peer_role::consumer, refused, cancel_cause::cancel, reason},
                   [this] { room_may_have_grown(); });
    return;
  }
  this->telemetry().emit_made([&] {
    return subscription_began{this->identity(), wish.from.peer.id(), wish.consumer, wish.from.tag,
                              wish.options.max_demand};
  });
  after_callback();
  if (answer_ != subscription_mode::automatic) {
    this->stop(exit_reason::user("bad_return_value: handle_subscribe of " + this->label() +
                                 " answered manual for the consumer " + wish.consumer +
                                 ", must answer automatic; stopped"));
  }
  room_may_have_grown();
}

template <class S>
void stage_process<S>::take_cancel(const cancel_message& wish) {
  if constexpr (emits) {
    if (down_->find(wish.tag) != nullptr)
      downstream_ended(wish.tag, cancel_cause::cancel, wish.reason);
  } else {
    log_wrong_kind(*this, "a cancel of a consumer", "consumer");
  }
}

template <class S>
void stage_process<S>::downstream_ended(unique_id tag, cancel_cause cause,
                                        const exit_reason& reason) {
  forget_consumer(tag, cause, reason, [this] { room_may_have_grown(); });
}

template <class S>
template <class Next>
void stage_process<S>::forget_consumer(unique_id tag, cancel_cause cause, const exit_reason& reason,
                                       Next next) {
  const auto ended = down_->remove(tag, cause, reason);
  tell_ended(*this, {peer_role::consumer, ended.who, cause, reason, ended.lost});
  tell_cancelled({peer_role::consumer, ended.who, cause, reason, ended.lost}, std::move(next));
}

/// A consumer that held up the others may have left.
template <class S>
void stage_process<S>::room_may_have_grown() {
  if (this->is_ending()) return;
  if constexpr (receives) {
    work();
  } else {
    place_next_order();
  }
}

}  // namespace genstage::inline v0::detail
