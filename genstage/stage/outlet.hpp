#pragma once

#include <concepts>
#include <genstage/stage/direct_outlet.hpp>
#include <genstage/stage/partitioned_outlet.hpp>
#include <genstage/stage/shared_outlet.hpp>
#include <genstage/stage/stage.hpp>
#include <type_traits>

namespace genstage::inline v0 {

namespace detail {

/// The dispatcher that a stage declares, or the default one.
template <class S>
[[nodiscard]] auto dispatcher_of(const S& declaring) {
  if constexpr (requires { declaring.dispatcher(); }) {
    return declaring.dispatcher();
  } else {
    return demand_dispatcher{};
  }
}
template <class S>
using dispatcher_of_t = decltype(dispatcher_of(std::declval<const S&>()));

template <class D>
concept partitioning = std::derived_from<D, partition_table>;
template <class D>
concept broadcasting = std::same_as<D, broadcast_dispatcher>;

template <class T, class D>
struct outlet_for {
  static_assert(counting_dispatcher<D> || routing_dispatcher<D, T>,
                "What dispatcher() returns must be a counting_dispatcher or a routing_dispatcher.");
  using type = direct_outlet<T, D>;
};
template <class T, broadcasting D>
struct outlet_for<T, D> {
  using type = shared_outlet<T>;
};
template <class T, partitioning D>
struct outlet_for<T, D> {
  static_assert(
      requires(D& deciding, T& event) { deciding.choose(event); },
      "The hash of a partition dispatcher must take the events that the stage emits, and "
      "answer a partition's number or name, any_partition, or an optional of these.");
  using type = partitioned_outlet<T, D>;
};

}  // namespace detail

/// What places the events of a stage of type S.
template <emitting S>
using outlet_of =
    typename detail::outlet_for<typename S::output_event, detail::dispatcher_of_t<S>>::type;

/// A stage that gives each event to several consumers.
template <class S>
concept broadcasting_stage = emitting<S> && detail::broadcasting<detail::dispatcher_of_t<S>>;

}  // namespace genstage::inline v0
