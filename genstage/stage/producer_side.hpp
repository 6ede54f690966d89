#pragma once

#include <genstage/stage/event_sender.hpp>
#include <genstage/stage/outlet.hpp>
#include <genstage/stage/stage.hpp>
#include <memory>
#include <optional>
#include <utility>

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

  producer_side(process& owner, const Stage& user)
      : sender_{owner},
        outlet_{sender_, detail::dispatcher_of(user), user.buffer()},
        filling_{sender_.spare()},
        out_{filling_->events} {}

  /// Failure: the dispatcher's options make no sense.
  [[nodiscard]] result<void> check() const {
    if constexpr (checked_dispatcher<detail::dispatcher_of_t<Stage>>) {
      return outlet_.dispatcher().check();
    }
    return {};
  }

  [[nodiscard]] output<T>& out() noexcept { return out_; }
  [[nodiscard]] bool has_room() const noexcept { return !outlet_.room().is_zero(); }
  [[nodiscard]] bool has_buffered() const noexcept { return outlet_.buffered() > 0; }
  [[nodiscard]] bool knows(unique_id tag) const noexcept { return sender_.find(tag) != nullptr; }

  /// Registers a consumer; the user's handle_subscribe runs between this and `open`.
  void add(const subscribe_message& wish) { sender_.add(wish); }
  admission open(const subscribe_message& wish) {
    return outlet_.dispatcher().subscribe({wish.from.tag, wish.from.peer.id(), wish.options});
  }
  /// Ends a subscription and confirms it to the consumer. Returns it, for the user's handle_cancel.
  subscription remove(unique_id tag, const exit_reason& reason) {
    subscription ended = sender_.remove(tag, reason);
    outlet_.dispatcher().cancel(tag);
    drain();
    return ended;
  }
  /// The same for one that the dispatcher has refused, and need not forget (G-097).
  subscription refuse(unique_id tag, const exit_reason& reason) {
    return sender_.remove(tag, reason);
  }

  /// A consumer asks. Sends what is buffered, and returns what has to be produced.
  order ask(node asked) {
    const demand count = asked->asked;
    const unique_id tag = asked->tag;
    auto& dispatcher = outlet_.dispatcher();
    if constexpr (std::same_as<detail::dispatcher_of_t<Stage>, demand_dispatcher>) {
      if (dispatcher.size_of(count) == ask_size::larger_than_expected) {
        detail::log_large_ask(sender_.owner(), *dispatcher.expected_ask(), count);
      }
    }
    sender_.note(record_kind::ask, tag, count.count());
    dispatcher.ask(tag, count);
    asked->clear();
    sender_.give_back(std::move(asked));
    drain();
    if constexpr (by_partition) {
      const std::size_t partition = dispatcher.partition_of(tag);
      return {outlet_.to_produce(partition), partition};
    } else {
      return {outlet_.room() - owed_};
    }
  }

  /// What consumers still wait for and the producer has not been asked for. After an ask has been
  /// answered there is such a demand only if events were made that reached nobody: a hash or a
  /// selector dropped them, or they went to a partition that is behind.
  [[nodiscard]] order next_order() const noexcept {
    if constexpr (by_partition) {
      for (std::size_t each = 0; each < outlet_.dispatcher().size(); ++each) {
        if (!outlet_.to_produce(each).is_zero()) return {outlet_.to_produce(each), each};
      }
      return {};
    } else {
      return {outlet_.room() - owed_};
    }
  }
  void forwarded(const order& placed) noexcept {
    if constexpr (by_partition) {
      outlet_.forwarded(placed.partition, placed.asked);
      answering_ = placed.partition;
    } else {
      owed_ += placed.asked;
    }
  }

  /// Sends what the callback has put out; what nobody asked for is buffered.
  void flush() {
    const std::size_t made = filling_->events.size();
    if (made == 0) return;
    if constexpr (by_partition) {
      outlet_.place(filling_, answering_);
    } else {
      owed_ -= demand{made};
      outlet_.place(filling_);
    }
    refill();
    drain();
  }
  /// The callback that answers an order has returned.
  void answered() noexcept { answering_.reset(); }

  /// Sends buffered events as far as there is demand.
  void drain() {
    if (outlet_.buffered() > 0) outlet_.drain();
  }

 private:
  /// Makes sure that the output has somewhere to go again.
  void refill() {
    if (!filling_) filling_ = sender_.spare();
    filling_->events.clear();
    out_.events_ = &filling_->events;
  }

  event_sender<T> sender_;
  outlet outlet_;
  /// Demand that was forwarded to the user's code and has not been answered with events.
  demand owed_{};
  std::optional<std::size_t> answering_;
  node filling_;
  output<T> out_;
};

}  // namespace genstage::inline v0
