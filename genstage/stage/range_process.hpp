#pragma once

#include <algorithm>
#include <genstage/stage/consumer_requests.hpp>
#include <genstage/stage/consumer_side.hpp>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/range_exchange.hpp>
#include <genstage/stage/stage_events.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0::detail {

/// What a range subscribes to, and the demand mode that is set once it has.
struct range_plans {
  std::vector<subscription_plan> subscribe_to{};
  demand_mode mode = demand_mode::forward;
  /// The stages to set; the producers subscribed to if there is no list.
  std::optional<std::vector<process_ref>> told_mode{};
};

/// The consumer behind a `stage_range`: asks, hands each batch to the reader, and asks again when
/// the reader comes back.
///
/// Ordering: while the reader has a batch, what producers send waits behind it; requests and the
/// reader's leaving do not, since the reader may wait for their answer before it reads on.
/// Source: G-348 to G-360, G-363.
template <class T>
class range_process final : public process, public consumer_requests {
 public:
  range_process(std::shared_ptr<range_exchange<T>> to, range_plans plans)
      : consumer_requests{*static_cast<process*>(this)},
        reader_{std::move(to)},
        plans_{std::move(plans)} {}
  ~range_process() override {
    reader_->end(range_failed{exit_reason::killed(), range_phase::close});
  }

  result<unique_id> subscribe(const subscription_plan& plan) override {
    auto added = up_.add(plan);
    if (added) {
      up_.open(**added, subscription_mode::automatic);
      live_.push_back((*added)->to);
      if (has_started_ && !plans_.told_mode) set_mode(live_.back().peer);
      return live_.back().tag;
    }
    if (added.error().code != errc::not_found) return std::unexpected{std::move(added.error())};
    if (plan.options.cancel != cancel_mode::temporary) {
      close(range_failed{exit_reason::noproc(), range_phase::init});
    }
    return owner().mint();
  }

  [[nodiscard]] stage_status describe() override {
    stage_status now{.kind = stage_kind::consumer};
    up_.describe(now);
    return now;
  }

  /// The reader leaves; what is sent to it later is dropped.
  struct close_message final : user_message {
    void deliver(process& closed) override { static_cast<range_process&>(closed).close(); }
    [[nodiscard]] const char* type() const noexcept override { return "close"; }
  };

 protected:
  void start() override {
    trap(exit_signals::arrive_as_messages);
    for (const subscription_plan& plan : std::exchange(plans_.subscribe_to, {})) {
      if (!is_closing_) (void)subscribe(plan);
    }
    has_started_ = true;
    if (plans_.told_mode) {
      for (const process_ref& each : *plans_.told_mode) set_mode(each);
    } else {
      for (const subscription& each : live_) set_mode(each.peer);
    }
    end_if_alone();
  }

  void receive(message_ptr received) override {
    switch (received->kind) {
      case message_kind::events:
      case message_kind::cancelled:
      case message_kind::down:
        backlog_.push(std::move(received));
        break;
      case message_kind::request:
        static_cast<stage_request&>(*received).act(*this);
        break;
      case message_kind::user:
        static_cast<user_message&>(*received).deliver(*this);
        break;
      case message_kind::exit:
        close(range_failed{static_cast<exit_message&>(*received).reason, range_phase::close});
        break;
      default:
        log(log_level::error, "reads a range and received an unexpected message; ignored");
    }
    while (!up_.is_busy() && !backlog_.is_empty()) take(backlog_.pop());
    end_if_alone();
  }

  void terminate(const exit_reason& reason) override {
    reader_->end(range_failed{reason, range_phase::close});  // Unless the reader has been told.
  }

 private:
  void set_mode(const process_ref& producer) const {
    tell_stage(producer, [mode = plans_.mode](stage_requests& to) { to.set_demand(mode); });
  }

  struct used_up_message final : user_message {
    void deliver(process& offered) override { static_cast<range_process&>(offered).used_up(); }
    [[nodiscard]] const char* type() const noexcept override { return "used_up"; }
  };

  void take(message_ptr received) {
    switch (received->kind) {
      case message_kind::events:
        if (up_.accept(std::move(received))) hand_out();
        break;
      case message_kind::cancelled: {
        const auto& notice = static_cast<cancel_message&>(*received);
        upstream_ended(notice.tag, notice.reason);
        break;
      }
      default: {
        const auto& notice = static_cast<down_message&>(*received);
        upstream_ended(notice.monitor, notice.reason);
      }
    }
  }

  void hand_out() {
    if (is_closing_) {
      up_.drop();
    } else {
      const driver* const clock = up_.notes() != nullptr ? &owner().scheduler() : nullptr;
      reader_->offer(up_.next_batch(), std::make_unique<used_up_message>(), clock);
    }
  }
  /// The ask for a batch is sent when the reader comes back for the element after it (G-354).
  void used_up() {
    if (!up_.is_busy()) return;  // Closed in between.
    if (up_.notes() != nullptr) [[unlikely]] {
      finish_noted();
    } else {
      up_.finish_batch();
    }
    if (up_.is_busy()) hand_out();
  }
  /// What the reader did with the batch was its service.
  void finish_noted() {
    const reading_time read = reader_->measured();
    const std::optional<batch_journey> came = journey_of(up_.notes(), read.begun);
    const unique_id tag = up_.source()->tag;
    if (came) tell_handled(*this, tag, up_.next_batch().size(), *came, read.ended);
    const demand asked = up_.finish_batch();
    if (came && !asked.is_zero()) tell_returned(*this, tag, asked);
  }

  void upstream_ended(unique_id tag, const exit_reason& reason) {
    if (up_.find(tag) == nullptr) return;
    const auto ended = up_.remove(tag);
    std::erase_if(live_, [&](const subscription& each) { return each.tag == tag; });
    if (ends_consumer(ended->options.cancel, reason)) {
      close(range_failed{reason, range_phase::close});
    }
  }

  /// Lets go of all producers. The end comes when each has confirmed (G-359).
  void close(std::optional<range_failed> why = std::nullopt) {
    if (std::exchange(is_closing_, true)) return;
    failure_ = std::move(why);
    up_.drop();
    for (const subscription& each : live_) {
      each.peer.send(
          std::make_unique<cancel_message>(message_kind::cancel, each.tag, exit_reason::normal()));
    }
  }
  void end_if_alone() {
    if (!live_.empty() || up_.is_busy()) return;
    // Not copied: the copy's text would be shared with the reader's thread.
    reader_->end(std::move(failure_));
    stop(exit_reason::normal());
  }

  std::shared_ptr<range_exchange<T>> reader_;
  range_plans plans_;
  bool has_started_ = false;
  consumer_side<T> up_{*this};
  std::vector<subscription> live_;
  message_list backlog_;  ///< What producers sent while the reader has a batch, in that order.
  bool is_closing_ = false;
  std::optional<range_failed> failure_;
};

}  // namespace genstage::inline v0::detail
