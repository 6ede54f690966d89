#pragma once

#include <genstage/process/process_ref.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace genstage::inline v0 {

namespace detail {

template <class T>
inline constexpr char type_anchor = 0;

/// A value that is equal for equal types.
template <class T>
[[nodiscard]] constexpr const void* type_key() noexcept {
  return &type_anchor<T>;
}

}  // namespace detail

/// The name of a process of type S: survives restarts, and is resolved when it is used.
///
///     inline constexpr gs::name<counter> numbers{"numbers"};
///
/// Lifetime: refers to its text, which is usually a literal.
template <class S>
class name {
 public:
  using process_type = S;

  constexpr explicit name(std::string_view text) noexcept : text_{text} {}
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
};

/// A reference to one process of type S, alive or dead.
///
/// Lifetime: must not outlive the runtime.
template <class S>
class ref {
 public:
  using process_type = S;

  ref() noexcept = default;
  /// For the library and for tests: states that `process` runs an S.
  explicit ref(process_ref process) noexcept : process_{std::move(process)} {}

  [[nodiscard]] const process_ref& process() const noexcept { return process_; }
  [[nodiscard]] pid id() const noexcept { return process_.id(); }
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(process_); }
  friend bool operator==(const ref&, const ref&) = default;

 private:
  process_ref process_;
};

}  // namespace genstage::inline v0
