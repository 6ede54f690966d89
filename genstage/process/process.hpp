#pragma once

#include <functional>
#include <genstage/core/exit_reason.hpp>
#include <genstage/core/instant.hpp>
#include <genstage/core/log.hpp>
#include <genstage/process/process_events.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/record/recorder.hpp>
#include <genstage/scheduler/hand_over.hpp>
#include <genstage/task/operation.hpp>
#include <genstage/task/task.hpp>
#include <genstage/telemetry/trace_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <vector>

namespace genstage::inline v0 {

struct spawn_options;
class process_extras;
struct parting;

/// Whether a process takes exit signals as messages or ends with them.
enum class exit_signals : std::uint8_t {
  end_the_process,
  arrive_as_messages,      ///< except the parent's, which ends it at once
  all_arrive_as_messages,  ///< the parent's too, in its turn; for supervisors
};

/// A process: private state, a mailbox and an identity; one callback at a time.
///
/// This is the ground on which servers, stages and supervisors stand; programs derive from those.
/// A callback either returns or, being a coroutine, suspends; while one is suspended the process
/// handles only its control lane: exit signals that end it, and the completion it waits for.
///
/// Threads: all members are used by the thread that runs the process, unless said otherwise.
/// Failure: an exception that leaves a callback ends the process with reason error.
/// Source: A1 to A21 of the specification; Erlang/OTP's signal table (A8).
class process {
 public:
  process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  virtual ~process();

  /// The process that runs on this thread, or null.
  [[nodiscard]] static process* current() noexcept;

  [[nodiscard]] pid id() const noexcept { return id_; }
  [[nodiscard]] process_ref self() const noexcept;
  [[nodiscard]] runtime& owner() const noexcept { return cell_->owner(); }
  /// The registered name, or the pid as text.
  [[nodiscard]] std::string label() const { return name_.empty() ? to_string(id()) : name_; }
  /// Threads: any. The callback that runs or waits now, for reports; null between callbacks.
  [[nodiscard]] const char* callback() const noexcept {
    return cell_->callback_.load(std::memory_order_relaxed);
  }

  /// Ends the process with this reason once the callback that calls it has returned.
  void stop(exit_reason reason);
  void trap(exit_signals handling) noexcept { trapping_ = handling; }
  /// To be called in the start: the process ends `normal`, and who starts it learns that there was
  /// nothing to run. That is no failure to its supervisor. Source: A14, A44.
  void ignore() { stop(exit_reason::ignored()); }

  void link(const process_ref& other);
  void unlink(const process_ref& other);
  unique_id monitor(const process_ref& other);
  /// The same under a number of the caller's, for instance a subscription's tag.
  void monitor(const process_ref& other, unique_id as);
  /// After it no notice of that monitor is handled, even one that is queued already.
  void demonitor(const process_ref& other, unique_id monitor);
  /// Sends an exit signal; `kill` cannot be trapped.
  void exit(const process_ref& other, exit_reason reason) const;
  timer_id send_after(duration delay, message_ptr sent);

  /// Calls `release` when the process has ended, before anybody is told. It may run on another
  /// thread if the process is abandoned.
  void on_release(std::move_only_function<void() noexcept> release);

  void log(log_level level, std::string text) const;
  /// Who it is, for events; valid as long as the process.
  [[nodiscard]] process_identity identity() const noexcept { return {id(), name_}; }
  /// Who is told of what happens in it and elsewhere; in runtime.hpp.
  [[nodiscard]] telemetry_handlers& telemetry() const noexcept;

  /// The span that the current work belongs to; null if there is none.
  [[nodiscard]] const trace_context* trace() const noexcept;
  /// Begins work on so many events that came with this context. Returns the context of what comes
  /// of them: that of a span of its own, or the same if nobody wants to be told of spans.
  const trace_context& begin_span(const trace_context& given, std::uint64_t events);
  /// Tells of the work that was begun, if any was. `why` says why it failed, if it did.
  void end_span(const std::string& why) noexcept;
  /// Where the demand conversation is recorded, or null.
  [[nodiscard]] recorder* records() const noexcept;
  /// Notes a record there, later than all that the process has noted.
  [[gnu::always_inline]] void note(recorder& there, record_kind kind, std::uint64_t subscription,
                                   std::uint64_t count) noexcept {
    const std::uint64_t act = recorded_as_ | recorded_process{0}.did(kind);
    last_noted_ = there.note(act, subscription, count, last_noted_);
  }

