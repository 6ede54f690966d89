#pragma once

#include <algorithm>
#include <genstage/core/type_name.hpp>
#include <genstage/dispatch/dispatcher.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/stage/output_buffer.hpp>
#include <genstage/stage/protocol.hpp>
#include <genstage/stage/stage.hpp>
#include <genstage/stage/stage_events.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

namespace detail {

/// Says that a buffer dropped events, in the words all stages use.
void log_discarded(const process& owner, std::size_t count);
void log_large_ask(const process& owner, pid consumer, demand expected, demand asked);
/// Failure: a size that comes of a negative number.
[[nodiscard]] result<void> check_buffer(const buffer_options& wanted);
void log_unknown_partition(const process& owner, const std::string& answer,
                           const std::string& known, std::uint64_t count);

/// What is to be told to the stage itself, in its turn, once the events before it have left;
/// several queues may hold it.
struct held_info {
  message_ptr payload;
};
using held_mark = std::shared_ptr<held_info>;

}  // namespace detail

/// Sends batches to the consumers of a stage: knows who they are, keeps spent messages to send
/// again, and records what goes where.
template <class T>
class event_sender {
 public:
  using node = std::unique_ptr<batch_message<T>>;

  struct consumer {
    subscription who;
    batch_use use;
    event_selector selector;
    std::shared_ptr<const subscription_meter> meter;
    demand asked{};
    std::uint64_t sent = 0;
    /// When last, on the coarse clock; 0 for never.
    std::uint64_t asked_at = 0;
    std::uint64_t sent_at = 0;

    /// What was sent and not handled; nothing if the consumer does not say. What it may have got
    /// from others under this tag does not count.
    [[nodiscard]] std::uint64_t in_flight() const noexcept {
      if (!meter) return 0;
      return sent - std::min(sent, meter->handled.load(std::memory_order_relaxed));
    }
  };
  /// What a consumer leaves behind.
  struct departure {
    subscription who;
    std::uint64_t lost;
  };

  event_sender(process& owner, detail::emitting_stage<T>& user) : owner_{owner}, user_{user} {}
  event_sender(const event_sender&) = delete;
  event_sender& operator=(const event_sender&) = delete;
  ~event_sender() {
    for (const consumer& each : consumers_) unlist(each.who.tag);
  }

  [[nodiscard]] process& owner() const noexcept { return owner_; }
  /// Null if the tag is of none.
  [[nodiscard]] consumer* find(unique_id tag) noexcept {
    for (consumer& each : consumers_) {
      if (each.who.tag == tag) return &each;
    }
    return nullptr;
  }
  /// Of a subscription that it knows.
  [[nodiscard]] pid peer_of(unique_id tag) const noexcept {
    return std::ranges::find(consumers_, tag, tag_of)->who.peer.id();
  }
  [[nodiscard]] std::vector<consumer>& consumers() noexcept { return consumers_; }
  [[nodiscard]] const std::vector<consumer>& consumers() const noexcept { return consumers_; }
  /// Events that have left, that were dropped, and that were sent to consumers which died before
  /// they had handled them, in all.
  [[nodiscard]] std::uint64_t placed() const noexcept { return placed_; }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

  void add(const subscribe_message& wish) {
    forget_leavers([&](const consumer& each) { return each.who.tag == wish.from.tag; });
    owner_.monitor(wish.from.peer, wish.from.tag);
    consumers_.push_back({wish.from, wish.use, wish.options.selector, wish.meter});
    note(record_kind::subscribed, wish.from.tag, as_word(wish.from.peer.id()));
    list(wish.from);
  }
  /// Forgets a consumer, and confirms that to it. One that has not handled all that it was sent is
  /// watched until it has, or has died.
  departure remove(unique_id tag, cancel_cause cause, const exit_reason& reason) {
    forget_leavers([](const consumer& each) { return each.in_flight() == 0; });
    const auto found = std::ranges::find(consumers_, tag, tag_of);
    const departure ended{found->who, cause == cancel_cause::down ? found->in_flight() : 0};
    if (cause == cancel_cause::cancel && found->in_flight() > 0) {
      leavers_.push_back(std::move(*found));
    } else {
      owner_.demonitor(ended.who.peer, tag);
    }
    consumers_.erase(found);
    ended.who.peer.send(std::make_unique<cancel_message>(message_kind::cancelled, tag, reason));
    count_lost(tag, ended.lost);
    unlist(tag);
    note(record_kind::cancelled, tag, as_word(ended.who.peer.id()));
    return ended;
  }
  /// A consumer whose subscription had ended before has died. False if it is none of those that are
  /// still watched.
  bool settle(unique_id tag) {
    const auto found = std::ranges::find(leavers_, tag, tag_of);
    if (found == leavers_.end()) return false;
    count_lost(tag, found->in_flight());
    leavers_.erase(found);
    return true;
  }

