#pragma once

#include <algorithm>
#include <genstage/core/contract.hpp>
#include <genstage/core/ring.hpp>
#include <genstage/stage/event_sender.hpp>
#include <genstage/stage/outlet.hpp>
#include <genstage/stage/plain_conversation.hpp>
#include <genstage/stage/stage.hpp>
#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// What the user's code is to be asked for next.
struct order {
  demand asked{};
  std::size_t partition = 0;  ///< For a `partitioned_producer`.
};

/// The half of a stage that emits: who consumes, what they asked for, what waits for them.
///
/// Invariant, after every message: the buffer is empty or nothing of it can be delivered; so
/// buffered events always leave before newer ones. With a partition dispatcher that holds for each
/// partition. Source: sections 6, 8 and 14, and recommendation G-153.
template <class T, class Stage>
class producer_side {
 public:
  using node = typename event_sender<T>::node;
  using outlet = outlet_of<Stage>;
  static constexpr bool by_partition = asked_by_partition<Stage>;
  /// Whether its conversation with an only consumer can be a plain one.
  static constexpr bool may_be_plain =
      std::same_as<detail::dispatcher_of_t<Stage>, demand_dispatcher> && !receiving<Stage> &&
      std::derived_from<Stage, detail::plain_stage>;

  producer_side(process& owner, Stage& user)
      : sender_{owner, user},
        outlet_{sender_, detail::dispatcher_of(std::as_const(user)), user.buffer()},
        mode_{initial_mode(user)},
        filling_{sender_.spare()},
        out_{filling_->events} {}
  producer_side(const producer_side&) = delete;
  producer_side& operator=(const producer_side&) = delete;
  /// What nobody has been sent is lost with its stage.
  ~producer_side() {
    if (has_buffered()) sender_.note(record_kind::lost, unique_id::none, buffered_count());
  }

  /// Failure: options of the dispatcher or of the buffer that make no sense, in words that name
  /// which. Source: G-020, G-024.
  [[nodiscard]] result<void> check(const Stage& user) const {
    if constexpr (checked_dispatcher<detail::dispatcher_of_t<Stage>>) {
      if (result<void> usable = outlet_.dispatcher().check(); !usable) {
        usable.error().message = dispatcher_name() + ": " + usable.error().message;
        return usable;
      }
    }
    return detail::check_buffer(user.buffer());
  }
  [[nodiscard]] static const std::string& dispatcher_name() {
    static const std::string name = short_type_name(typeid(detail::dispatcher_of_t<Stage>));
    return name;
  }

  /// What this half adds to the status of its stage.
  void describe(stage_status& into) const {
    into.dispatcher = dispatcher_name();
    into.emits = event_type::of<T>();
    into.buffered = outlet_.buffered();
    into.buffer_size = outlet_.capacity();
    into.emitted = made_;
    into.discarded = sender_.dropped();
    into.lost = sender_.lost();
    into.room = outlet_.room();
    into.owed = owed();
    into.mode = mode_;
    for (const auto& each : sender_.consumers()) {
      into.consumers.push_back({.from = each.who,
                                .outstanding = each.asked - demand{each.sent},
                                .sent = each.sent,
                                .asked = each.asked,
                                .since_ask = coarse_clock::since(each.asked_at),
                                .since_sent = coarse_clock::since(each.sent_at)});
      if (!each.meter) continue;
      into.consumers.back().handled = each.meter->handled.load(std::memory_order_relaxed);
      into.consumers.back().since_handled =
          coarse_clock::since(each.meter->at.load(std::memory_order_relaxed));
    }
  }

  [[nodiscard]] output<T>& out() noexcept { return out_; }
  [[nodiscard]] bool has_room() const noexcept { return !outlet_.room().is_zero(); }
  [[nodiscard]] bool has_buffered() const noexcept { return outlet_.has_buffered(); }
  using consumer = typename event_sender<T>::consumer;
  /// Null if the tag is of no consumer of this stage.
  [[nodiscard]] consumer* find(unique_id tag) noexcept { return sender_.find(tag); }

  /// Registers a consumer; the user's handle_subscribe runs between this and `open`.
  void add(const subscribe_message& wish) {
    plain_.end();
    sender_.add(wish);
  }
  admission open(const subscribe_message& wish) {
    return outlet_.dispatcher().subscribe({wish.from.tag, wish.from.peer.id(), wish.options});
  }
  /// Ends a subscription and confirms it to the consumer. Returns it, for the user's handle_cancel.
  auto remove(unique_id tag, cancel_cause cause, const exit_reason& reason) {
    plain_.end();
    const auto ended = sender_.remove(tag, cause, reason);
    outlet_.dispatcher().cancel(tag);
    drain();
    return ended;
  }
  /// The same for one that the dispatcher has refused, and need not forget (G-097).
  subscription refuse(unique_id tag, const exit_reason& reason) {
    plain_.end();
    return sender_.remove(tag, cancel_cause::cancel, reason).who;
  }
  /// True if the dead process had cancelled and was still watched for what it had not handled.
  bool settle(unique_id tag) { return sender_.settle(tag); }

