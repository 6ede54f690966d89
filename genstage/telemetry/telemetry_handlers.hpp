#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/core/log.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <typeindex>
#include <typeinfo>
#include <vector>

namespace genstage::inline v0 {

/// What decides whether an event is looked at further. Events that come with every message have a
/// switch of their own, so that they cost next to nothing while only others are attached to.
enum class telemetry_switch : std::uint32_t { rare = 1, callbacks = 2, batches = 4, spans = 8 };

namespace detail {

template <class Event>
constexpr telemetry_switch switch_of() noexcept {
  if constexpr (requires {
                  { Event::with } -> std::convertible_to<telemetry_switch>;
                }) {
    return Event::with;
  } else {
    return telemetry_switch::rare;
  }
}

}  // namespace detail

/// A handler threw, and was detached for it.
struct handler_failed {
  std::string id;
  std::string event;  ///< the type of the event that it was given
  std::string what;   ///< it threw
};

/// Who is told of what a program does: handlers, each attached to one type of event.
///
///     program.telemetry().attach<gs::process_exited>("ends", [](const gs::process_exited& end) {
///       fmt::print("{} has ended\n", end.who.id.index);
///     });
///
/// Any type can be an event. Those of the library are in process/process_events.hpp,
/// supervision/supervision_events.hpp and stage/stage_events.hpp; `log_record`, `incident`,
/// `supervisor_report` and `handler_failed` are events as well. A program may emit its own.
///
/// Threads: any. A handler runs where the event occurs, on several threads at once; it must be
/// short and must not block. What it is given is valid until it returns.
/// Ordering: handlers of an event run in the order in which they were attached.
/// Failure: a handler that throws is detached, everywhere where its id is attached. That is logged
/// once and told as a `handler_failed`; whoever emitted the event does not notice.
/// Cost: an event that nobody is attached to costs a load and a branch.
class telemetry_handlers {
 public:
  /// What handlers do wrong is said there.
  explicit telemetry_handlers(log_sink log);
  telemetry_handlers(const telemetry_handlers&) = delete;
  telemetry_handlers& operator=(const telemetry_handlers&) = delete;

  /// Has `handler` called for each event of that type from now on. One id may be attached to
  /// several types. Failure: already_exists for an id that is attached to this one.
  template <class Event>
  result<void> attach(std::string id, std::function<void(const Event&)> handler) {
    return attach({std::move(id), typeid(Event), detail::switch_of<Event>(),
                   [call = std::move(handler)](const void* event) {
                     call(*static_cast<const Event*>(event));
                   }});
  }

  /// Returns how many handlers of this id there were. Ordering: one that runs at this moment on
  /// another thread may still be running afterwards.
  std::size_t detach(std::string_view id);
  void detach_all();

  /// Whether it is worth making such an event. May say yes for a type without a handler.
  template <class Event>
  [[nodiscard]] bool is_wanted() const noexcept {
    constexpr auto mask = static_cast<std::uint32_t>(detail::switch_of<Event>());
    return (wanted_.load(std::memory_order_relaxed) & mask) != 0;
  }

  /// Tells the handlers of this event. Must not be called by one of them for its own type of event.
  template <class Event>
  void emit(const Event& event) noexcept {
    if (is_wanted<Event>()) [[unlikely]]
      tell(typeid(Event), &event);
  }
  /// The same for an event that is only made if it may be wanted.
  template <std::invocable Make>
  void emit_made(Make make) noexcept {
    if (is_wanted<std::invoke_result_t<Make>>()) [[unlikely]]
      emit(make());
  }

 private:
  struct attachment {
    std::string id;
    std::type_index event;
    telemetry_switch with;
    std::function<void(const void*)> call;
  };
  /// Never changed, but replaced: so no lock is held while handlers run.
  using handler_list = std::vector<std::shared_ptr<const attachment>>;

  result<void> attach(attachment added);
  void tell(std::type_index type, const void* event) noexcept;
  void give_up(const attachment& failed, std::string what);
  [[nodiscard]] std::shared_ptr<const handler_list> current() const noexcept;
  void replace(handler_list next);

  const log_sink log_;
  /// The switches of all that are attached. Relaxed: who emits on another thread may learn of a
  /// handler a little later, and finds the handlers themselves under the lock.
  std::atomic<std::uint32_t> wanted_{0};
  mutable std::mutex mutex_;
  std::shared_ptr<const handler_list> handlers_;
};

}  // namespace genstage::inline v0