  void count_ask(consumer& asker, demand asked) {
    asker.asked += asked;
    asker.asked_at = coarse_clock::now();
    note(record_kind::ask, asker.who.tag, asked.count());
  }
  /// Events have gone where the dispatcher said.
  void count_placed(std::uint64_t count) noexcept { placed_ += count; }

  /// Carries out what was decided about all events of `made`. The node itself travels if all go to
  /// one consumer, and is null afterwards; else it is left empty.
  [[gnu::always_inline]] void carry_out(node& made, std::span<const delivery> decided) {
    placed_ += made->events.size();
    if (decided.size() == 1) {
      send(std::move(made), decided.front().to);
    } else {
      cut(*made, decided);
    }
  }

  [[gnu::always_inline]] void send(node&& filled, unique_id tag) {
    if (consumer* const to = find(tag); to != nullptr) [[likely]]
      return send(std::move(filled), *to);
    note(record_kind::discarded, tag, filled->events.size());
    filled->clear();
    give_back(std::move(filled));
  }
  [[gnu::always_inline]] void send(node&& filled, consumer& to) {
    const std::uint64_t count = filled->events.size() + filled->count;
    send(std::move(filled), to, count);
  }
  /// The same if it is known how many events that are.
  [[gnu::always_inline]] void send(node&& filled, consumer& to, std::uint64_t count) {
    const unique_id tag = to.who.tag;
    filled->kind = message_kind::events;
    filled->tag = tag;
    note(record_kind::delivery, tag, count);
    to.sent += count;
    to.sent_at = coarse_clock::now();
    if (telemetry_.is_wanted<batch_handled>()) [[unlikely]]
      stamp(*filled);
    // Of a consumer that says what it has handled, the loss is counted when its down comes.
    if (to.who.peer.try_send_next(filled)) [[likely]]
      return;
    filled.reset();
    if (!to.meter) count_lost(tag, count);
  }

  /// A message to fill, empty.
  [[nodiscard, gnu::always_inline]] node spare() {
    node taken = spare_.take();
    if (!taken) [[unlikely]]
      return fresh();
    taken->from = owner_.id();
    return taken;
  }
  /// The same for a part of a batch with these notes; null if it has none.
  [[nodiscard]] node spare(const batch_notes* notes) {
    node part = spare();
    if (notes != nullptr) part->take_notes(std::make_unique<batch_notes>(*notes));
    return part;
  }
  [[gnu::always_inline]] void give_back(node&& spent) noexcept {
    if (spent) spare_.put(std::move(spent));
  }
  /// An ask, with what came along.
  [[gnu::always_inline]] void give_back_all(node&& asked) noexcept {
    if (!asked->is_plain) [[unlikely]] {
      while (node other = asked->spent.take()) spare_.put(std::move(other));
    }
    asked->clear();
    spare_.put(std::move(asked));
  }

  void digest(state_digest& into) const {
    for (const consumer& each : consumers_) {
      into.add(each.who.tag, each.who.peer.id(), each.use, each.in_flight());
      if (each.selector) into.give_up();
    }
    into.add(leavers_.size());
    for (const consumer& each : leavers_) {
      into.add(each.who.tag, each.who.peer.id(), each.in_flight());
    }
  }

