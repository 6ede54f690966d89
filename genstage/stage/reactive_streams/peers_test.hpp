#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <genstage/stage/conversation_test.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

/// Reactive Streams' Publisher, Subscriber and Subscription as peers that speak the protocol of
/// stages and are none: a thin adapter for the tests that hold stages to those rules.
///
/// A batch of events is as many onNext; a `cancelled` or a down with an orderly reason is
/// onComplete, with another reason onError.
namespace genstage::reactive {

using conversation::journal;
using conversation::numbers;
using conversation::world;

/// What a Subscriber has seen, in the order in which it came.
struct reading {
  journal signals;
  numbers got;
  demand requested;
  bool has_cancelled = false;
  bool is_in_signal = false;
  bool broke_a_rule = false;  ///< 1.1, 1.3 or 1.7, checked at each signal.
  std::function<void()> on_next{};

  [[nodiscard]] bool has_ended() const {
    return !signals.empty() && (signals.back() == "onComplete" || signals.back() == "confirmed" ||
                                signals.back().starts_with("onError"));
  }
};

inline std::string terminal(const exit_reason& reason) {
  return reason.is_orderly() ? "onComplete" : "onError " + to_string(reason);
}

class subscriber_process final : public process {
 public:
  subscriber_process(std::shared_ptr<reading> seen, process_ref publisher, unique_id tag)
      : seen_{std::move(seen)}, publisher_{std::move(publisher)}, tag_{tag} {}

 protected:
  void start() override { monitor(publisher_, tag_); }
  void receive(message_ptr received) override {
    if (seen_->is_in_signal) seen_->broke_a_rule = true;
    seen_->is_in_signal = true;
    switch (received->kind) {
      case message_kind::events:
        next(static_cast<batch_message<std::int64_t>&>(*received).readable());
        break;
      case message_kind::cancelled:
        demonitor(publisher_, tag_);
        end(static_cast<cancel_message&>(*received).reason);
        break;
      case message_kind::down:
        end(static_cast<down_message&>(*received).reason);
        break;
      default:
        seen_->broke_a_rule = true;
    }
    seen_->is_in_signal = false;
  }

 private:
  void next(std::span<const std::int64_t> events) {
    if (seen_->has_ended()) seen_->broke_a_rule = true;
    seen_->got.insert(seen_->got.end(), events.begin(), events.end());
    if (seen_->got.size() > seen_->requested.count()) seen_->broke_a_rule = true;
    seen_->signals.push_back("onNext " + conversation::described(events));
    if (seen_->on_next) seen_->on_next();
  }
  /// A producer answers what it does not know any more; nothing of it is a second end.
  void end(const exit_reason& reason) {
    if (seen_->has_ended()) return;
    seen_->signals.push_back(seen_->has_cancelled ? "confirmed" : terminal(reason));
  }

  std::shared_ptr<reading> seen_;
  process_ref publisher_;
  unique_id tag_;
};

/// A Subscriber with its Subscription. Each is one handshake.
class subscriber {
 public:
  subscriber(world& here, process_ref publisher, subscription_options options = {})
      : publisher_{std::move(publisher)}, tag_{here.sim.home().mint()} {
    self_ = *here.sim.home().spawn(std::make_unique<subscriber_process>(seen_, publisher_, tag_));
    shake_hands(std::move(options));
  }

  void shake_hands(subscription_options options = {}) const {
    publisher_.send(std::make_unique<subscribe_message>(subscription{tag_, self_},
                                                        event_type::of<std::int64_t>(),
                                                        std::move(options), "subscriber"));
  }
  void request(std::int64_t count) const {
    seen_->requested += demand{count};
    auto asked = std::make_unique<batch_message<std::int64_t>>(message_kind::ask, tag_, self_.id());
    asked->asked = demand{count};
    publisher_.send(std::move(asked));
  }
  void cancel() const {
    seen_->has_cancelled = true;
    publisher_.send(
        std::make_unique<cancel_message>(message_kind::cancel, tag_, exit_reason::normal()));
  }

  [[nodiscard]] reading& seen() const noexcept { return *seen_; }
  [[nodiscard]] const journal& signals() const noexcept { return seen_->signals; }
  [[nodiscard]] const numbers& got() const noexcept { return seen_->got; }
  [[nodiscard]] unique_id tag() const noexcept { return tag_; }
  [[nodiscard]] const process_ref& process() const noexcept { return self_; }