  /// A consumer asks. Sends what is buffered, and returns what has to be produced.
  [[gnu::always_inline]] order ask(node&& asked, consumer& asker) {
    plain_.end();
    const demand count = asked->asked;
    const unique_id tag = asked->tag;
    auto& dispatcher = outlet_.dispatcher();
    if constexpr (std::same_as<detail::dispatcher_of_t<Stage>, demand_dispatcher>) {
      if (dispatcher.size_of(count) == ask_size::larger_than_expected) {
        detail::log_large_ask(sender_.owner(), sender_.peer_of(tag), *dispatcher.expected_ask(),
                              count);
      }
    }
    sender_.count_ask(asker, count);
    dispatcher.ask(tag, count);
    sender_.give_back_all(std::move(asked));
    drain();
    order wanted = not_forwarded(partition_of(tag));
    if (mode_ == demand_mode::forward && accumulated_.is_empty()) [[likely]]
      return wanted;
    for (const order& each : accumulated_) {
      if (each.partition == wanted.partition) wanted.asked -= each.asked;
    }
    if (mode_ == demand_mode::forward) return wanted;
    if (!wanted.asked.is_zero()) accumulated_.push_back(wanted);
    return {};
  }

  /// The consumer, if this is an ask of a plain conversation; else null.
  [[nodiscard, gnu::always_inline]] consumer* plain_partner(const stream_message& ask) noexcept {
    return plain_.partner(ask.tag, ask.asked);
  }
  /// Such an ask has come: the user's code is to be asked for that much.
  [[gnu::always_inline]] void begin_answer(consumer& partner, demand asked) {
    sender_.count_ask(partner, asked);
    plain_.take(asked);
  }
  /// The callback has returned. Sends what it made, if that is the answer; the node of the ask is
  /// what is filled next. If it returns false, all has to go the ordinary way.
  [[nodiscard, gnu::always_inline]] bool answer(node& asked, consumer& partner) {
    const std::size_t made = filling_->events.size();
    if (out_.notes_ || !plain_.is_answered_by(made)) [[unlikely]] {
      sender_.give_back_all(std::move(asked));
      return false;
    }
    made_ += made;
    sender_.count_placed(made);
    sender_.send(std::move(filling_), partner, made);
    filling_ = std::move(asked);
    filling_->from = sender_.owner().id();
    refill();
    return true;
  }
  /// Goes on as a plain conversation if all is at rest.
  [[gnu::always_inline]] void try_plain() {
    if (sender_.consumers().size() != 1) return;
    const demand_dispatcher& deciding = outlet_.dispatcher();
    const bool is_at_rest = deciding.is_at_rest() && !has_buffered() && owed_.is_zero() &&
                            accumulated_.is_empty() && mode_ == demand_mode::forward;
    if (is_at_rest) plain_.begin(sender_.consumers().front(), *deciding.expected_ask());
  }

  /// An ask of the stage to itself, which comes back by `give_back`.
  [[nodiscard]] node own_ask() {
    node asked = sender_.spare();
    asked->kind = message_kind::ask;
    asked->tag = unique_id::none;
    asked->asked = demand{};  // Of its last journey.
    return asked;
  }
  void give_back(node&& own) noexcept { sender_.give_back(std::move(own)); }

  /// What consumers still wait for and the producer has not been asked for: demand that was
  /// accumulated, ask by ask (G-161). Otherwise, after an ask has been answered, there is such a
  /// demand only if events were made that reached nobody: a hash or a selector dropped them, or
  /// they went to a partition that is behind.
  [[nodiscard]] order next_order() {
    if (mode_ == demand_mode::accumulate) return {};
    while (!accumulated_.is_empty()) {
      order next = accumulated_.pop_front();
      next.asked = std::min(next.asked, not_forwarded(next.partition).asked);
      if (!next.asked.is_zero()) return next;
    }
    return any_not_forwarded();
  }
  [[nodiscard]] bool has_order() const noexcept {
    if (mode_ == demand_mode::accumulate) return false;
    if constexpr (std::same_as<detail::dispatcher_of_t<Stage>, demand_dispatcher>) {
      return !accumulated_.is_empty();
    } else {
      return !accumulated_.is_empty() || !any_not_forwarded().asked.is_zero();
    }
  }
  void forwarded(const order& placed) noexcept {
    plain_.end();
    if constexpr (by_partition) {
      outlet_.forwarded(placed.partition, placed.asked);
      answering_ = placed.partition;
    } else {
      owed_ += placed.asked;
    }
  }

