#pragma once

#include <concepts>
#include <cstddef>
#include <genstage/process/user_process.hpp>
#include <genstage/stage/output_buffer.hpp>
#include <genstage/stage/protocol.hpp>
#include <genstage/stage/stage_events.hpp>
#include <genstage/stage/subscription.hpp>
#include <genstage/task/task.hpp>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>

namespace genstage::inline v0 {

/// How a producer, or a producer_consumer, keeps events that nobody has asked for.
struct buffer_options {
  /// No value means no bound. The default is 10,000 for a producer and none for a
  /// producer_consumer, whose intake stops when nobody asks.
  std::optional<std::size_t> size{};
  buffer_keep keep = buffer_keep::last;
};

/// Whether the library's own line about dropped events is to be logged.
enum class discarded_log : std::uint8_t { write, leave_out };

/// What all stages have in common. A stage runs one callback at a time; see `process_services` for
/// what a callback may use besides.
///
/// Every kind of stage has these callbacks as well; in the `async_` family they are coroutines:
///
/// - `handle_subscribe`: a subscription begins; `role` is the part that the peer plays. Towards a
///   producer the answer decides who asks for events; towards a consumer it must be automatic.
/// - `handle_cancel`: a subscription has ended. Called exactly once for each.
/// - `terminate`: the stage ends by its own stop, an exception, or its parent while it traps exits.
class stage : public process_services {
 public:
  virtual ~stage() = default;
};

namespace detail {

/// The callbacks of all kinds of stages, for those that do not wait.
class plain_stage : public virtual stage {
 public:
  virtual subscription_mode handle_subscribe(peer_role /*role*/, const subscription& /*from*/,
                                             const subscription_options& /*options*/) {
    return subscription_mode::automatic;
  }
  virtual void handle_cancel(const cancellation& /*ended*/) {}
  virtual void terminate(const exit_reason& /*reason*/) {}
};

/// The same for those that may wait. What they are given is valid until they have ended.
class async_stage : public virtual stage {
 public:
  virtual task<subscription_mode> handle_subscribe(peer_role /*role*/, const subscription& /*from*/,
                                                   const subscription_options& /*options*/) {
    co_return subscription_mode::automatic;
  }
  virtual task<> handle_cancel(const cancellation& /*ended*/) { co_return; }
  virtual task<> terminate(const exit_reason& /*reason*/) { co_return; }
};

template <class T>
class emitting_stage : public virtual stage {
 public:
  using output_event = T;
  using output_type = output<T>;

  /// The buffer was full and has dropped so many events. Called once for each time.
  virtual discarded_log format_discarded(std::size_t /*count*/) { return discarded_log::write; }

