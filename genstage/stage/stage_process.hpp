#pragma once

#include <concepts>
#include <deque>
#include <genstage/stage/consumer_side.hpp>
#include <genstage/stage/producer_side.hpp>
#include <genstage/stage/stage.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace genstage::inline v0::detail {

void log_wrong_kind(const process& owner, const char* message, const char* kind);
void log_duplicate(const process& owner, const std::string& consumer);
[[nodiscard]] std::string wrong_events(const std::string& consumer, const std::string& producer,
                                       const event_type& takes, const event_type& emits);

template <class S>
struct input_of {
  using type = char;
};
template <receiving S>
struct input_of<S> {
  using type = typename S::input_event;
};
template <class S>
struct output_of {
  using type = char;
};
template <emitting S>
struct output_of<S> {
  using type = typename S::output_event;
};

/// The process around a stage of type S. One class for all kinds: a kind that lacks a half does not
/// instantiate it. Calls go to S itself, so a final S needs no virtual call.
///
/// While a callback waits, nothing else is handled; `callback_ended` then goes on where `work`
/// left.
template <class S>
class stage_process final : public user_process<S> {
 public:
  static constexpr bool receives = receiving<S>;
  static constexpr bool emits = emitting<S>;
  using in = typename input_of<S>::type;
  using out = typename output_of<S>::type;
  using factory = typename user_process<S>::factory;

  stage_process(factory make, std::vector<subscription_plan> plans)
      : user_process<S>{std::move(make)}, plans_{std::move(plans)} {}

  void* output() noexcept override {
    if constexpr (emits) return &down_->out();
    return nullptr;
  }
  void send_output() override {
    if constexpr (emits) down_->flush();
  }

 protected:
  void start() override {
    this->make_user();
    if constexpr (emits) down_.emplace(*this, this->object().buffer());
    if constexpr (receives) up_.emplace(*this);
    if (this->init_user()) subscribe_as_planned();
  }

  void receive(message_ptr received) override {
    switch (received->kind) {
      case message_kind::events:
        take_events(std::move(received));
        break;
      case message_kind::ask:
        take_ask(std::move(received));
        break;
      case message_kind::subscribe:
        take_subscribe(as<subscribe_message>(received));
        break;
      case message_kind::cancel:
        take_cancel(as<cancel_message>(received));
        break;
      case message_kind::cancelled: {
        auto& notice = as<cancel_message>(received);
        upstream_ended(notice.tag, cancel_cause::cancel, notice.reason);
        break;
      }
      case message_kind::request:
        take_request(as<subscription_request>(received));
        break;
      case message_kind::down:
        if (take_down(as<down_message>(received))) break;
        [[fallthrough]];
      default:
        this->receive_for_user(received);
        if (!this->is_suspended()) callback_ended();
    }
  }

  /// What was emitted leaves, even if the stage was told to stop; more is not asked for then
  /// (G-130).
  void callback_ended() override {
    subscribe_as_planned();
    send_output();
    if (std::exchange(handling_events_, false) && !this->is_ending()) {
      if constexpr (receives) up_->finish_batch();
    }
    work();
  }

 private:
  enum class start_rule : std::uint8_t { fail_on_bad_options, go_on };

  struct queued_end {
    std::unique_ptr<typename consumer_side<in>::upstream> ended;
    cancel_cause cause;
    exit_reason reason;
  };
  /// What a producer_consumer has received and not begun: events, or the end of a subscription.
  struct queued {
    typename consumer_side<in>::node events;
    std::optional<queued_end> end;
  };

  template <class Message>
  static Message& as(const message_ptr& received) noexcept {
    return static_cast<Message&>(*received);
  }

  // The receiving half.

  /// The subscriptions that the stage starts with, once init has ended.
  void subscribe_as_planned() {
    if constexpr (receives) {
      for (const subscription_plan& plan : std::exchange(plans_, {})) {
        if (this->is_ending()) return;
        subscribe(plan, start_rule::fail_on_bad_options);
      }
    }
  }

