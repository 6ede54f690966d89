#pragma once

#include <algorithm>
#include <genstage/process/process.hpp>
#include <genstage/stage/demand_ledger.hpp>
#include <genstage/stage/protocol.hpp>
#include <genstage/stage/stage.hpp>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

namespace detail {

void log_surplus(const process& owner, const std::string& producer, demand surplus);
void log_stop_after_cancel(const process& owner, const std::string& producer,
                           const exit_reason& reason);
void log_not_alive(const process& owner, const std::string& producer);
/// Answers a message of a subscription that is not known here (any more) with a `cancel` or a
/// `cancelled`. Source: G-079, G-083.
void refuse_stray(const process& owner, message_kind answer, const stream_message& stray);
/// The process a plan means, and how to call it in messages.
struct resolved_producer {
  process_ref process;
  std::string label;
};
[[nodiscard]] resolved_producer resolve(const process& owner, const subscription_plan& plan);

}  // namespace detail

/// The half of a stage that receives: its producers, what was asked of each, and the message whose
/// batches are being handled.
///
/// `In` is the type of the events, const if the stage only reads them. Source: sections 4 to 7.
template <class In>
class consumer_side {
 public:
  using T = std::remove_const_t<In>;
  using node = std::unique_ptr<batch_message<T>>;

  explicit consumer_side(process& owner) : owner_{owner} {}

  struct upstream {
    subscription to;
    std::string label;
    subscription_options options;
    subscription_mode mode = subscription_mode::automatic;
    demand_ledger ledger;
    /// A message of no more events is one batch; 0 while the subscription does not ask by itself.
    std::uint64_t at_once = 0;
    std::shared_ptr<subscription_meter> meter = std::make_shared<subscription_meter>();
    /// For asks that cannot take a spent batch with them; what is too much goes along with others.
    spare_messages<T> spare{};
  };

  [[nodiscard]] upstream* find(unique_id tag) noexcept {
    for (const auto& each : upstreams_) {
      if (each->to.tag == tag) return each.get();
    }
    return nullptr;
  }

  [[nodiscard]] std::span<const std::unique_ptr<upstream>> upstreams() const noexcept {
    return upstreams_;
  }

  /// Registers a subscription and tells the producer. The user's handle_subscribe runs between this
  /// and `open`. Failure: invalid options; not_found if a name means nobody.
  result<upstream*> add(const subscription_plan& plan) {
    auto [producer, label] = detail::resolve(owner_, plan);
    const result<demand_range> range = checked(plan.options, owner_.label(), label);
    if (!range) return std::unexpected{range.error()};
    if (!producer) {
      detail::log_not_alive(owner_, label);
      return fail(errc::not_found, "subscription " + owner_.label() + " -> " + label +
                                       ": the producer is not alive; not subscribed");
    }
    const subscription to{owner_.owner().mint(), producer};
    upstreams_.push_back(std::make_unique<upstream>(
        upstream{to, std::move(label), plan.options, subscription_mode::automatic,
                 demand_ledger{range->most, range->least}}));
    owner_.monitor(producer, to.tag);
    auto wish = std::make_unique<subscribe_message>(
        subscription{to.tag, owner_.self()}, event_type::of<T>(), plan.options, owner_.label(),
        std::is_const_v<In> ? batch_use::reads : batch_use::owns, plan.instead_of);
    wish->meter = upstreams_.back()->meter;
    producer.send(std::move(wish));
    return upstreams_.back().get();
  }
  /// What this half adds to the status of its stage.
  void describe(stage_status& into) const {
    into.takes = event_type::of<T>();
    for (const auto& each : upstreams_) {
      into.producers.push_back(
          {.to = each->to,
           .label = each->label,
           .cancel = each->options.cancel,
           .mode = each->mode,
           .left = each->ledger.left(),
           .most = each->ledger.most(),
           .least = each->ledger.least(),
           .handled = each->meter->handled.load(std::memory_order_relaxed),
           .since_handled = coarse_clock::since(each->meter->at.load(std::memory_order_relaxed))});
    }
  }
  void open(upstream& opened, subscription_mode mode) {
    opened.mode = mode;
    if (mode != subscription_mode::automatic) return;
    opened.at_once = opened.ledger.batch_limit();
    ask(opened, opened.ledger.left(), node{});
  }

  /// Forgets a subscription; returns it for the user's handle_cancel.
  std::unique_ptr<upstream> remove(unique_id tag) {
    const auto found =
        std::ranges::find(upstreams_, tag, [](const auto& each) { return each->to.tag; });
    std::unique_ptr<upstream> ended = std::move(*found);
    upstreams_.erase(found);
    owner_.demonitor(ended->to.peer, tag);
    return ended;
  }

