#pragma once

#include <algorithm>
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
  /// All of the peer whose subscription this is, this one too.
  std::shared_ptr<std::vector<peer_account*>> of_peer{};

  [[nodiscard]] demand outstanding() const { return asked - delivered; }
};

/// Whether a subscription was not taken, so that there is none to end.
[[nodiscard]] bool is_refusal(const exit_reason& reason);

/// A peer that is no stage: it speaks the protocol only as the trial tells it, and writes down what
/// it hears. One process plays consumer and producer, of any number of subscriptions.
template <class In, class Out>
class conformance_peer final : public process {
 public:
  using accounts = std::shared_ptr<std::vector<peer_account*>>;

  /// `known` is empty for one that only listens for answers.
  conformance_peer(accounts known, std::vector<std::string>* transcript, std::size_t* answers)
      : accounts_{std::move(known)}, transcript_{transcript}, answers_{answers} {}

 protected:
  void start() override {}
  void receive(message_ptr received) override {
    switch (received->kind) {
      case message_kind::events: {
        auto& delivered = static_cast<batch_message<Out>&>(*received);
        note("events", delivered.events.size());
        peer_account* const one = account_of(delivered.tag);
        if (one == nullptr) return;
        one->delivered += demand{delivered.events.size()};
        if (one->ends > 0) one->is_too_late = true;
        return;
      }
      case message_kind::ask: {
        const auto& asked = static_cast<stream_message&>(*received);
        note("ask", asked.asked.count());
        peer_account* const one = account_of(asked.tag);
        if (one == nullptr) return;
        if (one->asked.is_zero()) one->first_ask = asked.asked;
        one->asked += asked.asked;
        return;
      }
      case message_kind::subscribe:
        note("subscribe", 0);
        // Subscriptions come in the order in which the stage was told to make them.
        if (peer_account* const next = account_of(unique_id::none); next != nullptr)
          next->tag = static_cast<subscribe_message&>(*received).from.tag;
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
  [[nodiscard]] peer_account* account_of(unique_id tag) const {
    const auto found = std::ranges::find(*accounts_, tag, &peer_account::tag);
    return found != accounts_->end() ? *found : nullptr;
  }
  void take_end(const cancel_message& told) {
    note(to_string(told.reason), 0);
    if (told.reason == cancel_reason::unknown_subscription()) {
      ++*answers_;
    } else if (!is_refusal(told.reason)) {
      if (peer_account* const one = account_of(told.tag); one != nullptr) ++one->ends;
    }
  }
  void note(const std::string& what, std::uint64_t count) const {
    const auto when = owner().scheduler().now().time_since_epoch().count();
    transcript_->push_back(std::to_string(when) + " ns " + std::to_string(id().index) + ": " +
                           what + " " + std::to_string(count));
  }

  accounts accounts_;
  std::vector<std::string>* transcript_;
  std::size_t* answers_;
};

}  // namespace detail

}  // namespace genstage::inline v0
