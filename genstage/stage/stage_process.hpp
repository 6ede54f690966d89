#pragma once

#include <functional>
#include <genstage/core/ring.hpp>
#include <genstage/stage/detail/halves.hpp>
#include <genstage/stage/stage.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace genstage::inline v0::detail {

void log_wrong_kind(const process& owner, const char* message, const char* kind);
void log_no_demand_mode(const process& owner, const char* kind);
void log_no_buffer(const process& owner);
void log_duplicate(const process& owner, const std::string& consumer);
[[nodiscard]] std::string wrong_events(const std::string& consumer, const std::string& producer,
                                       const event_type& takes, const event_type& emits);
[[nodiscard]] std::string wrong_selector(const std::string& consumer, const std::string& producer,
                                         const event_type& selects, const event_type& emits);
[[nodiscard]] std::string cannot_be_copied(const std::string& consumer, const std::string& producer,
                                           const event_type& emits);
/// What a dispatcher answered, with the names of both ends.
[[nodiscard]] exit_reason refusal(const std::string& consumer, const std::string& producer,
                                  const std::string& dispatcher, const exit_reason& answer);

/// The process around a stage of type S. One class for all kinds: a kind that lacks a half does not
/// instantiate it. Calls go to S itself, so a final S needs no virtual call.
///
/// While a callback waits, nothing else is handled; `callback_ended` then goes on with what was to
/// follow it.
template <class S>
class stage_process final : public user_process<S>, public stage_requests {
 public:
  static constexpr bool receives = receiving<S>;
  static constexpr bool emits = emitting<S>;
  using in = typename receiving_half<S>::event;
  using out = typename emitting_half<S>::event;
  using up_side = typename receiving_half<S>::type;
  using down_side = typename emitting_half<S>::type;
  using factory = typename user_process<S>::factory;
  /// A consumer whose callback never waits.
  static constexpr bool handles_at_once = receives && !emits && !waits_with_events<S>;

  stage_process(factory make, std::vector<subscription_plan> plans)
      : user_process<S>{std::move(make)}, plans_{std::move(plans)} {}

  void digest(state_digest& into) const override;
  /// Not after an end: a dispatcher of the user's may have thrown in the middle of a decision.
  void check_invariants() const override {
    if constexpr (emits) {
      if (down_ && !this->is_ending()) down_->check_conservation();
    }
  }
  void* output() noexcept override {
    if constexpr (emits) return &down_->out();
    return nullptr;
  }
  /// The callback may go on for long.
  void send_output() override {
    if constexpr (emits) down_->flush();
    hand_over::let_others_run();
  }

 protected:
  void start() override {
    this->make_user();
    if constexpr (emits) {
      down_.emplace(*this, this->object());
      if (const result<void> usable = down_->check(this->object()); !usable)
        return refuse_to_start(usable.error());
    }
    if constexpr (receives) up_.emplace(*this);
    if (this->init_user()) subscribe_as_planned();
  }

  /// Ends the start with words that name the stage.
  void refuse_to_start(const error& wrong) {
    const std::string text = this->label() + ": " + wrong.message;
    this->log(log_level::error, text);
    this->stop(exit_reason::user(text));
  }

  void receive(message_ptr received) override {
    if (received->kind == message_kind::events) {
      take_events(std::move(received));
    } else if (received->kind == message_kind::ask) {
      take_ask(std::move(received));
    } else {
      receive_other(std::move(received));
    }
  }

  /// What is no part of the conversation while it goes on; kept out of its way.
  [[gnu::noinline]] void receive_other(message_ptr received) {
    switch (received->kind) {
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
        as<stage_request>(received).act(*this);
        break;
      case message_kind::down:
        if (take_down(as<down_message>(received))) break;
        [[fallthrough]];
      default:
        ++told_;
        this->receive_for_user(received);
        if (!this->is_suspended()) callback_ended();
    }
    if (received && this->is_suspended()) handled_ = std::move(received);
  }

  // What is asked of the stage itself, in detail/requests.hpp.

  void answer(const subscription_request& asked) override;
  void tell_behind_events(message_ptr info) override;
  [[nodiscard]] std::size_t buffered_count() override;
  [[nodiscard]] demand_mode get_demand() override;
  void set_demand(demand_mode mode) override;
  [[nodiscard]] stage_status describe() override;

