#pragma once

#include <concepts>
#include <cstdint>
#include <genstage/dispatch/event_type.hpp>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

namespace detail {

template <class Function>
struct argument_of {};
template <class R, class A>
struct argument_of<R (*)(A)> : std::type_identity<std::remove_cvref_t<A>> {};
template <class R, class C, class A>
struct argument_of<R (C::*)(A) const> : std::type_identity<std::remove_cvref_t<A>> {};
template <class R, class C, class A>
struct argument_of<R (C::*)(A) const noexcept> : std::type_identity<std::remove_cvref_t<A>> {};
template <class Function>
  requires requires { &Function::operator(); }
struct argument_of<Function> : argument_of<decltype(&Function::operator())> {};

/// Whether an event is wanted, for each event of a batch: the predicate is inlined into the loop.
template <class T>
class selection_rule {
 public:
  virtual ~selection_rule() = default;
  virtual void mark(std::span<const T> events, std::vector<std::uint8_t>& wanted) const = 0;
};

template <class T, class Predicate>
class selection_by final : public selection_rule<T> {
 public:
  explicit selection_by(Predicate keep) : keep_{std::move(keep)} {}
  void mark(std::span<const T> events, std::vector<std::uint8_t>& wanted) const override {
    wanted.clear();
    for (const T& event : events) wanted.push_back(keep_(event) ? 1 : 0);
  }

 private:
  Predicate keep_;
};

}  // namespace detail

/// Which events of a broadcast a consumer wants to have; all of them by default.
///
///     gs::subscribe(eu, prices, {.selector = [](const price& p) { return p.region == "eu"; }});
///
/// Threads: the predicate is called by the producer's thread, and copies share it, so it must not
/// change anything that others use.
/// Cost: one indirect call for each batch, none for each event.
class event_selector {
 public:
  event_selector() noexcept = default;
  /// The events' type is that of the predicate's parameter.
  template <class Predicate>
    requires requires { typename detail::argument_of<Predicate>::type; } &&
             std::predicate<const Predicate&, const typename detail::argument_of<Predicate>::type&>
  event_selector(Predicate keep)  // NOLINT(google-explicit-constructor): a predicate selects.
      : event_selector{
            event_type::of<typename detail::argument_of<Predicate>::type>(),
            std::make_shared<
                detail::selection_by<typename detail::argument_of<Predicate>::type, Predicate>>(
                std::move(keep))} {}

  [[nodiscard]] explicit operator bool() const noexcept { return rule_ != nullptr; }
  [[nodiscard]] const event_type& events() const noexcept { return events_; }
  /// The rule for events of type T, which must be the type of this selector's events.
  template <class T>
  [[nodiscard]] const detail::selection_rule<T>& rule() const noexcept {
    return *static_cast<const detail::selection_rule<T>*>(rule_.get());
  }

 private:
  template <class T, class Predicate>
  event_selector(event_type events, std::shared_ptr<detail::selection_by<T, Predicate>> rule)
      : events_{events}, rule_{std::shared_ptr<const detail::selection_rule<T>>{std::move(rule)}} {}

  event_type events_;
  std::shared_ptr<const void> rule_;
};

}  // namespace genstage::inline v0
