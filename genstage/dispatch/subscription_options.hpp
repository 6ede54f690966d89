#pragma once

#include <any>
#include <concepts>
#include <cstdint>
#include <genstage/dispatch/event_selector.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace genstage::inline v0 {

/// What a consumer does when a subscription ends.
enum class cancel_mode : std::uint8_t {
  permanent,  ///< it stops, whatever the reason
  transient,  ///< it stops unless the reason is orderly
  temporary,  ///< it goes on
};

/// A partition of a partition dispatcher: a number, or a name from the dispatcher's list.
class partition_key {
 public:
  template <std::integral Number>
  partition_key(Number number)  // NOLINT(google-explicit-constructor): a number is a partition.
      : value_{static_cast<std::int64_t>(number)} {}
  partition_key(std::string_view name)  // NOLINT(google-explicit-constructor)
      : value_{std::string{name}} {}
  partition_key(const char* name)  // NOLINT(google-explicit-constructor)
      : value_{std::string{name}} {}

  /// The number, or null if it is a name; and the other way round.
  [[nodiscard]] const std::int64_t* number() const noexcept { return std::get_if<0>(&value_); }
  [[nodiscard]] const std::string* name() const noexcept { return std::get_if<1>(&value_); }
  friend bool operator==(const partition_key&, const partition_key&) = default;

 private:
  std::variant<std::int64_t, std::string> value_;
};
[[nodiscard]] std::string to_string(const partition_key& key);

/// How a consumer takes events from one producer. Both ends' `handle_subscribe` and the producer's
/// dispatcher see all of it.
struct subscription_options {
  /// At most so many events are asked for and not handled yet; at least 1.
  std::int64_t max_demand = 1000;
  /// More is asked for when this many are left; half of max_demand by default.
  std::optional<std::int64_t> min_demand{};
  cancel_mode cancel = cancel_mode::permanent;
  /// Which partition of a partition dispatcher; other dispatchers do not look at it.
  std::optional<partition_key> partition{};
  /// Which events of a broadcast dispatcher; other dispatchers do not look at it.
  event_selector selector{};
  /// Anything of the program's own, handed on unchanged.
  std::any user{};
};

}  // namespace genstage::inline v0
