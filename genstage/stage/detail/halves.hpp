#pragma once

#include <genstage/stage/consumer_side.hpp>
#include <genstage/stage/producer_side.hpp>
#include <genstage/stage/stage.hpp>
#include <memory>
#include <span>
#include <utility>

namespace genstage::inline v0::detail {

/// The halves of a stage, and of one that lacks a half something that stands in for it.
struct no_half {
  struct upstream {};
  using node = std::unique_ptr<stream_message>;
};
template <class S>
struct receiving_half {
  using event = char;
  using type = no_half;
};
template <receiving S>
struct receiving_half<S> {
  using event = typename S::input_event;
  using type = consumer_side<event>;
};
template <class S>
struct emitting_half {
  using event = char;
  using type = no_half;
};
template <emitting S>
struct emitting_half<S> {
  using event = typename S::output_event;
  using type = producer_side<event, S>;
};

/// Whether the callback of a consumer is a coroutine.
template <class S>
inline constexpr bool waits_with_events = false;
template <receiving S>
  requires(!emitting<S>)
inline constexpr bool waits_with_events<S> = is_task<decltype(std::declval<S&>().handle_events(
    std::declval<std::span<typename S::input_event>>()))>;

}  // namespace genstage::inline v0::detail