  void take_events(message_ptr received) {
    if constexpr (receives) {
      const auto& header = as<stream_message>(received);
      if (up_->find(header.tag) == nullptr) {
        this->owner()
            .find(header.from)
            .send(std::make_unique<cancel_message>(message_kind::cancel, header.tag,
                                                   cancel_reason::unknown_subscription()));
        return;
      }
      typename consumer_side<in>::node events{static_cast<batch_message<in>*>(received.release())};
      if (events->events.is_empty()) return;
      if constexpr (emits) {
        queue_.push_back({std::move(events), std::nullopt});
      } else {
        up_->begin(std::move(events));
      }
      work();
    } else {
      log_wrong_kind(*this, "events", "producer");
    }
  }

  /// Handles what has been received, as far as there is room for what it brings forth.
  void work() {
    while (!this->is_suspended() && !this->is_ending()) {
      if constexpr (emits) down_->drain();
      if constexpr (receives) {
        if (!up_->is_busy() && !take_up_next()) return;
        handling_events_ = true;
        if (!handle(up_->next_batch())) return;
        handling_events_ = false;
        send_output();
        if (this->is_ending()) break;
        up_->finish_batch();
      } else {
        return;
      }
    }
    if constexpr (receives) {
      if (this->is_ending()) up_->drop();
    }
  }

  bool handle(std::span<in> events) {
    S& user = this->object();
    return this->run("handle_events", [&] {
      if constexpr (emits) {
        return user.handle_events(events, down_->out());
      } else {
        return user.handle_events(events);
      }
    });
  }

  bool take_up_next() {
    if constexpr (emits && receives) {
      while (!queue_.empty() && down_->has_room()) {
        queued next = std::move(queue_.front());
        queue_.pop_front();
        if (next.events) {
          up_->begin(std::move(next.events));
          return true;
        }
        tell_upstream_ended(*next.end);
        if (this->is_ending()) return false;
      }
    }
    return false;
  }

  void upstream_ended(unique_id tag, cancel_cause cause, const exit_reason& reason) {
    if constexpr (receives) {
      if (up_->find(tag) == nullptr) return;
      queued_end end{up_->remove(tag), cause, reason};
      if constexpr (emits) {
        // What was received, or made and not sent, comes first.
        if (!queue_.empty() || down_->has_buffered()) {
          queue_.push_back({nullptr, std::move(end)});
          return;
        }
      }
      tell_upstream_ended(end);
    } else {
      log_wrong_kind(*this, "a cancel of a producer", "producer");
    }
  }

  void tell_upstream_ended(const queued_end& end) {
    const auto& upstream = *end.ended;
    this->enter("handle_cancel");
    this->object().handle_cancel({peer_role::producer, upstream.to, end.cause, end.reason});
    const cancel_mode mode = upstream.options.cancel;
    const bool stops = mode == cancel_mode::permanent ||
                       (mode == cancel_mode::transient && !end.reason.is_orderly());
    if (!stops || this->is_ending() || end.reason == cancel_reason::already_subscribed()) return;
    log_stop_after_cancel(*this, upstream.label, end.reason);
    this->stop(end.reason);
  }

  result<unique_id> subscribe(const subscription_plan& plan, start_rule rule) {
    auto added = up_->add(plan);
    if (!added) {
      if (added.error().code == errc::not_found) {
        if (plan.options.cancel != cancel_mode::temporary) this->stop(exit_reason::noproc());
        return this->owner().mint();
      }
      this->log(log_level::error, added.error().message);
      if (rule == start_rule::fail_on_bad_options) {
        this->stop(exit_reason::user(added.error().message));
      }
      return std::unexpected{std::move(added.error())};
    }
    auto& upstream = **added;
    this->enter("handle_subscribe");
    const subscription_mode mode =
        this->object().handle_subscribe(peer_role::producer, upstream.to, plan.options);
    if (this->is_ending()) {
      return fail(errc::process_ended,
                  "subscription " + this->label() + " -> " + upstream.label +
                      ": handle_subscribe stopped the consumer; not subscribed");
    }
    up_->open(upstream, mode);
    return upstream.to.tag;
  }

