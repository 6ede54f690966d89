#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/core/instant.hpp>
#include <genstage/dispatch/event_type.hpp>
#include <genstage/stage/subscription.hpp>
#include <optional>
#include <string>
#include <vector>

namespace genstage::inline v0 {

/// Whether a producer passes on what its consumers ask for, or keeps it until it is told to.
enum class demand_mode : std::uint8_t { forward, accumulate };

enum class stage_kind : std::uint8_t { producer, producer_consumer, consumer };

/// What a stage knows of its subscriptions at one moment. Source: G-329, G-331.
struct stage_status {
  /// A subscription to a producer.
  struct upstream {
    subscription to;
    std::string label;  ///< the producer's name, or its pid as text
    cancel_mode cancel;
    subscription_mode mode;
    demand left;  ///< asked for and not handled yet; of automatic ones only
    demand most{};
    demand least{};
    std::uint64_t handled = 0;                ///< events in all
    std::optional<duration> since_handled{};  ///< no value: none yet
  };
  /// A consumer's subscription.
  struct downstream {
    subscription from;
    demand outstanding;                      ///< asked for and not sent
    std::uint64_t sent = 0;                  ///< events in all
    demand asked{};                          ///< in all
    std::optional<std::uint64_t> handled{};  ///< of those that were sent, if the consumer says so
    std::optional<duration> since_ask{};
    std::optional<duration> since_sent{};
    std::optional<duration> since_handled{};
  };

  stage_kind kind = stage_kind::consumer;
  std::vector<upstream> producers{};
  std::string dispatcher{};  ///< its type; empty for a consumer
  std::vector<downstream> consumers{};
  std::size_t buffered = 0;
  std::optional<std::size_t> buffer_size{};  ///< no value: no bound
  std::size_t queued = 0;                    ///< events that were received and not begun
  std::uint64_t emitted = 0;                 ///< events that its callbacks have made
  std::uint64_t discarded = 0;               ///< of those, what a buffer or a dispatcher dropped
  std::uint64_t lost = 0;  ///< events sent to consumers that died before they had handled them
  demand room{};           ///< how many events may leave now
  demand owed{};           ///< what handle_demand was asked for and has not made
  std::uint64_t told = 0;  ///< requests, infos and notices that its callbacks got
  demand_mode mode = demand_mode::forward;
  std::optional<event_type> takes{};
  std::optional<event_type> emits{};
};

}  // namespace genstage::inline v0
