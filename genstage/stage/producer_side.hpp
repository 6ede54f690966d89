#pragma once

#include <algorithm>
#include <genstage/dispatch/demand_dispatcher.hpp>
#include <genstage/process/process.hpp>
#include <genstage/stage/output_buffer.hpp>
#include <genstage/stage/protocol.hpp>
#include <genstage/stage/stage.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

namespace detail {

/// Says that a buffer dropped events, in the words all stages use.
void log_discarded(const process& owner, std::size_t count);
void log_large_ask(const process& owner, demand expected, demand asked);

}  // namespace detail

/// The half of a stage that emits: who consumes, what they asked for, what waits for them.
///
/// Invariant, after every message: the buffer is empty or nobody has demand; so buffered events
/// always leave before newer ones. Source: sections 6, 8 and 14, and recommendation G-153.
template <class T>
class producer_side {
 public:
  using node = std::unique_ptr<batch_message<T>>;

  producer_side(process& owner, const buffer_options& options)
      : owner_{owner},
        buffer_{options.size, options.keep},
        filling_{fresh()},
        out_{filling_->events} {}

  [[nodiscard]] output<T>& out() noexcept { return out_; }
  [[nodiscard]] bool has_room() const noexcept { return !dispatcher_.deliverable().is_zero(); }
  [[nodiscard]] bool has_buffered() const noexcept { return !buffer_.is_empty(); }

  [[nodiscard]] bool knows(unique_id tag) const noexcept { return find(tag) != nullptr; }

  /// Registers a consumer; the user's handle_subscribe runs between this and `open`.
  void add(const subscribe_message& wish) {
    owner_.monitor(wish.from.peer, wish.from.tag);
    consumers_.push_back(wish.from);
    note(record_kind::subscribed, wish.from.tag, 0);
  }
  void open(unique_id tag) { dispatcher_.subscribe(tag); }

  /// Ends a subscription and confirms it to the consumer. Returns it, for the user's handle_cancel.
  subscription remove(unique_id tag, const exit_reason& reason) {
    const auto found = std::ranges::find(consumers_, tag, &subscription::tag);
    subscription ended = std::move(*found);
    consumers_.erase(found);
    owner_.demonitor(ended.peer, tag);
    ended.peer.send(std::make_unique<cancel_message>(message_kind::cancelled, tag, reason));
    dispatcher_.cancel(tag);
    note(record_kind::cancelled, tag, 0);
    return ended;
  }

  /// A consumer asks. Sends what is buffered, and returns the demand that has to be produced.
  demand ask(node asked) {
    const demand count = asked->asked;
    if (dispatcher_.size_of(count) == ask_size::larger_than_expected) {
      detail::log_large_ask(owner_, *dispatcher_.expected_ask(), count);
    }
    note(record_kind::ask, asked->tag, count.count());
    dispatcher_.ask(asked->tag, count);
    asked->events.clear();
    give_back(std::move(asked));
    drain();
    return to_produce();
  }

  /// What consumers still wait for and the producer has not been asked for.
  [[nodiscard]] demand to_produce() const noexcept { return dispatcher_.deliverable() - owed_; }
  void forwarded(demand asked) noexcept { owed_ += asked; }

  /// Sends what the callback has put out; what nobody asked for is buffered.
  void flush() {
    const std::size_t made = filling_->events.size();
    if (made == 0) return;
    owed_ -= demand{made};
    if (buffer_.is_empty()) {
      distribute(filling_);
    } else {
      keep(filling_->events, 0);
    }
    refill();
    drain();
  }

  /// Sends buffered events as far as there is demand.
  void drain() {
    while (!buffer_.is_empty() && has_room()) {
      const std::size_t count =
          std::min<std::size_t>(buffer_.size(), dispatcher_.deliverable().count());
      node taken = spare();
      buffer_.take(count, taken->events);
      distribute(taken);
      give_back(std::move(taken));
    }
  }

 private:
  static constexpr std::size_t spare_limit = 16;

  [[nodiscard]] const subscription* find(unique_id tag) const noexcept {
    const auto found = std::ranges::find(consumers_, tag, &subscription::tag);
    return found == consumers_.end() ? nullptr : &*found;
  }

  /// Sends the events of `made` as the dispatcher decides and buffers the rest. The node itself
  /// travels if one consumer gets all that is sent, and is null afterwards.
  void distribute(node& made) {
    const std::size_t count = made->events.size();
    const std::span<const delivery> decided = dispatcher_.dispatch(count);
    if (decided.size() == 1) {
      const delivery only = decided.front();
      if (only.count < count) {
        keep(made->events, only.count);
        made->events.truncate(only.count);
      }
      send(std::move(made), only.to);
      return;
    }
    std::size_t offset = 0;
    for (const delivery& each : decided) {
      node part = spare();
      part->events.take_from(made->events, offset, each.count);
      offset += each.count;
      send(std::move(part), each.to);
    }
    if (offset < count) keep(made->events, offset);
    made->events.clear();
  }

  void send(node filled, unique_id tag) {
    const std::uint64_t count = filled->events.size();
    filled->kind = message_kind::events;
    filled->tag = tag;
    note(record_kind::delivery, tag, count);
    if (!find(tag)->peer.send(std::move(filled))) note(record_kind::lost, tag, count);
  }

  void keep(batch<T>& events, std::size_t from) {
    const std::size_t discarded = buffer_.store(events, from);
    if (discarded == 0) return;
    note(record_kind::discarded, unique_id::none, discarded);
    detail::log_discarded(owner_, discarded);
  }

  /// Makes sure that the output has somewhere to go again.
  void refill() {
    if (!filling_) filling_ = spare();
    filling_->events.clear();
    out_.events_ = &filling_->events;
  }

  [[nodiscard]] node fresh() {
    return std::make_unique<batch_message<T>>(message_kind::events, unique_id::none, owner_.id());
  }
  [[nodiscard]] node spare() {
    if (spare_.empty()) return fresh();
    node taken = std::move(spare_.back());
    spare_.pop_back();
    taken->from = owner_.id();
    return taken;
  }
  void give_back(node spent) {
    if (spent && spare_.size() < spare_limit) spare_.push_back(std::move(spent));
  }

  void note(record_kind kind, unique_id tag, std::uint64_t count) noexcept {
    if (records_ != nullptr) {
      records_->note(kind, owner_.id().index, static_cast<std::uint64_t>(tag), count);
    }
  }

  process& owner_;
  recorder* records_ = owner_.records();
  demand_dispatcher dispatcher_;
  output_buffer<T> buffer_;
  std::vector<subscription> consumers_;
  /// Demand that was forwarded to the user's code and has not been answered with events.
  demand owed_{};
  std::vector<node> spare_;
  node filling_;
  output<T> out_;
};

}  // namespace genstage::inline v0
