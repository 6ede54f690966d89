#pragma once

#include <algorithm>
#include <genstage/dispatch/dispatcher.hpp>
#include <genstage/stage/consumer_requests.hpp>
#include <genstage/stage/consumer_side.hpp>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/range_exchange.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0::detail {

/// The consumer behind a `stage_range`: asks, hands each batch to the reader, and asks again when
/// the reader comes back. Source: G-348 to G-360, G-363.
template <class T>
class range_process final : public process, public consumer_requests {
 public:
  range_process(std::shared_ptr<range_exchange<T>> to, std::vector<subscription_plan> plans)
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
      return live_.back().tag;
    }
    if (added.error().code != errc::not_found) return std::unexpected{std::move(added.error())};
    if (plan.options.cancel != cancel_mode::temporary) {
      close(range_failed{exit_reason::noproc(), range_phase::init});
    }
    return owner().mint();
  }

  struct close_message final : user_message {
    void deliver(process& closed) override { static_cast<range_process&>(closed).close(); }
    [[nodiscard]] const char* type() const noexcept override { return "close"; }
  };

 protected:
  void start() override {
    trap(exit_signals::arrive_as_messages);
    for (const subscription_plan& plan : std::exchange(plans_, {})) {
      if (!is_closing_) (void)subscribe(plan);
    }
    end_if_alone();
  }

  void receive(message_ptr received) override {
    switch (received->kind) {
      case message_kind::events:
        take_events(std::move(received));
        break;
      case message_kind::cancelled: {
        const auto& notice = static_cast<cancel_message&>(*received);
        upstream_ended(notice.tag, notice.reason);
        break;
      }
      case message_kind::down: {
        const auto& notice = static_cast<down_message&>(*received);
        upstream_ended(notice.monitor, notice.reason);
        break;
      }
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
  }

  void terminate(const exit_reason& reason) override {
    reader_->end(range_failed{reason, range_phase::close});  // Unless the reader has been told.
  }

 private:
  void take_events(message_ptr received) {
    const auto& header = static_cast<stream_message&>(*received);
    if (up_.find(header.tag) == nullptr) {
      owner()
          .find(header.from)
          .send(std::make_unique<cancel_message>(message_kind::cancel, header.tag,
                                                 cancel_reason::unknown_subscription()));
    } else if (!is_closing_) {
      up_.begin(
          typename consumer_side<T>::node{static_cast<batch_message<T>*>(received.release())});
      run_callback("hand_out", hand_out());
    }
  }

  /// The ask for a batch is sent when the reader comes back for the element after it, and no other
  /// message is handled before (G-354).
  task<> hand_out() {
    while (up_.is_busy()) {
      operation<range_wish> reading = reader_->offer(up_.next_batch());
      const result<range_wish> wish = co_await std::move(reading);
      if (!wish || *wish == range_wish::close) {
        up_.drop();
        close();
        co_return;
      }
      up_.finish_batch();
    }
  }

  void upstream_ended(unique_id tag, const exit_reason& reason) {
    if (up_.find(tag) == nullptr) return;
    const auto ended = up_.remove(tag);
    std::erase_if(live_, [&](const subscription& each) { return each.tag == tag; });
    if (!is_closing_ && ends_consumer(ended->options.cancel, reason)) {
      close(range_failed{reason, range_phase::close});
    } else {
      end_if_alone();
    }
  }

  /// Lets go of all producers, and waits until each has confirmed (G-359).
  void close(std::optional<range_failed> why = std::nullopt) {
    if (std::exchange(is_closing_, true)) return;
    failure_ = std::move(why);
    for (const subscription& each : live_) {
      each.peer.send(
          std::make_unique<cancel_message>(message_kind::cancel, each.tag, exit_reason::normal()));
    }
    end_if_alone();
  }
  void end_if_alone() {
    if (!live_.empty()) return;
    reader_->end(failure_);
    stop(exit_reason::normal());
  }

  std::shared_ptr<range_exchange<T>> reader_;
  std::vector<subscription_plan> plans_;
  consumer_side<T> up_{*this};
  std::vector<subscription> live_;
  bool is_closing_ = false;
  std::optional<range_failed> failure_;
};

}  // namespace genstage::inline v0::detail