 private:
  std::shared_ptr<reading> seen_ = std::make_shared<reading>();
  process_ref publisher_;
  unique_id tag_;
  process_ref self_;
};

/// What a Publisher has seen of its one Subscriber.
struct request_log {
  journal seen;
  subscription to{};
  demand requested;
};

class publisher_process final : public process {
 public:
  explicit publisher_process(std::shared_ptr<request_log> into) : log_{std::move(into)} {}

 protected:
  void start() override {}
  void receive(message_ptr received) override {
    switch (received->kind) {
      case message_kind::subscribe:
        log_->to = static_cast<subscribe_message&>(*received).from;
        monitor(log_->to.peer, log_->to.tag);
        log_->seen.push_back("subscribe");
        break;
      case message_kind::ask: {
        const demand asked = static_cast<stream_message&>(*received).asked;
        log_->requested += asked;
        log_->seen.push_back("request " + std::to_string(asked.count()));
        break;
      }
      case message_kind::cancel: {
        const auto& wish = static_cast<cancel_message&>(*received);
        log_->seen.push_back("cancel " + to_string(wish.reason));
        break;
      }
      case message_kind::down:
        log_->seen.push_back("down " + to_string(static_cast<down_message&>(*received).reason));
        break;
      default:
        log_->seen.push_back("something else");
    }
  }

 private:
  std::shared_ptr<request_log> log_;
};

/// A Publisher of one Subscriber, driven by the test.
class publisher {
 public:
  explicit publisher(world& here)
      : self_{*here.sim.home().spawn(std::make_unique<publisher_process>(log_))} {}

  /// Typed as any producer of numbers, for those that subscribe to it.
  [[nodiscard]] ref<conversation::source> as_producer() const {
    return ref<conversation::source>{self_};
  }
  void next(std::int64_t first, std::int64_t count) const {
    auto sent =
        std::make_unique<batch_message<std::int64_t>>(message_kind::events, tag(), self_.id());
    for (std::int64_t event = first; event < first + count; ++event) sent->events.emplace(event);
    subscriber().send(std::move(sent));
  }
  void complete() const { end(exit_reason::normal()); }
  void fail() const { end(exit_reason::user("broken")); }
  void end(exit_reason reason) const {
    subscriber().send(
        std::make_unique<cancel_message>(message_kind::cancelled, tag(), std::move(reason)));
  }

  [[nodiscard]] const journal& seen() const noexcept { return log_->seen; }
  [[nodiscard]] demand requested() const noexcept { return log_->requested; }
  [[nodiscard]] unique_id tag() const noexcept { return log_->to.tag; }
  [[nodiscard]] const process_ref& subscriber() const noexcept { return log_->to.peer; }
  [[nodiscard]] const process_ref& process() const noexcept { return self_; }

 private:
  std::shared_ptr<request_log> log_ = std::make_shared<request_log>();
  process_ref self_;
};

/// What a stage under test is to do, and has done.
struct publishing {
  std::int64_t end = INT64_MAX;        ///< The first number that is not emitted; then it completes.
  std::int64_t breaks_at = INT64_MAX;  ///< It throws instead of emitting this one.
  journal* seen = nullptr;
};

/// Emits the numbers from 0 on as they are asked for.
template <class Dispatcher>
class numbers_from final : public producer<std::int64_t> {
 public:
  numbers_from(publishing how, Dispatcher dispatcher)
      : how_{how}, dispatcher_{std::move(dispatcher)} {}

  auto dispatcher() const { return dispatcher_; }
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    if (how_.seen != nullptr) how_.seen->push_back("demand " + std::to_string(asked.count()));
    for (; !asked.is_zero() && next_ < how_.end; asked -= demand{1}) {
      if (next_ == how_.breaks_at) throw std::runtime_error{"broken"};
      out.emit(next_++);
    }
    if (next_ == how_.end) stop(exit_reason::normal());
  }
  void handle_cancel(const cancellation& ended) override {
    if (how_.seen != nullptr) how_.seen->push_back(conversation::described(ended));
  }
  void handle_cast(conversation::leave told) { stop(told.reason); }

 private:
  publishing how_;
  Dispatcher dispatcher_;
  std::int64_t next_ = 0;
};

/// A stage between: Subscriber and Publisher.
template <class Dispatcher = demand_dispatcher>
class middle final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  auto dispatcher() const { return Dispatcher{}; }
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events);
  }
  void handle_cast(conversation::leave told) { stop(told.reason); }
};

}  // namespace genstage::reactive