  /// Notes that the process has armed a timer.
  void note_timer(duration delay) noexcept;

  /// The user's object, for messages that are typed for it.
  [[nodiscard]] virtual void* user() noexcept { return nullptr; }
  /// The object that collects what a handler emits; null where nothing can be emitted.
  [[nodiscard]] virtual void* output() noexcept { return nullptr; }
  /// Sends what the callback that runs has emitted so far, for instance before its reply.
  virtual void send_output() {}
  /// Identifies the type of `user()`.
  [[nodiscard]] virtual const void* user_type() const noexcept { return nullptr; }
  /// What people would call the type of this process: that of the user's object, if it has one.
  [[nodiscard]] virtual const std::type_info& type() const noexcept { return typeid(*this); }

  /// How the user's object wants its state to be shown, for status and reports (A35).
  [[nodiscard]] virtual std::string describe_state() const { return {}; }
  /// All by which it acts while no callback waits, besides its mail, links, monitors and timers;
  /// for an exploration. Gives up if that cannot be told.
  virtual void digest(state_digest& into) const;
  /// Ends the program if something is wrong that no peer and no user can cause. Called after each
  /// callback in simulation, and on threads in builds without NDEBUG; not while a callback waits.
  virtual void check_invariants() const {}
  /// The bytes of this object and the user's, without what they have allocated.
  [[nodiscard]] virtual std::size_t footprint() const noexcept { return sizeof(process); }

  /// Runs a coroutine as the current callback. False if it suspended; then `callback_ended` is
  /// called once it has ended.
  bool run_callback(const char* name, task<> body);
  /// Runs a plain callback as the current one.
  template <class Callback>
  [[gnu::always_inline]] auto call_back(const char* name, Callback&& callback) {
    enter(name);
    const bool is_told = telemetry().is_wanted<callback_began>();
    if (is_told) [[unlikely]]
      tell_callback_began(name);
    if constexpr (std::is_void_v<std::invoke_result_t<Callback>>) {
      callback();
      if (is_told) [[unlikely]]
        tell_callback_done(callback_end::returned);
    } else {
      auto answer = callback();
      if (is_told) [[unlikely]]
        tell_callback_done(callback_end::returned);
      return answer;
    }
  }
  /// Notes the name of the plain callback that runs next, for reports; null when it has returned.
  [[gnu::always_inline]] void enter(const char* callback) noexcept {
    if (callback != nullptr) hand_over::let_others_run();
    cell_->callback_.store(callback, std::memory_order_relaxed);
  }

 protected:
  /// Runs first, before any message. The process counts as started once it has returned, or once
  /// the coroutine it started has ended.
  virtual void start() = 0;
  /// A message of a layer above, a trapped exit or a down.
  virtual void receive(message_ptr received) = 0;
  /// A coroutine begun with `run_callback` in `start` or `receive` has ended. The process may have
  /// been told to stop meanwhile.
  virtual void callback_ended() {}
  /// Runs before the process ends by its own stop, an exception, or its parent's exit while it
  /// traps; not when it is killed or ended by a signal. May call `run_callback`.
  virtual void terminate(const exit_reason&) {}

  [[nodiscard]] pid parent() const noexcept { return cell_->parent_; }
  /// The reason of an exit signal of `from` that waits to be received, which it then does no more:
  /// the second half of "unlink, then flush" (A10).
  [[nodiscard]] std::optional<exit_reason> take_exit(pid from);
  [[nodiscard]] bool is_suspended() const noexcept { return (rare_ & rare::suspended) != 0; }
  [[nodiscard]] bool is_ending() const noexcept { return (rare_ & rare::ending) != 0; }
  /// Runs once the start counts as done, before any message: for what takes long and nobody has to
  /// wait for (A15). May call `run_callback`.
  virtual void continue_start() {}
  /// Notes for the crash report which request was being handled.
  void blame(const user_message& handled);
  /// Lets others that are ready run before the next message is handled, even one that is there.
  void give_way() noexcept { gives_way_ = true; }
  /// Keeps the message of a suspended callback alive until the callback has ended.
  void keep(message_ptr handled) noexcept { handling_ = std::move(handled); }

 private:
  friend class process_cell;
  friend class process_extras;
  friend class runtime;
  friend class simulated;

