#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/stage/subscription.hpp>
#include <string>
#include <vector>

namespace genstage::inline v0 {

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
  };
  /// A consumer's subscription.
  struct downstream {
    subscription from;
    demand outstanding;      ///< asked for and not sent
    std::uint64_t sent = 0;  ///< events in all
  };

  stage_kind kind = stage_kind::consumer;
  std::vector<upstream> producers{};
  std::string dispatcher{};  ///< its type; empty for a consumer
  std::vector<downstream> consumers{};
  std::size_t buffered = 0;
};

}  // namespace genstage::inline v0
