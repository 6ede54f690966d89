#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/core/demand.hpp>
#include <genstage/dispatch/event_type.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/process/state_digest.hpp>
#include <genstage/stage/batch.hpp>
#include <genstage/stage/shared_batch.hpp>
#include <genstage/stage/spare_messages.hpp>
#include <genstage/stage/stage_status.hpp>
#include <genstage/stage/subscription.hpp>
#include <memory>
#include <string>
#include <utility>

/// What stages say to each other. A process that sends and understands these messages is a valid
/// peer, whether or not it is a stage. Source: rules G-074 to G-090.
namespace genstage::inline v0 {

/// What can be read of an `events` or `ask` message before it is known of which type its events
/// are: only a peer that was accepted for the tag is known to use the right one.
struct stream_message : message {
  stream_message(message_kind what, unique_id subscription, pid sender) noexcept
      : message{what}, tag{subscription}, from{sender} {}

  void digest(state_digest& into) const override { into.add(kind, tag, from, asked); }

  unique_id tag;
  pid from;
  demand asked{};
};

/// Events on the way to a consumer, or the demand on the way back: the same node turns round and
/// takes the storage of the spent batch with it.
template <class T>
struct batch_message final : stream_message {
  using stream_message::stream_message;

  void digest(state_digest& into) const override {
    stream_message::digest(into);
    into.add_all(readable());
  }
  [[nodiscard]] std::size_t footprint() const noexcept override {
    return sizeof *this + readable().size_bytes();
  }
  /// What a consumer that only reads is to look at.
  [[nodiscard]] std::span<const T> readable() const noexcept {
    return shared ? shared.events().subspan(first, count) : events.events();
  }
  void clear() noexcept {
    if (!is_plain) [[unlikely]]
      become_plain();
    events.clear();
  }

  /// `number` events of `all`, from the one at `begin` on, are meant instead of `events`.
  void share(shared_batch<T> all, std::size_t begin, std::size_t number) noexcept {
    shared = std::move(all);
    first = begin;
    count = number;
    is_plain = false;
  }
  void take_notes(std::unique_ptr<batch_notes> taken) noexcept {
    notes = std::move(taken);
    is_plain = false;
  }
  /// `others` go along.
  void take_along(spare_messages<T>&& others) noexcept {
    spent = std::move(others);
    is_plain = false;
  }

  /// It has `events` and nothing else: what most messages are, told by one comparison.
  bool is_plain = true;
  batch<T> events;
  /// If it is there, events [first, first + count) of it are meant instead of `events`. Sent only
  /// to consumers that said that they read.
  shared_batch<T> shared{};
  std::size_t first = 0;
  std::size_t count = 0;
  std::unique_ptr<batch_notes> notes{};
  /// Of an ask: other messages of the subscription that are to be filled again.
  spare_messages<T> spent{};

 private:
  [[gnu::noinline]] void become_plain() noexcept {
    shared.reset();
    notes.reset();
    spent.clear();
    count = 0;
    is_plain = true;
  }
};

/// What a consumer does with events: it may change them and move from them, or it only reads them,
/// so that others can read the same ones.
enum class batch_use : std::uint8_t { owns, reads };

/// How much of a subscription its consumer has handled, so that its producer knows what was lost if
/// the consumer dies, and what a consumer does that answers nobody.
///
/// Threads: the consumer alone writes; the producer reads after the consumer's down, which was sent
/// after the last write, so no ordering of its own is needed. Read before, it is a hint.
struct subscription_meter {
  std::atomic<std::uint64_t> handled{0};
  std::atomic<std::uint64_t> at{0};  ///< When, on the coarse clock; 0 for never.

  [[gnu::always_inline]] void add(std::uint64_t count) noexcept {
    handled.store(handled.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
    at.store(coarse_clock::now(), std::memory_order_relaxed);
  }
};

struct subscribe_message final : message {
  subscribe_message(subscription with_consumer, event_type takes, subscription_options chosen,
                    std::string consumer_name, batch_use with_events = batch_use::owns,
                    std::optional<replacement> previous = {})
      : message{message_kind::subscribe},
        from{std::move(with_consumer)},
        events{takes},
        options{std::move(chosen)},
        consumer{std::move(consumer_name)},
        use{with_events},
        instead_of{std::move(previous)} {}
  void digest(state_digest& into) const override;

  subscription from;
  event_type events;
  subscription_options options;
  std::string consumer;
  batch_use use;
  /// The producer ends this one first, if it knows it (G-069).
  std::optional<replacement> instead_of;
  /// Null from a peer that does not say what it has handled.
  std::shared_ptr<const subscription_meter> meter{};
};

/// `cancel` on the way to a producer, `cancelled` on the way to a consumer.
struct cancel_message final : message {
  cancel_message(message_kind direction, unique_id subscription, exit_reason why)
      : message{direction}, tag{subscription}, reason{std::move(why)} {}
  void digest(state_digest& into) const override { into.add(kind, tag, reason); }

  unique_id tag;
  exit_reason reason;
};

struct subscription_request;

/// What can be asked of a stage itself, rather than of the user's object.
class stage_requests {
 public:
  /// Subscribes, and replies once the consumer's callback has ended, which may be later. The
  /// request stays valid until then.
  virtual void answer(const subscription_request& asked) = 0;
  /// Receives `info` again when all events before it have left.
  virtual void tell_behind_events(message_ptr info) = 0;
  [[nodiscard]] virtual std::size_t buffered_count() = 0;
  [[nodiscard]] virtual demand_mode get_demand() = 0;
  virtual void set_demand(demand_mode mode) = 0;
  [[nodiscard]] virtual stage_status describe() = 0;

 protected:
  ~stage_requests() = default;
};

/// A request to a stage itself. It travels as a message among others, so it is handled in order
/// with the casts of the same sender (G-320).
struct stage_request : message {
  stage_request() noexcept : message{message_kind::request} {}
  virtual void act(stage_requests& receiver) = 0;
};

/// Asks a consumer to subscribe itself. Completes with the tag once it has.
struct subscription_request final : stage_request {
  subscription_request(subscription_plan wanted, completion<unique_id> told)
      : plan{std::move(wanted)}, reply{std::move(told)} {}
  ~subscription_request() override {
    reply.complete(fail(errc::process_ended, "subscribe: the consumer has ended; not subscribed"));
  }
  void act(stage_requests& receiver) override { receiver.answer(*this); }

  subscription_plan plan;
  completion<unique_id> reply;
};

}  // namespace genstage::inline v0