  enum class phase : std::uint8_t { unborn, starting, running, terminating };
  /// What is out of the ordinary, in one word, so that one comparison tells that nothing is.
  struct rare {
    static constexpr std::uint8_t ending = 1;     ///< `ending_` has a value.
    static constexpr std::uint8_t suspended = 2;  ///< `callback_` has one.
    static constexpr std::uint8_t has_mail = 4;   ///< `inbox_` is not empty.
  };
  struct monitored {
    unique_id monitor;
    pid who;
    bool operator==(unique_id other) const noexcept { return monitor == other; }
  };

  void tell_callback_began(const char* name);
  void tell_callback_done(callback_end how) noexcept;

  /// Returns the process that was current before.
  static process* make_current(process* next) noexcept;
  runnable::verdict activate() noexcept;
  runnable::verdict go_on(int budget) noexcept;
  bool sort(message* newest);
  void handle(message* next) noexcept;
  void check_after_callback() const;
  void step(message_ptr next) {
    if (next->kind == message_kind::down && !forget_monitor(*next)) [[unlikely]]
      return;
    receive(std::move(next));
  }
  bool forget_monitor(const message& down) noexcept;
  void observed_step(message_ptr next);
  /// Until something comes.
  [[nodiscard]] bool has_nothing_to_do() const noexcept { return rare_ == 0; }
  // Each of these keeps `rare_` up to date.
  void put(message_ptr waiting) noexcept {
    inbox_.push(std::move(waiting));
    rare_ |= rare::has_mail;
  }
  message_ptr take_next() noexcept {
    message_ptr next = inbox_.pop();
    if (inbox_.is_empty()) rare_ &= static_cast<std::uint8_t>(~rare::has_mail);
    return next;
  }
  void end_for(exit_reason reason) noexcept {
    ending_ = std::move(reason);
    rare_ |= rare::ending;
  }
  void hold_callback(task<> begun) noexcept {
    callback_.emplace(std::move(begun));
    rare_ |= rare::suspended;
  }
  task<> take_callback() noexcept {
    rare_ &= static_cast<std::uint8_t>(~rare::suspended);
    task<> taken = std::move(*callback_);
    callback_.reset();
    return taken;
  }
  /// Whether what was drained is one message that is to be handled now, and need not be sorted.
  [[nodiscard]] bool comes_next(const message* newest) const noexcept {
    return newest != mailbox::closed_mark() && newest->next == nullptr &&
           newest->kind >= message_kind::user && has_nothing_to_do();
  }
  /// Where exceptions of callbacks end.
  template <void (process::*Action)(message_ptr)>
  void guarded(message_ptr argument) noexcept {
    try {
      (this->*Action)(std::move(argument));
    } catch (...) {
      callback_threw();
    }
    if (!is_suspended()) enter(nullptr);
  }
  void callback_threw() noexcept;
  void fail(exit_reason reason) noexcept;
  void handle_control(message_ptr control);
  void handle_exit(std::unique_ptr<exit_message> signal);
  void resume_callback(std::uint64_t ticket);
  void begin(message_ptr unused);
  void end_by_signal(exit_reason reason);
  void run_terminate(message_ptr unused);
  void callback_finished();
  void cancel_callback() noexcept;
  void started();
  void report_crash(const exit_reason& reason) const;
  void note_life(record_kind kind, std::uint64_t about) noexcept;
  runnable::verdict finish() noexcept;
  void move_in(process_cell& home, const spawn_options& options);
  static void discard(process* left) noexcept;
  [[nodiscard]] parting part() noexcept;
  [[nodiscard]] process_extras& extras();

  process_cell* cell_ = nullptr;
  pid id_{};
  exit_signals trapping_ = exit_signals::end_the_process;
  phase phase_ = phase::unborn;
  std::uint8_t rare_ = 0;  ///< Bits of `rare`.
  bool was_ended_by_signal_ = false;
  bool gives_way_ = false;
  std::optional<exit_reason> ending_;
  std::optional<task<>> callback_;
  suspension suspension_;
  message_ptr handling_;
  message_list inbox_;
  std::vector<process_ref> links_;
  std::vector<std::unique_ptr<monitor_message>> watchers_;
  std::vector<monitored> monitors_;
  std::optional<completion<std::optional<exit_reason>>> started_;
  std::string name_;
  std::uint64_t recorded_as_ = 0;
  std::uint64_t last_noted_ = 0;
  std::uint64_t waits_since_ = 0;  ///< Of a callback that is suspended, on the coarse clock.
  /// What few processes need; null for the others.
  std::unique_ptr<process_extras> extras_;
};

}  // namespace genstage::inline v0
