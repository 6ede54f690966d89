#pragma once

#include <concepts>
#include <cstdint>
#include <genstage/dispatch/dispatcher.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/stage/protocol.hpp>
#include <memory>
#include <string>
#include <vector>

namespace genstage::inline v0 {

/// Makes the events that a stage under test is given; to be specialised for types that are neither
/// made from an integer, nor a text, nor made from nothing.
template <class T>
struct sample_event {
  static T make(std::uint64_t number) {
    if constexpr (std::constructible_from<T, std::string> && !std::constructible_from<T, int>) {
      return T(std::to_string(number));
    } else if constexpr (std::constructible_from<T, std::uint64_t>) {
      return T(number);
    } else {
      static_assert(std::default_initializable<T>,
                    "Specialise gs::sample_event for the events that this stage takes.");
      return T{};
    }
  }
};

namespace detail {

/// What one end of a subscription has seen and said, as the trial counts it.
struct peer_account {
  unique_id tag{};
  process_ref peer{};
  demand asked{};      ///< By the consumer.
  demand delivered{};  ///< By the producer.
  demand limit{};      ///< max_demand.
  demand refill{};     ///< min_demand.
  demand first_ask{};
  std::size_t ends = 0;  ///< Of the subscription, as the peer was told.
  bool is_alive = true;
  bool has_left = false;      ///< It asked for the end.
  bool is_too_late = false;   ///< Something came after the end.
  bool is_in_excess = false;  ///< It was given more than it asked for.

  [[nodiscard]] demand outstanding() const { return asked - delivered; }
};

/// A peer that is no stage: it speaks the protocol only as the trial tells it, and writes down what
/// it hears. One process plays consumer and producer.
template <class In, class Out>
class conformance_peer final : public process {
 public:
  /// `account` is null for one that only listens for answers.
  conformance_peer(peer_account* account, std::vector<std::string>* transcript,
                   std::size_t* answers)
      : account_{account}, transcript_{transcript}, answers_{answers} {}

 protected:
  void start() override {}
  void receive(message_ptr received) override {
    switch (received->kind) {
      case message_kind::events: {
        auto& events = static_cast<batch_message<Out>&>(*received).events;
        note("events", events.size());
        if (account_ == nullptr) return;
        account_->delivered += demand{events.size()};
        if (account_->ends > 0) account_->is_too_late = true;
        return;
      }
      case message_kind::ask: {
        const demand asked = static_cast<stream_message&>(*received).asked;
        note("ask", asked.count());
        if (account_ == nullptr) return;
        if (account_->asked.is_zero()) account_->first_ask = asked;
        account_->asked += asked;
        return;
      }
      case message_kind::subscribe:
        note("subscribe", 0);
        if (account_ != nullptr)
          account_->tag = static_cast<subscribe_message&>(*received).from.tag;
        return;
      case message_kind::cancel:
      case message_kind::cancelled:
        take_end(static_cast<cancel_message&>(*received));
        return;
      default:
        return;
    }
  }

 private:
  void take_end(const cancel_message& told) {
    note(to_string(told.reason), 0);
    if (told.reason == cancel_reason::unknown_subscription()) {
      ++*answers_;
    } else if (account_ != nullptr && !(told.reason == cancel_reason::duplicated_subscription())) {
      ++account_->ends;
    }
  }
  void note(const std::string& what, std::uint64_t count) const {
    const auto when = owner().scheduler().now().time_since_epoch().count();
    transcript_->push_back(std::to_string(when) + " ns " + std::to_string(id().index) + ": " +
                           what + " " + std::to_string(count));
  }

  peer_account* account_;
  std::vector<std::string>* transcript_;
  std::size_t* answers_;
};

}  // namespace detail

}  // namespace genstage::inline v0
