#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <genstage/telemetry/trace_context.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace genstage::inline v0 {

/// What a span is to those it talks to; the numbers are OpenTelemetry's.
enum class span_kind : std::uint8_t { internal = 1, server, client, producer, consumer };

/// What a span says of one thing: a word, how many, how much, or whether.
using attribute_value = std::variant<std::string, std::int64_t, double, bool>;

/// A value of any type that fits one of these; a literal is a word, not whether.
template <class T>
[[nodiscard]] attribute_value to_attribute(T&& value) {
  using given = std::remove_cvref_t<T>;
  if constexpr (std::same_as<given, bool> || std::floating_point<given>) {
    return value;
  } else if constexpr (std::integral<given>) {
    return static_cast<std::int64_t>(value);
  } else {
    return std::string{std::forward<T>(value)};
  }
}

/// A piece of work of a distributed trace is done.
///
/// The library tells one for each batch that carries a trace context, when it has been handled; a
/// program may emit its own.
struct span_ended {
  static constexpr auto with = telemetry_switch::spans;

  std::string name;
  trace_context context;                 ///< its own ids
  std::array<std::uint8_t, 8> parent{};  ///< zeros for the first of a trace
  span_kind kind = span_kind::internal;
  instant began{};
  duration took{};
  /// Why it failed; empty if it did not.
  std::string error{};
  std::vector<std::pair<std::string, attribute_value>> attributes{};
};

}  // namespace genstage::inline v0
