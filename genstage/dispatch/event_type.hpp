#pragma once

#include <genstage/core/type_name.hpp>
#include <genstage/process/name.hpp>
#include <string>

namespace genstage::inline v0 {

/// The type of a stream's events as a value, so that a wrong wiring made at run time is refused.
struct event_type {
  const void* key = nullptr;
  std::string (*name)() = nullptr;

  template <class T>
  [[nodiscard]] static constexpr event_type of() noexcept {
    return {detail::type_key<T>(), &type_name<T>};
  }
  friend constexpr bool operator==(const event_type& left, const event_type& right) noexcept {
    return left.key == right.key;
  }
};

}  // namespace genstage::inline v0