  [[gnu::always_inline]] void note(record_kind kind, unique_id tag, std::uint64_t count) noexcept {
    if (records_ != nullptr) {
      owner_.note(*records_, kind, static_cast<std::uint64_t>(tag), count);
    }
  }
  /// No value if nobody measures.
  [[nodiscard]] std::optional<instant> measured_now() const {
    if (!telemetry_.is_wanted<batch_handled>()) return std::nullopt;
    return owner_.owner().scheduler().now();
  }
  /// A message with the oldest `count` events of a buffer, or fewer if a mark comes before that.
  [[nodiscard]] node taken_from(output_buffer<T, detail::held_mark>& kept, std::size_t count) {
    node taken = spare();
    if (const auto at = kept.made_at(kept.take(count, taken->events))) {
      taken->take_notes(std::make_unique<batch_notes>(batch_notes{.made_at = at}));
    }
    return taken;
  }
  /// Events wait, since nobody has asked for them.
  void note_buffered(std::uint64_t count) noexcept {
    if (count == 0) return;
    note(record_kind::buffered, unique_id::none, count);
    detail::tell_buffered(owner_, count);
  }
  /// Counts events that are for nobody.
  void drop(std::uint64_t count) noexcept {
    dropped_ += count;
    note(record_kind::discarded, unique_id::none, count);
    detail::tell_discarded(owner_, count);
  }
  /// Counts and reports what a buffer had to drop.
  void discarded(std::size_t count) {
    if (count == 0) return;
    drop(count);
    if (user_.format_discarded(count) == discarded_log::write) {
      detail::log_discarded(owner_, count);
    }
  }
  /// The events before the mark have left one of the queues that hold it.
  void release(detail::held_mark passed) {
    if (passed.use_count() == 1) owner_.self().send(std::move(passed->payload));
  }

 private:
  [[nodiscard, gnu::noinline]] node fresh() {
    return std::make_unique<batch_message<T>>(message_kind::events, unique_id::none, owner_.id());
  }
  [[gnu::noinline]] void stamp(batch_message<T>& leaving) {
    if (!leaving.notes) leaving.take_notes(std::make_unique<batch_notes>());
    leaving.notes->sent_at = owner_.owner().scheduler().now();
  }
  [[gnu::noinline]] void cut(batch_message<T>& made, std::span<const delivery> decided) {
    std::size_t offset = 0;
    for (const delivery& each : decided) {
      node part = spare(made.notes.get());
      part->events.take_from(made.events, offset, each.count);
      offset += each.count;
      send(std::move(part), each.to);
    }
    made.clear();
  }
  /// Among the open subscriptions, for those who read the records.
  void list(const subscription& opened) const {
    if (records_ == nullptr) return;
    const std::uint32_t events = records_->names().number_of(type_name<T>());
    records_->subscriptions().opened({static_cast<std::uint64_t>(opened.tag), as_word(owner_.id()),
                                      as_word(opened.peer.id()), events});
  }
  void unlist(unique_id tag) const noexcept {
    if (records_ != nullptr) records_->subscriptions().closed(static_cast<std::uint64_t>(tag));
  }
  void count_lost(unique_id tag, std::uint64_t count) noexcept {
    if (count == 0) return;
    lost_ += count;
    note(record_kind::lost, tag, count);
  }
  template <class Which>
  void forget_leavers(Which which) {
    std::erase_if(leavers_, [&](const consumer& each) {
      const bool is_over = which(each);
      if (is_over) owner_.demonitor(each.who.peer, each.who.tag);
      return is_over;
    });
  }
  static unique_id tag_of(const consumer& each) noexcept { return each.who.tag; }

  process& owner_;
  detail::emitting_stage<T>& user_;
  recorder* records_ = owner_.records();
  const telemetry_handlers& telemetry_ = owner_.telemetry();
  std::vector<consumer> consumers_;
  std::vector<consumer> leavers_;  ///< Their subscriptions have ended, and something is in flight.
  std::uint64_t placed_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t lost_ = 0;
  spare_messages<T> spare_;
};

}  // namespace genstage::inline v0
