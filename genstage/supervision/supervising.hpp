#pragma once

#include <cstdint>
#include <functional>
#include <genstage/process/name.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/supervision/child_spec.hpp>
#include <genstage/supervision/restart_budget.hpp>
#include <genstage/supervision/supervisor_report.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// Whether each child that starts is worth a line in the log. OTP hides these by default as well.
enum class progress_reports : std::uint8_t { silent, logged };

/// What every kind of supervisor is told besides its children.
struct supervising_options {
  /// A killed child whose callback does not return is given up after this time: it is reported as
  /// abandoned and the supervisor goes on without it.
  duration abandon_after = std::chrono::seconds{5};
  progress_reports progress = progress_reports::silent;
  report_listener on_report{};
};

/// What all supervisors have in common: they trap every exit, start a child and wait for it, stop
/// one or several and wait for them, and report.
///
/// A supervisor does one thing at a time. While it starts or stops a child, whatever else comes
/// waits its turn, an exit of its parent too (A57, A59); only a kill acts at once.
class supervising : public process {
 public:
  /// How often it has tried to start a child again, in all.
  [[nodiscard]] virtual std::uint64_t restarts() const noexcept = 0;

 protected:
  explicit supervising(supervising_options options);

  enum class start_verdict : std::uint8_t { started, ignored, failed };
  struct start_outcome {
    start_verdict verdict = start_verdict::started;
    process_ref process{};
    exit_reason reason = exit_reason::normal();  ///< Why it failed.
  };
  struct leaver {
    child_spec spec;
    process_ref process;
  };

  /// From now on.
  void supervise_with(supervising_options options) { options_ = std::move(options); }

  /// Starts a child and waits until it has started (A43). A name that is still held by a child of a
  /// supervisor that was killed is waited for.
  task<start_outcome> start_process(const child_spec& child);
  /// Asks, waits as long as the child may take, kills, and gives up on one that never returns
  /// (A46).
  task<> stop_process(const child_spec& child, process_ref leaving);
  /// Asks all at once, with one timer for each distinct limit, and waits for all (A60).
  task<> stop_together(std::vector<leaver> leaving);
  /// Ends the children, and then the supervisor.
  task<> leave(exit_reason reason);

  virtual void child_ended(const exit_message& signal) = 0;
  virtual task<> end_children() = 0;
  /// Something that is no request and no exit.
  virtual void receive_other(message_ptr received);

  void report(const child_spec& child, pid who, report_context context, exit_reason reason);
  /// Notes that a child has been started anew, unless it chose not to run.
  void note_restart(const child_spec& child, const process_ref& started) noexcept;
  /// Why the supervisor cannot run, or nothing. To be called in the start.
  [[nodiscard]] std::optional<std::string> refuse_start(const restart_limits& limits) const;
  /// What led to giving up, in words.
  [[nodiscard]] static std::string too_many_restarts(const child_spec& child,
                                                     const restart_limits& limits);
  /// Runs `action` in this process, in turn with what has come before, after `delay`.
  void run_later(duration delay, std::move_only_function<void()> action);
  [[nodiscard]] instant now() const { return owner().scheduler().now(); }

  void receive(message_ptr received) final;
  void terminate(const exit_reason& reason) final;

 private:
  operation<exit_reason> watch(const process_ref& child, shutdown_limit within);
  task<exit_reason> true_reason(process_ref ended, exit_reason seen);
  task<> outlast(const child_spec& child, process_ref orphan);
  task<result<exit_reason>> kill(const child_spec& child, process_ref leaving);
  void abandon(const child_spec& child, const process_ref& leaving);

  supervising_options options_;
  std::size_t depth_ = 0;
};

namespace detail {

/// Something asked of a supervisor, and where the answer goes. It is answered exactly once.
template <class Supervisor, class R>
class supervisor_request final : public user_message {
 public:
  using handler = std::move_only_function<task<result<R>>(Supervisor&)>;
  using receiver = std::move_only_function<void(result<R>)>;

  supervisor_request(const char* name, handler handle, receiver reply)
      : name_{name}, handle_{std::move(handle)}, reply_{std::move(reply)} {}
  ~supervisor_request() override {
    if (reply_) {
      reply_(fail(errc::process_ended, "supervisor: it ended before it answered; no reply"));
    }
  }

  void deliver(process& asked) override {
    asked.run_callback(name_, answer(static_cast<Supervisor&>(asked)));
  }
  [[nodiscard]] const char* type() const noexcept override { return name_; }

 private:
  task<> answer(Supervisor& asked) {
    auto doing = handle_(asked);
    result<R> outcome = co_await std::move(doing);
    std::exchange(reply_, nullptr)(std::move(outcome));
  }

  const char* name_;
  handler handle_;
  receiver reply_;
};

/// Asks, without a limit of time as OTP does: a child's start may take long.
template <class Supervisor, class R>
operation<R> ask_supervisor(const ref<Supervisor>& asked, const char* name,
                            typename supervisor_request<Supervisor, R>::handler handle) {
  auto [far, near] = make_operation<R>();
  asked.process().post(std::make_unique<supervisor_request<Supervisor, R>>(
      name, std::move(handle),
      [reply = std::move(far)](result<R> outcome) { reply.complete(std::move(outcome)); }));
  return std::move(near);
}

}  // namespace detail

}  // namespace genstage::inline v0
