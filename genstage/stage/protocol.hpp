#pragma once

#include <genstage/core/demand.hpp>
#include <genstage/core/type_name.hpp>
#include <genstage/process/name.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/stage/batch.hpp>
#include <genstage/stage/subscription.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

/// What stages say to each other. A process that sends and understands these messages is a valid
/// peer, whether or not it is a stage. Source: rules G-074 to G-090.
namespace genstage::inline v0 {

/// What can be read of an `events` or `ask` message before it is known of which type its events
/// are: only a peer that was accepted for the tag is known to use the right one.
struct stream_message : message {
  stream_message(message_kind what, unique_id subscription, pid sender) noexcept
      : message{what}, tag{subscription}, from{sender} {}

  unique_id tag;
  pid from;
  demand asked{};
};

/// Events on the way to a consumer, or the demand on the way back: the same node turns round and
/// takes the storage of the spent batch with it.
template <class T>
struct batch_message final : stream_message {
  using stream_message::stream_message;

  batch<T> events;
};

/// The type of a stream's events, so that a wrong wiring made at run time is refused.
struct event_type {
  const void* key;
  std::string (*name)();

  template <class T>
  [[nodiscard]] static constexpr event_type of() noexcept {
    return {detail::type_key<T>(), &type_name<T>};
  }
};

struct subscribe_message final : message {
  subscribe_message(subscription with_consumer, event_type takes, subscription_options chosen,
                    std::string consumer_name)
      : message{message_kind::subscribe},
        from{std::move(with_consumer)},
        events{takes},
        options{chosen},
        consumer{std::move(consumer_name)} {}

  subscription from;
  event_type events;
  subscription_options options;
  std::string consumer;
};

/// `cancel` on the way to a producer, `cancelled` on the way to a consumer.
struct cancel_message final : message {
  cancel_message(message_kind direction, unique_id subscription, exit_reason why)
      : message{direction}, tag{subscription}, reason{std::move(why)} {}

  unique_id tag;
  exit_reason reason;
};

/// Asks a consumer to subscribe itself. Completes with the tag once it has.
struct subscription_request final : message {
  subscription_request(subscription_plan wanted, completion<unique_id> told)
      : message{message_kind::request}, plan{std::move(wanted)}, reply{std::move(told)} {}
  ~subscription_request() override {
    reply.complete(fail(errc::process_ended, "subscribe: the consumer has ended; not subscribed"));
  }

  subscription_plan plan;
  completion<unique_id> reply;
};

/// The reasons that stages give each other.
namespace cancel_reason {
[[nodiscard]] inline exit_reason unknown_subscription() {
  return exit_reason::user("unknown_subscription");
}
[[nodiscard]] inline exit_reason duplicated_subscription() {
  return exit_reason::user("duplicated_subscription");
}
/// Ends no consumer, not even a permanent one (G-114).
[[nodiscard]] inline exit_reason already_subscribed() {
  return exit_reason::user("already_subscribed");
}
}  // namespace cancel_reason

}  // namespace genstage::inline v0
