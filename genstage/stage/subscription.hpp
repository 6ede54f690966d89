#pragma once

#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/core/error.hpp>
#include <genstage/core/exit_reason.hpp>
#include <genstage/dispatch/subscription_options.hpp>
#include <genstage/process/process_ref.hpp>
#include <genstage/process/signals.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// Whether the library asks for events, or the user's code does.
enum class subscription_mode : std::uint8_t { automatic, manual };

/// The demand that `options` stand for, checked: 1 <= max, 0 <= min < max.
struct demand_range {
  demand most;
  demand least;
};
[[nodiscard]] result<demand_range> checked(const subscription_options& options,
                                           std::string_view consumer, std::string_view producer);

/// One subscription as seen from one end.
struct subscription {
  unique_id tag;
  process_ref peer;
};

/// Which part the peer plays in a subscription.
enum class peer_role : std::uint8_t { producer, consumer };

/// Whether a subscription was ended on request, or by the peer's death.
enum class cancel_cause : std::uint8_t { cancel, down };

/// The end of a subscription.
struct cancellation {
  peer_role role;
  subscription from;
  cancel_cause cause;
  exit_reason reason;
  /// Events that were sent to a consumer and that it had not handled when it died.
  std::uint64_t lost = 0;
};

/// The subscription that a new one takes the place of.
struct replacement {
  unique_id tag;
  exit_reason reason;
};

/// Whether the end of a subscription ends its consumer. Source: G-109 to G-111, G-114.
[[nodiscard]] bool ends_consumer(cancel_mode mode, const exit_reason& reason);

/// A subscription to be made when a stage starts. The producer is given by its name, which is
/// resolved then, or by reference.
struct subscription_plan {
  std::string producer_name{};
  process_ref producer{};
  subscription_options options{};
  std::optional<replacement> instead_of{};
};

}  // namespace genstage::inline v0