  /// Takes up a message of a subscription. One of another is answered and forgotten, and false
  /// returned (G-083).
  bool accept(message_ptr received) {
    const auto& header = static_cast<stream_message&>(*received);
    if (find(header.tag) == nullptr) {
      detail::refuse_stray(owner_, message_kind::cancel, header);
      return false;
    }
    begin(node{static_cast<batch_message<T>*>(received.release())});
    return true;
  }
  /// Takes up a message; its batches follow by `next_batch` and `finish_batch`. `ended` is its
  /// subscription if that is forgotten, and outlives it.
  void begin(node&& received, const upstream* ended = nullptr) {
    upstream* const from = find(received->tag);
    begin(std::move(received), from, ended);
  }
  /// The same for a message that is known to be from there.
  void begin(node&& received, upstream* from, const upstream* ended) {
    current_ = std::move(received);
    left_ = events_of(*current_);
    from_ = from;
    sent_by_ = from != nullptr ? from : ended;
    if (is_cut()) from_->ledger.begin_message();
  }
  [[nodiscard]] bool is_busy() const noexcept { return current_ != nullptr; }
  /// Of the message in hand; null if it has none.
  [[nodiscard]] const batch_notes* notes() const noexcept { return current_->notes.get(); }
  /// When the batch in hand was begun, if its message has notes.
  instant begun_at{};
  /// The subscription of the message in hand, though it may have ended; null if nobody knows it.
  [[nodiscard]] const subscription* source() const noexcept {
    return sent_by_ != nullptr ? &sent_by_->to : nullptr;
  }

  /// Whether a message is one batch, of a subscription that asks by itself: the rule. Then a
  /// callback that cannot wait may handle it at once, and `finish_message` follows.
  [[nodiscard]] static bool is_one_batch(std::size_t count, const upstream& from) noexcept {
    return count <= from.at_once;
  }
  [[gnu::always_inline]] void finish_message(node&& handled, std::size_t count, upstream& from) {
    from.meter->add(count);
    const auto [asked, surplus] = from.ledger.take_message(count);
    if (!surplus.is_zero()) [[unlikely]]
      detail::log_surplus(owner_, from.label, surplus);
    handled->clear();
    if (asked.is_zero()) {
      from.spare.put(std::move(handled));
    } else {
      ask(from, asked, std::move(handled));
    }
  }

  [[nodiscard]] std::span<In> next_batch() noexcept {
    size_ = left_.size();
    if (is_cut()) size_ = std::min<std::size_t>(size_, from_->ledger.batch_limit());
    return left_.first(size_);
  }

  /// The batch has been handled: asks for more if it is time to. What was the last batch of its
  /// message leaves its storage to the ask. Returns how many it has asked for.
  [[gnu::always_inline]] demand finish_batch() {
    left_ = left_.subspan(size_);
    if (from_ == nullptr) [[unlikely]] {
      if (sent_by_ != nullptr) sent_by_->meter->add(size_);
      if (left_.empty()) current_.reset();
      return {};
    }
    from_->meter->add(size_);
    demand asked{};
    if (from_->mode == subscription_mode::automatic) {
      const auto [more, surplus] = from_->ledger.take(size_);
      if (!surplus.is_zero()) [[unlikely]]
        detail::log_surplus(owner_, from_->label, surplus);
      asked = more;
    }
    const bool is_last = left_.empty();
    if (is_last) current_->clear();
    if (!asked.is_zero()) {
      ask(*from_, asked, is_last ? std::move(current_) : from_->spare.take());
    } else if (is_last) {
      from_->spare.put(std::move(current_));
    }
    return asked;
  }

  [[nodiscard]] static std::span<In> events_of(batch_message<T>& received) noexcept {
    if constexpr (std::is_const_v<In>) {
      return received.readable();
    } else {
      return received.events.events();
    }
  }

  /// Between two messages.
  void digest(state_digest& into) const {
    for (const auto& each : upstreams_) {
      into.add(each->to.tag, each->to.peer.id(), each->mode, each->options.cancel);
      each->ledger.digest(into);
    }
  }

  /// The message in hand is given up: the stage stops.
  void drop() noexcept { current_.reset(); }

 private:
  [[nodiscard]] bool is_cut() const noexcept {
    return from_ != nullptr && from_->mode == subscription_mode::automatic;
  }

  [[nodiscard, gnu::noinline]] node fresh_ask(const upstream& to) const {
    return std::make_unique<batch_message<T>>(message_kind::ask, to.to.tag, owner_.id());
  }
  [[gnu::always_inline]] void ask(upstream& to, demand count, node&& spent) {
    if (!spent) spent = fresh_ask(to);
    batch_message<T>* const carrier = spent.get();
    carrier->kind = message_kind::ask;
    carrier->from = owner_.id();
    carrier->asked = count;
    if (to.spare.size() > 1) [[unlikely]]
      take_along(to, *carrier);
    if (!to.to.peer.try_send_next(spent)) spent.reset();
  }

  /// If events come in more messages than are asked for, as those of a partition do, all but one go
  /// back, or the producer would have to make new ones.
  [[gnu::noinline]] static void take_along(upstream& to, batch_message<T>& carrier) noexcept {
    node kept = to.spare.take();
    carrier.take_along(std::move(to.spare));
    to.spare.put(std::move(kept));
  }

  process& owner_;
  std::vector<std::unique_ptr<upstream>> upstreams_;
  node current_;
  upstream* from_ = nullptr;  ///< Of the message in hand; null if its subscription is forgotten.
  const upstream* sent_by_ = nullptr;  ///< The same, forgotten or not.
  std::span<In> left_;                 ///< What is not handled of it.
  std::size_t size_ = 0;               ///< Of the batch that is being handled.
};

}  // namespace genstage::inline v0
