#pragma once

#include <concepts>
#include <functional>
#include <genstage/process/server.hpp>
#include <genstage/stage/spawn.hpp>
#include <genstage/supervision/supervising.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// The name of a producer of which only the event type is known, so that a file needn't include the
/// stage's header.
template <class Event>
class producer_name {
 public:
  constexpr explicit producer_name(std::string_view text) noexcept : text_{text} {}
  template <emitting S>
    requires std::same_as<typename S::output_event, Event>
  // Implicit, since the name of a producer of these events is such a name.
  constexpr producer_name(name<S> producer) noexcept : text_{producer.text()} {}
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
};

/// The declaration of a child of type S in a supervisor's tree: a server, a stage, or a
/// consumer_supervisor.
///
///     gs::child(printed).times(4).subscribe_to(doubled, {.max_demand = 10})
///
/// Lifetime: a value; the tree keeps copies. Constructor arguments are kept as copies as well,
/// since each restart makes a new object from them.
template <class S>
class child_of {
 public:
  using maker = std::function<std::unique_ptr<S>()>;

  child_of(std::string_view name, maker make) : make_{std::move(make)} {
    spec_.id = name;
    spec_.name = name;
    if constexpr (std::derived_from<S, supervising>) {
      spec_.shutdown = std::nullopt;
      spec_.type = child_type::supervisor;
    }
  }

  /// Subscribes the stage at each start, in the order of these calls. A producer that emits other
  /// events than S takes does not compile.
  template <class P>
  child_of subscribe_to(name<P> producer, subscription_options options = {}) && {
    detail::check_wiring<S, P>();
    return std::move(*this).subscribe_to(producer.text(), options);
  }
  template <class Event>
  child_of subscribe_to(producer_name<Event> producer, subscription_options options = {}) && {
    static_assert(std::same_as<std::remove_const_t<typename S::input_event>, Event>,
                  "The producer does not emit the events that this stage takes.");
    return std::move(*this).subscribe_to(producer.text(), options);
  }
  /// To a producer that outlives its restarts, or is not in the tree.
  template <class P>
  child_of subscribe_to(const ref<P>& producer, subscription_options options = {}) && {
    detail::check_wiring<S, P>();
    plans_.push_back({{}, producer.process(), std::move(options)});
    return std::move(*this);
  }
  /// For a wiring known only when the program runs: checked when the stage starts.
  child_of subscribe_to(std::string_view producer, subscription_options options = {}) && {
    static_assert(receiving<S>, "Only a stage that takes events can be subscribed to a producer.");
    plans_.push_back({std::string{producer}, {}, options});
    return std::move(*this);
  }

  /// Makes `count` children of this kind, named name/0, name/1 and so on.
  child_of times(std::size_t count) && {
    spec_.count = count;
    return std::move(*this);
  }
  child_of restart(restart_type when) && {
    spec_.restart = when;
    return std::move(*this);
  }
  child_of shutdown(shutdown_limit limit) && {
    spec_.shutdown = limit;
    return std::move(*this);
  }

  operator child_spec() const {  // NOLINT(google-explicit-constructor): a declaration is a child.
    child_spec spec = spec_;
    // Declarations are copied from tree to supervisor to child: all share what is the same.
    auto kept = std::make_shared<const recipe>(make_, plans_);
    spec.start = [kept = std::move(kept)](runtime& where,
                                          spawn_options options) -> result<process_ref> {
      if constexpr (std::derived_from<S, stage>) {
        return where.spawn(detail::make_stage<S>([kept] { return kept->make(); }, kept->plans),
                           std::move(options));
      } else if constexpr (std::derived_from<S, process>) {
        std::unique_ptr<S> made = kept->make();
        made->subscribe_to(kept->plans);
        return where.spawn(std::move(made), std::move(options));
      } else {
        return where.spawn(std::make_unique<detail::server_process<S>>(kept->make),
                           std::move(options));
      }
    };
    return spec;
  }

 private:
  struct recipe {
    maker make;
    std::vector<subscription_plan> plans;
  };

  child_spec spec_;
  maker make_;
  std::vector<subscription_plan> plans_;
};

/// Declares a child that is made from `arguments` at each start.
template <class S, class... Arguments>
  requires std::constructible_from<S, const Arguments&...>
[[nodiscard]] child_of<S> child(name<S> named, Arguments... arguments) {
  return child_of<S>{named.text(),
                     [... kept = std::move(arguments)] { return std::make_unique<S>(kept...); }};
}

/// Declares a child with a factory, for objects whose arguments can't be copied.
template <class S>
[[nodiscard]] child_of<S> child_from(name<S> named, typename child_of<S>::maker factory) {
  return child_of<S>{named.text(), std::move(factory)};
}

}  // namespace genstage::inline v0