  /// What was emitted leaves, even if the stage was told to stop; more is not asked for then
  /// (G-130).
  void callback_ended() override {
    // A `suspend` may have come while the callback waited: the rest follows its `resume`.
    if (this->is_suspended()) return send_output();
    if (next_) {
      message_ptr handled = std::exchange(handled_, nullptr);
      std::exchange(next_, nullptr)();
      if (this->is_suspended()) handled_ = std::move(handled);
    }
    if (!this->is_suspended()) subscribe_as_planned();
    if (this->is_suspended()) return;
    after_callback();
    if (std::exchange(handling_events_, false)) finish_handled();
    work();
  }

 private:
  struct queued_end {
    std::unique_ptr<typename up_side::upstream> ended;
    cancel_cause cause;
    exit_reason reason;
  };
  /// What a producer_consumer has received and not begun: events, the end of a
  /// subscription, or an info.
  struct queued {
    typename up_side::node events{};
    std::optional<queued_end> end{};
    message_ptr info{};
  };

  template <class Message>
  static Message& as(const message_ptr& received) noexcept {
    return static_cast<Message&>(*received);
  }

  // Callbacks that may wait, or not.

  /// Calls back, and goes on with `next` when that has ended: at once, or once it has waited.
  template <class Callback, class Next>
  void run_then(const char* name, Callback callback, Next next) {
    if (this->run(name, std::move(callback))) {
      next();
    } else {
      next_ = std::move(next);
    }
  }
  /// Goes on with the user's answer in `answer_`. What is given lives until then.
  template <class Next>
  void ask_user(peer_role role, const subscription& from, const subscription_options& options,
                Next next) {
    const auto ask = [this, role, &from, &options] {
      S& user = this->object();
      if constexpr (std::derived_from<S, async_stage>) {
        return keep_answer(user.handle_subscribe(role, from, options), answer_);
      } else {
        answer_ = user.handle_subscribe(role, from, options);
      }
    };
    run_then("handle_subscribe", ask, std::move(next));
  }
  static task<> keep_answer(task<subscription_mode> asked, subscription_mode& answer) {
    answer = co_await std::move(asked);
  }
  /// What the callback emits leaves before `next`.
  template <class Next>
  void tell_cancelled(cancellation ended, Next next) {
    ended_.emplace(std::move(ended));
    const auto tell = [this] { return this->object().handle_cancel(*ended_); };
    run_then("handle_cancel", tell, [this, next = std::move(next)]() mutable {
      after_callback();
      next();
    });
  }

  // The receiving half; what is longer is in detail/receiving_half.hpp.

  /// The subscriptions that the stage starts with, one after the other, once init has ended.
  void subscribe_as_planned();
  /// `asked` is null for a planned one.
  void subscribe(const subscription_plan& plan, const subscription_request* asked);
  void subscribed(typename up_side::upstream& upstream, const subscription_request* asked);

  [[gnu::always_inline]] void take_events(message_ptr&& received) {
    if constexpr (receives) {
      const auto& header = as<stream_message>(received);
      auto* const from = up_->find(header.tag);
      if (from == nullptr) [[unlikely]]
        return refuse_stray(*this, message_kind::cancel, header);
      typename up_side::node events{
          static_cast<batch_message<std::remove_const_t<in>>*>(received.release())};
      if (up_side::events_of(*events).empty()) return;
      if constexpr (emits) {
        if (!queue_.is_empty() || !down_->has_room() || down_->has_buffered()) {
          queue_.push_back({.events = std::move(events)});
          work();
          return;
        }
      }
      if constexpr (handles_at_once) {
        const std::span<in> all = up_side::events_of(*events);
        if (up_->is_one_batch(all.size(), *from) && events->notes == nullptr) [[likely]] {
          handle(all, &from->to);
          if (!this->is_ending()) up_->finish_message(std::move(events), all.size(), *from);
          return;
        }
      }
      up_->begin(std::move(events), from, nullptr);
      work();
    } else {
      log_wrong_kind(*this, "events", "producer");
    }
  }

  /// Handles what has been received, as far as there is room for what it brings forth.
  void work() {
    if (this->is_suspended()) [[unlikely]]
      return;
    if constexpr (!receives) {
      if (!this->is_ending()) down_->drain();
    } else {
      while (!this->is_ending()) {
        if constexpr (emits) down_->drain();
        if (!up_->is_busy() && !take_up_next()) return;
        handling_events_ = true;
        const std::span<in> batch = up_->next_batch();
        if (up_->notes() != nullptr) [[unlikely]]
          begin_noted(batch.size());
        if (!handle(batch, up_->source())) return;
        handling_events_ = false;
        if constexpr (emits) down_->flush();
        finish_handled();
      }
      up_->drop();
    }
  }