  /// Sends what the callback has put out; what nobody asked for is buffered.
  [[gnu::always_inline]] void flush() {
    if (plain_.has_ask()) [[unlikely]]
      go_the_ordinary_way();
    const std::size_t made = filling_->events.size();
    if (made == 0) return out_.notes_.reset();
    if (out_.notes_) [[unlikely]]
      filling_->take_notes(std::move(out_.notes_));
    plain_.end();
    made_ += made;
    if constexpr (by_partition) {
      place(filling_, answering_);
    } else {
      owed_ -= demand{made};
      place(filling_);
    }
    refill();
    drain();
  }
  /// The callback that answers an order has returned.
  void answered() noexcept { answering_.reset(); }

  /// Sends buffered events as far as there is demand.
  [[gnu::always_inline]] void drain() {
    if (has_buffered() && mode_ == demand_mode::forward) [[unlikely]]
      outlet_.drain();
  }

  /// The conservation law, G10: nothing goes astray, and nobody is sent what it has not asked for.
  void check_conservation() const {
    GENSTAGE_ASSERT(made_ == sender_.placed() + outlet_.buffered() + sender_.dropped());
    for (const auto& each : sender_.consumers()) {
      const demand outstanding = outlet_.dispatcher().outstanding(each.who.tag);
      GENSTAGE_ASSERT(each.asked == demand{each.sent} + outstanding);
    }
  }

  /// Between two callbacks.
  void digest(state_digest& into) const {
    sender_.digest(into);
    outlet_.digest(into);
    into.add(owed_, mode_, accumulated_.size());
    for (const order& each : accumulated_) into.add(each.asked, each.partition);
  }

  [[nodiscard]] std::size_t buffered_count() const noexcept { return outlet_.buffered(); }
  [[nodiscard]] demand_mode mode() const noexcept { return mode_; }
  void set_mode(demand_mode wanted) {
    plain_.end();
    mode_ = wanted;
    drain();
  }

  /// Has the stage told once what is buffered now has left; at once if nothing is.
  void tell_behind_events(message_ptr info) {
    auto held = std::make_shared<detail::held_info>(std::move(info));
    if (!outlet_.mark(held)) sender_.release(std::move(held));
  }

 private:
  /// The ask in hand turns out to be an ordinary one.
  [[gnu::noinline]] void go_the_ordinary_way() {
    if constexpr (may_be_plain) {
      const unique_id tag = sender_.consumers().front().who.tag;
      const demand asked = plain_.end();
      outlet_.dispatcher().ask(tag, asked);
      owed_ += asked;
    }
  }

  [[nodiscard]] static demand_mode initial_mode(const Stage& user) {
    if constexpr (requires { user.initial_demand(); }) return user.initial_demand();
    return demand_mode::forward;
  }

  template <class... Answering>
  [[gnu::always_inline]] void place(node& made, Answering... answering) {
    if (mode_ == demand_mode::forward) {
      outlet_.place(made, answering...);
    } else {
      outlet_.hold(made, answering...);
    }
  }

  [[nodiscard]] std::size_t partition_of(unique_id tag) const noexcept {
    if constexpr (by_partition) return outlet_.dispatcher().partition_of(tag);
    return 0;
  }
  [[nodiscard]] order not_forwarded(std::size_t partition) const noexcept {
    if constexpr (by_partition) return {outlet_.to_produce(partition), partition};
    return {outlet_.room() - owed_};
  }
  /// What the user's code was asked for and has not made.
  [[nodiscard]] demand owed() const noexcept {
    if constexpr (by_partition) return outlet_.owed();
    return owed_;
  }
  [[nodiscard]] order any_not_forwarded() const noexcept {
    if constexpr (by_partition) {
      for (std::size_t each = 0; each < outlet_.dispatcher().size(); ++each) {
        if (!outlet_.to_produce(each).is_zero()) return {outlet_.to_produce(each), each};
      }
      return {};
    } else {
      return {outlet_.room() - owed_};
    }
  }

  /// Makes sure that the output has somewhere to go again.
  [[gnu::always_inline]] void refill() {
    if (filling_) {
      filling_->clear();  // What waits in a buffer has left its trace.
    } else {
      filling_ = sender_.spare();
    }
    out_.events_ = &filling_->events;
  }

  event_sender<T> sender_;
  outlet outlet_;
  /// Demand that was forwarded to the user's code and has not been answered with events.
  demand owed_{};
  std::uint64_t made_ = 0;
  std::optional<std::size_t> answering_;
  demand_mode mode_;
  /// Asks that came while demand is accumulated.
  ring<order> accumulated_;
  plain_conversation<consumer> plain_;
  node filling_;
  output<T> out_;
};

}  // namespace genstage::inline v0