  void take_request(subscription_request& request) {
    if constexpr (receives) {
      request.reply.complete(subscribe(request.plan, start_rule::go_on));
    } else {
      this->log(log_level::error, "is a producer and cannot be subscribed to another stage");
      request.reply.complete(fail(errc::invalid_argument,
                                  "subscribe: " + this->label() + " is not a consumer; refused"));
    }
  }

  // The emitting half.

  void take_ask(message_ptr received) {
    if constexpr (emits) {
      const auto& header = as<stream_message>(received);
      if (!down_->knows(header.tag)) {
        this->owner()
            .find(header.from)
            .send(std::make_unique<cancel_message>(message_kind::cancelled, header.tag,
                                                   cancel_reason::unknown_subscription()));
        return;
      }
      if (header.asked.is_zero()) return;
      typename producer_side<out>::node asked{static_cast<batch_message<out>*>(received.release())};
      const demand more = down_->ask(std::move(asked));
      if constexpr (receives) {
        work();
      } else if (!more.is_zero()) {
        down_->forwarded(more);
        S& user = this->object();
        if (this->run("handle_demand", [&] { return user.handle_demand(more, down_->out()); })) {
          send_output();
        }
      }
    } else {
      log_wrong_kind(*this, "an ask", "consumer");
    }
  }

  void take_subscribe(subscribe_message& wish) {
    const auto refuse = [&](exit_reason reason) {
      wish.from.peer.send(std::make_unique<cancel_message>(message_kind::cancelled, wish.from.tag,
                                                           std::move(reason)));
    };
    if constexpr (emits) {
      if (down_->knows(wish.from.tag)) {
        log_duplicate(*this, wish.consumer);
        refuse(cancel_reason::duplicated_subscription());
      } else if (wish.events.key != event_type::of<out>().key) {
        const std::string text =
            wrong_events(wish.consumer, this->label(), wish.events, event_type::of<out>());
        this->log(log_level::error, text);
        refuse(exit_reason::user(text));
      } else {
        down_->add(wish);
        this->enter("handle_subscribe");
        const subscription_mode mode =
            this->object().handle_subscribe(peer_role::consumer, wish.from, wish.options);
        down_->open(wish.from.tag);
        if (mode != subscription_mode::automatic) {
          this->stop(
              exit_reason::user("bad_return_value: handle_subscribe towards a consumer "
                                "must answer automatic"));
        }
      }
    } else {
      this->log(log_level::error, "is a consumer and cannot be subscribed to; refused");
      refuse(exit_reason::user("not_a_producer"));
    }
  }

  void take_cancel(const cancel_message& wish) {
    if constexpr (emits) {
      if (down_->knows(wish.tag)) downstream_ended(wish.tag, cancel_cause::cancel, wish.reason);
    } else {
      log_wrong_kind(*this, "a cancel of a consumer", "consumer");
    }
  }

  void downstream_ended(unique_id tag, cancel_cause cause, const exit_reason& reason) {
    const subscription ended = down_->remove(tag, reason);
    this->enter("handle_cancel");
    this->object().handle_cancel({peer_role::consumer, ended, cause, reason});
  }

  /// True if the dead process was a peer of this stage.
  bool take_down(const down_message& notice) {
    if constexpr (receives) {
      if (up_->find(notice.monitor) != nullptr) {
        upstream_ended(notice.monitor, cancel_cause::down, notice.reason);
        return true;
      }
    }
    if constexpr (emits) {
      if (down_->knows(notice.monitor)) {
        downstream_ended(notice.monitor, cancel_cause::down, notice.reason);
        return true;
      }
    }
    return false;
  }

  std::vector<subscription_plan> plans_;
  std::optional<consumer_side<in>> up_;
  std::optional<producer_side<out>> down_;
  std::deque<queued> queue_;
  bool handling_events_ = false;
};

}  // namespace genstage::inline v0::detail