  /// The batch in hand has been handled.
  [[gnu::always_inline]] void finish_handled() {
    if constexpr (receives) {
      if (up_->notes() != nullptr) [[unlikely]]
        return finish_noted();
      if (!this->is_ending()) up_->finish_batch();
    }
  }
  /// What comes of the batch in hand belongs to its trace as well.
  void begin_noted(std::size_t events);
  void finish_noted();

  [[gnu::always_inline]] bool handle(std::span<in> events, const subscription* from) {
    S& user = this->object();
    static_cast<receiving_stage<in>&>(user).events_from_ = from;
    return this->run("handle_events", [&] {
      if constexpr (emits) {
        return user.handle_events(events, down_->out());
      } else {
        return user.handle_events(events);
      }
    });
  }

  bool take_up_next();
  /// The subscription of that tag, if its end waits in the queue.
  [[nodiscard]] auto ended_behind(unique_id tag) const -> const typename up_side::upstream*;
  void upstream_ended(unique_id tag, cancel_cause cause, const exit_reason& reason);
  void tell_upstream_ended(queued_end end);
  [[nodiscard]] static bool stops_for(const queued_end& end) {
    return ends_consumer(end.ended->options.cancel, end.reason);
  }

  // The emitting half, in detail/emitting_half.hpp.

  [[gnu::always_inline]] void take_ask(message_ptr&& received);
  [[gnu::noinline]] void take_ordinary_ask(message_ptr&& received);
  [[nodiscard]] static auto as_node(message_ptr& received) noexcept {
    return typename down_side::node{static_cast<batch_message<out>*>(received.release())};
  }
  /// Answers an ask of a plain conversation, if the user's code makes it one.
  template <class Node, class Consumer>
  [[gnu::always_inline]] void answer_plainly(Node&& asked, Consumer& partner);
  /// Asks the user's code for events.
  [[gnu::always_inline]] void place_order(const order& wanted);
  /// The same; false if the callback waits.
  [[gnu::always_inline]] bool ask_user_for(const order& wanted);
  /// The same for what consumers still wait for.
  [[gnu::noinline]] void place_next_order() { place_order(down_->next_order()); }
  /// What a callback has made leaves. If a part of it reached nobody, the stage asks for more in
  /// its consumers' stead, by a message to itself, so that whatever came meanwhile has its turn.
  void after_callback() { send_made(); }
  [[gnu::always_inline]] void send_made();
  [[gnu::noinline]] void ask_again();
  void take_subscribe(subscribe_message& wish);
  /// Why the wish cannot be granted, whatever the dispatcher says; empty if it can.
  [[nodiscard]] std::string mismatch(const subscribe_message& wish) const;
  void admit(const subscribe_message& wish);
  void admitted(const subscribe_message& wish);
  void take_cancel(const cancel_message& wish);
  void downstream_ended(unique_id tag, cancel_cause cause, const exit_reason& reason);
  template <class Next>
  void forget_consumer(unique_id tag, cancel_cause cause, const exit_reason& reason, Next next);
  void room_may_have_grown();

  /// True if the dead process was a peer of this stage.
  bool take_down(const down_message& notice) {
    if constexpr (receives) {
      if (up_->find(notice.monitor) != nullptr) {
        upstream_ended(notice.monitor, cancel_cause::down, notice.reason);
        return true;
      }
    }
    if constexpr (emits) {
      if (down_->find(notice.monitor) != nullptr) {
        downstream_ended(notice.monitor, cancel_cause::down, notice.reason);
        return true;
      }
      if (down_->settle(notice.monitor)) return true;
    }
    return false;
  }

  std::vector<subscription_plan> plans_;
  std::size_t next_plan_ = 0;
  std::optional<up_side> up_;
  std::optional<down_side> down_;
  ring<queued> queue_;
  std::uint64_t told_ = 0;
  bool handling_events_ = false;
  bool is_asking_again_ = false;
  /// Of a callback that waits: what it was given, what follows it, and the message it is about.
  std::optional<cancellation> ended_;
  std::move_only_function<void()> next_;
  message_ptr handled_;
  subscription_mode answer_ = subscription_mode::automatic;
};

}  // namespace genstage::inline v0::detail

#include <genstage/stage/detail/emitting_half.hpp>
#include <genstage/stage/detail/receiving_half.hpp>
#include <genstage/stage/detail/requests.hpp>
