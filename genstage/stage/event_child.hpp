#pragma once

#include <concepts>
#include <functional>
#include <genstage/process/server.hpp>
#include <genstage/stage/spawn.hpp>
#include <genstage/supervision/child_spec.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace genstage::inline v0 {

namespace detail {

/// Runs one function with one event, and ends. The work is not a part of the start, or else the
/// supervisor would wait for it.
template <class T, class F>
class event_task final : public server {
 public:
  struct begin {};

  event_task(std::shared_ptr<F> work, T event) : work_{std::move(work)}, event_{std::move(event)} {}

  void init() { cast(ref<event_task>{self()}, begin{}); }
  task<> handle_cast(begin) {
    if constexpr (is_task<std::invoke_result_t<F&, T&>>) {
      auto working = (*work_)(event_);
      co_await std::move(working);
    } else {
      (*work_)(event_);
    }
    stop(exit_reason::normal());
    co_return;
  }

 private:
  std::shared_ptr<F> work_;
  T event_;
};

}  // namespace detail

/// How a start is given its event. One that can be copied is kept for restarts; one that can only
/// be moved is given away.
template <class T>
using event_argument = std::conditional_t<std::copy_constructible<T>, const T&, T&&>;

/// The template of the children of a consumer_supervisor: how one is started for an event.
///
///     gs::event_child<job>::of<worker>(&archive)                // worker{&archive, job}
///     gs::event_child<job>::running([](const job& each) { ... })  // a function, plain or a task
template <class T>
struct event_child {
  /// Called in the supervisor, once for each start; a restart gets the same event. A reference to
  /// no process means that there is nothing to run, which frees the event's place.
  std::function<result<process_ref>(runtime&, spawn_options, event_argument<T>)> start{};
  /// Temporary children are never started again, transient ones unless they end orderly, which
  /// takes events that can be copied. Permanent ones are refused: their events would keep their
  /// places for ever.
  restart_type restart = restart_type::temporary;
  shutdown_limit shutdown = std::chrono::seconds{5};
  child_type type = child_type::worker;
  /// What reports call the children.
  std::string id = "child";

  /// A server or a stage that is made from `arguments` and the event.
  template <class S, class... Arguments>
    requires std::constructible_from<S, const Arguments&..., event_argument<T>>
  [[nodiscard]] static event_child of(Arguments... arguments) {
    return {
        .start = [... kept = std::move(arguments)](runtime& where, spawn_options how,
                                                   event_argument<T> event) -> result<process_ref> {
          auto spawned =
              spawn<S>(where, std::move(how), kept..., T(std::forward<decltype(event)>(event)));
          if (!spawned) return std::unexpected{std::move(spawned.error())};
          return spawned->process();
        }};
  }

  /// A process that calls `work` with the event, and ends `normal`.
  template <class F>
    requires std::invocable<F&, T&>
  [[nodiscard]] static event_child running(F work) {
    return of<detail::event_task<T, F>>(std::make_shared<F>(std::move(work)));
  }
};

}  // namespace genstage::inline v0