 protected:
  /// For callbacks that are not given an output: what they put here leaves when they have returned.
  [[nodiscard]] static output<T>& current_output() noexcept {
    return *static_cast<output<T>*>(process::current()->output());
  }
};

/// What the kinds of producers have in common.
template <class T>
class producing_stage : public emitting_stage<T> {
 public:
  [[nodiscard]] virtual buffer_options buffer() const { return {.size = 10'000}; }
  /// With `accumulate`, no demand reaches `handle_demand` and no event leaves until the mode is set
  /// to `forward`: for instance when all consumers of a broadcast have subscribed.
  [[nodiscard]] virtual demand_mode initial_demand() const { return demand_mode::forward; }
};

template <class S>
class stage_process;

template <class T>
class receiving_stage : public virtual stage {
 public:
  using input_event = T;  // const for a stage that only reads.

 protected:
  /// Whose events they are; in `handle_events` alone, until it has ended.
  [[nodiscard]] const subscription& events_from() const noexcept { return *events_from_; }

  /// For manual subscriptions: asks for `count` more events.
  static void ask(const subscription& from, demand count) {
    if (count.is_zero()) return;
    const process& here = *process::current();
    auto asked = std::make_unique<batch_message<std::remove_const_t<T>>>(message_kind::ask,
                                                                         from.tag, here.id());
    asked->asked = count;
    from.peer.send(std::move(asked));
    if (here.telemetry().is_wanted<demand_returned>()) [[unlikely]]
      detail::tell_asked_by_hand(here, from.tag, count);
  }

 private:
  template <class S>
  friend class stage_process;

  const subscription* events_from_ = nullptr;
};

}  // namespace detail

/// Emits events, never more than were asked for unless it chooses to, in which case they are
/// buffered.
///
///     class counter final : public gs::producer<std::int64_t> {
///      public:
///       void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override { ... }
///     };
template <class T>
class producer : public detail::producing_stage<T>, public detail::plain_stage {
 public:
  /// Consumers want `asked` more events. What is not emitted now stays owed: the stage has to
  /// remember it, it will not be asked for it again.
  virtual void handle_demand(demand asked, output<T>& out) = 0;
};

/// A producer that is asked for the events of each partition by itself, so that one whose consumers
/// are slow holds up no other. Its `dispatcher()` is a partition dispatcher.
///
///     class inbox final : public gs::partitioned_producer<mail> {
///      public:
///       auto dispatcher() const { return gs::partition_dispatcher{{.partitions = 4}, &user_of}; }
///       void handle_demand(std::size_t user, gs::demand asked, gs::output<mail>& out) override;
///     };
template <class T>
class partitioned_producer : public detail::producing_stage<T>, public detail::plain_stage {
 public:
  /// Consumers of the partition want so many more of its events. What is not emitted now stays
  /// owed, as with `producer`.
  virtual void handle_demand(std::size_t partition, demand asked, output<T>& out) = 0;
};

/// Takes events of one type and emits events of another.
///
/// With `const In` it only reads them: see `consumer`.
template <class In, class Out>
class producer_consumer : public detail::receiving_stage<In>,
                          public detail::emitting_stage<Out>,
                          public detail::plain_stage {
 public:
  /// Owns the events: it may move from them. They are valid until it returns.
  virtual void handle_events(std::span<In> events, output<Out>& out) = 0;
  [[nodiscard]] virtual buffer_options buffer() const { return {}; }
};

/// Takes events.
///
/// A `consumer<T>` owns its events and may move from them. A `consumer<const T>` only reads, so a
/// producer that broadcasts lets all readers look at the same batch.
template <class T>
class consumer : public detail::receiving_stage<T>, public detail::plain_stage {
 public:
  /// Owns the events: it may move from them. They are valid until it returns.
  virtual void handle_events(std::span<T> events) = 0;
};

/// As `producer`, with callbacks that may wait. While one waits, the stage takes nothing else, and
/// its thread runs other stages.
template <class T>
class async_producer : public detail::producing_stage<T>, public detail::async_stage {
 public:
  virtual task<> handle_demand(demand asked, output<T>& out) = 0;
};

/// As `partitioned_producer`, with callbacks that may wait.
template <class T>
class async_partitioned_producer : public detail::producing_stage<T>, public detail::async_stage {
 public:
  virtual task<> handle_demand(std::size_t partition, demand asked, output<T>& out) = 0;
};

/// As `producer_consumer`, with callbacks that may wait.
template <class In, class Out>
class async_producer_consumer : public detail::receiving_stage<In>,
                                public detail::emitting_stage<Out>,
                                public detail::async_stage {
 public:
  virtual task<> handle_events(std::span<In> events, output<Out>& out) = 0;
  [[nodiscard]] virtual buffer_options buffer() const { return {}; }
};

/// As `consumer`, with callbacks that may wait.
template <class T>
class async_consumer : public detail::receiving_stage<T>, public detail::async_stage {
 public:
  virtual task<> handle_events(std::span<T> events) = 0;
};

/// A type that emits events: a producer or a producer_consumer.
template <class S>
concept emitting = requires { typename S::output_event; };
/// A producer that is asked for each partition.
template <class S>
concept asked_by_partition =
    std::derived_from<S, partitioned_producer<typename S::output_event>> ||
    std::derived_from<S, async_partitioned_producer<typename S::output_event>>;
/// A type that takes events: a consumer or a producer_consumer.
template <class S>
concept receiving = requires { typename S::input_event; };

}  // namespace genstage::inline v0
