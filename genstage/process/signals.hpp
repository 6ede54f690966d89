#pragma once

#include <cstdint>
#include <functional>
#include <genstage/core/exit_reason.hpp>
#include <genstage/process/message.hpp>
#include <genstage/process/process_ref.hpp>
#include <genstage/task/operation.hpp>
#include <optional>
#include <string>

namespace genstage::inline v0 {

/// A number that is never given twice in a runtime: of a monitor, of a subscription.
enum class unique_id : std::uint64_t { none = 0 };

struct resume_message final : message {
  explicit resume_message(std::uint64_t which) noexcept
      : message{message_kind::resume}, ticket{which} {}
  std::uint64_t ticket;
};

/// Whether an exit signal was sent on purpose or comes over a link because the sender has ended.
enum class exit_origin : std::uint8_t { sent, link };

struct exit_message final : message {
  exit_message(pid sender, exit_reason why, exit_origin how) noexcept
      : message{message_kind::exit}, from{sender}, reason{std::move(why)}, origin{how} {}
  pid from;
  exit_reason reason;
  exit_origin origin;
};

struct down_message final : message {
  down_message(unique_id which, pid ended, exit_reason why) noexcept
      : message{message_kind::down}, monitor{which}, who{ended}, reason{std::move(why)} {}
  void digest(state_digest& into) const override;
  unique_id monitor;
  pid who;
  exit_reason reason;
};

struct link_message final : message {
  link_message(message_kind link_or_unlink, process_ref sender) noexcept
      : message{link_or_unlink}, from{std::move(sender)} {}
  process_ref from;
};

/// Asks for one notice of the receiver's end: as a message, or as the outcome of an operation.
struct monitor_message final : message {
  monitor_message(unique_id which, process_ref sender) noexcept
      : message{message_kind::monitor}, monitor{which}, watcher{std::move(sender)} {}
  explicit monitor_message(completion<exit_reason> told, unique_id which = unique_id::none) noexcept
      : message{message_kind::monitor}, monitor{which}, outcome{std::move(told)} {}
  /// Whoever waits for the outcome is told even if the message reached nobody.
  ~monitor_message() override {
    if (outcome) outcome->complete(exit_reason::noproc());
  }

  void digest(state_digest& into) const override;

  unique_id monitor{};
  process_ref watcher;
  std::optional<completion<exit_reason>> outcome;

  void tell(pid ended, const exit_reason& reason) const;
};

namespace detail {

/// A monitor's outcome, or what a process gets as its `ended`, that calls `told` with the reason.
[[nodiscard]] completion<exit_reason> when_ended(
    std::move_only_function<void(const exit_reason&)> told);

}  // namespace detail

struct demonitor_message final : message {
  explicit demonitor_message(unique_id which) noexcept
      : message{message_kind::demonitor}, monitor{which} {}
  void digest(state_digest& into) const override;
  unique_id monitor;
};

/// A request to the process itself rather than to the user's object: handled on the control lane.
///
/// Source: A27, A33.
struct system_message : message {
  /// Whether it can be handled while a callback is suspended, or has to wait for its end.
  enum class moment : std::uint8_t { at_once, between_callbacks };

  explicit system_message(moment earliest) noexcept
      : message{message_kind::system}, when{earliest} {}
  virtual void act(process& receiver) = 0;

  moment when;
};

/// A cast or a call: it knows the type of its receiver and the handler to run there.
struct user_message : message {
  user_message() noexcept : message{message_kind::user} {}
  /// Runs the handler. `receiver` is the process that the message was typed for.
  virtual void deliver(process& receiver) = 0;
  /// The request's type, for reports.
  [[nodiscard]] virtual const char* type() const noexcept = 0;
};

/// For traces: the type of a request, a signal with its reason, or the kind of the message.
[[nodiscard]] std::string describe(const message& seen);

}  // namespace genstage::inline v0
