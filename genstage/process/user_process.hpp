#pragma once

#include <concepts>
#include <functional>
#include <genstage/process/process.hpp>
#include <genstage/process/request.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/process/state_digest.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace genstage::inline v0 {

/// A watched process has ended.
struct down {
  unique_id monitor;
  pid who;
  exit_reason reason;
};

/// An exit signal that arrived at a process that traps them.
struct exit_signal {
  pid from;
  exit_reason reason;
};

/// What every callback may use of the process that runs it. All are functions of the current
/// process, so they are to be called from callbacks only.
class process_services {
 public:
  process_services() = default;
  process_services(const process_services&) = delete;
  process_services& operator=(const process_services&) = delete;

 protected:
  ~process_services() = default;

  [[nodiscard]] static process_ref self() { return process::current()->self(); }
  [[nodiscard]] static runtime& home() { return process::current()->owner(); }
  [[nodiscard]] static instant now() { return home().scheduler().now(); }
  /// Ends this process once the callback has returned.
  static void stop(exit_reason reason) { process::current()->stop(std::move(reason)); }
  /// In `init`: there is nothing to run. The process ends `normal`, which is no failure (A14).
  static void ignore() { process::current()->ignore(); }
  static void trap_exits() { process::current()->trap(exit_signals::arrive_as_messages); }
  static unique_id monitor(const process_ref& other) { return process::current()->monitor(other); }
  /// After it no notice of that monitor comes, even one that waits already.
  static void demonitor(const process_ref& other, unique_id monitor) {
    process::current()->demonitor(other, monitor);
  }
  static void link(const process_ref& other) { process::current()->link(other); }
  /// After it no new exit comes over that link; one may wait already.
  static void unlink(const process_ref& other) { process::current()->unlink(other); }
  /// Sends an exit signal to another process, or to this one.
  static void exit(const process_ref& other, exit_reason reason) {
    process::current()->exit(other, std::move(reason));
  }
  /// True if that timer will not fire any more; false if it has fired, so that what it sends may
  /// be on its way.
  static bool cancel(timer_id timer) { return home().scheduler().disarm(timer); }
  /// The span of the batch that is handled, to be given to whoever is called for it, for instance
  /// as a `traceparent`; null if the batch belongs to no trace.
  [[nodiscard]] static const trace_context* trace() { return process::current()->trace(); }
  static void log(log_level level, std::string text) {
    process::current()->log(level, std::move(text));
  }
};

namespace detail {

/// The process around a user's object of type S: makes it, runs its callbacks, plain or coroutine.
template <class S>
class user_process : public process {
 public:
  using factory = std::move_only_function<std::unique_ptr<S>()>;

  explicit user_process(factory make) : make_{std::move(make)} {}

  void* user() noexcept final { return user_.get(); }
  const void* user_type() const noexcept final { return type_key<S>(); }
  [[nodiscard]] const std::type_info& type() const noexcept final { return typeid(S); }
  [[nodiscard]] std::string describe_state() const final {
    if constexpr (requires(const S& made) { std::string{made.describe_state()}; }) {
      if (user_) return user_->describe_state();
    }
    return {};
  }
  /// The user's object is what its `describe_state()` says.
  void digest(state_digest& into) const override {
    const std::string described = describe_state();
    if (described.empty()) into.give_up();
    into.add(described);
  }
  [[nodiscard]] std::size_t footprint() const noexcept override {
    return sizeof(user_process) + sizeof(S);
  }

 protected:
  [[nodiscard]] S& object() noexcept { return *user_; }

  void make_user() {
    enter("init");
    user_ = std::exchange(make_, nullptr)();
  }

  /// False if init is a coroutine that has suspended.
  bool init_user() {
    if constexpr (requires(S& made) { made.init(); }) {
      return run("init", [&] { return user_->init(); });
    }
    return true;
  }

  /// Requests, downs and exits. False if the message is none of these.
  bool receive_for_user(message_ptr& received) {
    switch (received->kind) {
      case message_kind::user:
        deliver(static_cast<user_message&>(*received));
        break;
      case message_kind::down:
        tell_down(static_cast<down_message&>(*received));
        break;
      case message_kind::exit:
        tell_exit(static_cast<exit_message&>(*received));
        break;
      default:
        return false;
    }
    if (is_suspended()) keep(std::move(received));
    return true;
  }

  void terminate(const exit_reason& reason) override {
    if constexpr (requires(S& made) { made.terminate(reason); }) {
      if (user_) run("terminate", [&] { return user_->terminate(reason); });
    }
  }

  /// Calls back; false if the callback is a coroutine that has suspended.
  template <class Callback>
  [[gnu::always_inline]] bool run(const char* name, Callback&& callback) {
    if constexpr (is_task<std::invoke_result_t<Callback>>) {
      enter(name);
      return run_callback(name, callback());
    } else {
      call_back(name, callback);
      return true;
    }
  }

 private:
  void deliver(user_message& request) {
    try {
      request.deliver(*this);
    } catch (...) {
      this->blame(request);
      throw;
    }
  }
  void tell_down(down_message& notice) {
    if constexpr (requires(S& made, const down& seen) { made.handle_down(seen); }) {
      down_.emplace(notice.monitor, notice.who, notice.reason);
      run("handle_down", [&] { return user_->handle_down(*down_); });
    } else {
      this->log(log_level::warning, "has no handle_down for the end of " + to_string(notice.who) +
                                        " with " + to_string(notice.reason) + "; ignored");
    }
  }
  void tell_exit(exit_message& signal) {
    if constexpr (requires(S& made, const exit_signal& seen) { made.handle_exit(seen); }) {
      exit_.emplace(signal.from, signal.reason);
      run("handle_exit", [&] { return user_->handle_exit(*exit_); });
    } else {
      this->log(log_level::warning, "has no handle_exit for the signal of " +
                                        to_string(signal.from) + " with " +
                                        to_string(signal.reason) + "; ignored");
    }
  }

  factory make_;
  std::unique_ptr<S> user_;
  std::optional<down> down_;  // Kept here, since a coroutine may still refer to it.
  std::optional<exit_signal> exit_;
};

}  // namespace detail

}  // namespace genstage::inline v0
