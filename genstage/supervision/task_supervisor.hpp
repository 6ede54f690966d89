#pragma once

#include <functional>
#include <genstage/core/contract.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/scheduler/deadline.hpp>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

// Work in processes of its own, with a result. Any dynamic supervisor is a task supervisor.
// Source: A61, Elixir's Task.Supervisor.
namespace genstage::inline v0 {

/// Whether a task and the process that asked for it end together.
enum class task_link : std::uint8_t { linked, unlinked };

namespace detail {

template <class T>
struct work_value {
  using type = T;
};
template <class T>
struct work_value<task<T>> {
  using type = T;
};
template <class F>
using value_of_work = typename work_value<std::invoke_result_t<F&>>::type;

/// The process of a task as others reach it, from before it exists until it has ended.
///
/// Threads: any.
class task_process_slot {
 public:
  explicit task_process_slot(process_ref caller) : caller_{std::move(caller)} {}

  /// False if the task was stopped before it started.
  [[nodiscard]] bool may_start() const;
  void started(process_ref process);
  /// Ends the process, without ending the caller through their link.
  void stop(exit_reason reason);
  [[nodiscard]] const process_ref& caller() const noexcept { return caller_; }

 private:
  static void end(const process_ref& ended, const process_ref& caller, const exit_reason& reason);

  const process_ref caller_;  ///< Linked to the task; none if they are not linked.
  mutable std::mutex mutex_;
  process_ref process_;
  std::optional<exit_reason> stopped_;
};

/// What a task and whoever waits for it share: its process, and its outcome once there is one.
///
/// Threads: any. The first outcome wins.
template <class T>
class task_state {
 public:
  using sink = std::move_only_function<void(result<T>)>;

  task_state(process_ref caller, sink to) : slot{std::move(caller)}, sink_{std::move(to)} {}

  void set(result<T> outcome) {
    std::unique_lock lock{mutex_};
    if (std::exchange(is_set_, true)) return;
    if (sink_) {
      lock.unlock();
      sink_(std::move(outcome));
    } else if (auto waiting = std::exchange(waiting_, std::nullopt)) {
      lock.unlock();
      waiting->complete(std::move(outcome));
    } else {
      outcome_.emplace(std::move(outcome));
    }
  }

  /// The outcome goes to `to`, now or later. One waits at a time.
  void wait(completion<T> to) {
    std::unique_lock lock{mutex_};
    if (outcome_) {
      result<T> taken = std::move(*outcome_);
      outcome_.reset();
      lock.unlock();
      to.complete(std::move(taken));
    } else if (is_set_ && !waiting_) {
      lock.unlock();
      to.complete(genstage::fail(errc::not_found,
                                 "task: its outcome was taken; nothing to wait "
                                 "for"));
    } else {
      waiting_ = std::move(to);
    }
  }

  task_process_slot slot;

 private:
  std::mutex mutex_;
  bool is_set_ = false;
  std::optional<result<T>> outcome_;
  std::optional<completion<T>> waiting_;
  sink sink_;
};

/// Runs one function, plain or a coroutine, and ends.
template <class T, class F>
class task_process final : public process {
 public:
  task_process(std::shared_ptr<task_state<T>> state, std::shared_ptr<F> work)
      : state_{std::move(state)}, work_{std::move(work)} {}

 protected:
  /// The work is not a part of the start, or else the supervisor would wait for it.
  void start() override {
    if (state_->slot.caller()) link(state_->slot.caller());
    self().send(std::make_unique<begin_message>());
  }
  void receive(message_ptr received) override {
    if (received->kind == message_kind::user) static_cast<user_message&>(*received).deliver(*this);
  }
  void callback_ended() override { stop(exit_reason::normal()); }

 private:
  struct begin_message final : user_message {
    void deliver(process& begun) override { static_cast<task_process&>(begun).begin_work(); }
    [[nodiscard]] const char* type() const noexcept override { return "task"; }
  };

  void begin_work() {
    if constexpr (is_task<std::invoke_result_t<F&>>) {
      if (run_callback("task", run())) stop(exit_reason::normal());
    } else {
      enter("task");
      if constexpr (std::is_void_v<T>) {
        (*work_)();
        state_->set(result<void>{});
      } else {
        state_->set(result<T>{(*work_)()});
      }
      stop(exit_reason::normal());
    }
  }

  task<> run() {
    auto working = (*work_)();
    if constexpr (std::is_void_v<T>) {
      co_await std::move(working);
      state_->set(result<void>{});
    } else {
      T value = co_await std::move(working);
      state_->set(result<T>{std::move(value)});
    }
  }

  std::shared_ptr<task_state<T>> state_;
  std::shared_ptr<F> work_;
};

/// Asks the supervisor for a task whose outcome, of whatever kind, goes to `state`.
template <class T, class F>
void start_task(const ref<dynamic_supervisor>& asked, std::shared_ptr<task_state<T>> state, F work,
                shutdown_limit limit) {
  auto kept = std::make_shared<F>(std::move(work));
  child_spec child{.id = "task", .start = {}};
  child.restart = restart_type::temporary;
  child.shutdown = limit;
  child.start = [state, kept](runtime& where, spawn_options options) -> result<process_ref> {
    if (!state->slot.may_start()) {
      return genstage::fail(errc::cancelled, "task: stopped before it started; not started");
    }
    options.ended = when_ended([state](const exit_reason& reason) {
      state->set(genstage::fail(errc::process_ended,
                                "task: ended with " + to_string(reason) + "; no result"));
    });
    auto spawned =
        where.spawn(std::make_unique<task_process<T, F>>(state, kept), std::move(options));
    if (spawned) state->slot.started(*spawned);
    return spawned;
  };
  start_child_and_tell(asked, std::move(child), [state](result<process_ref> outcome) {
    if (!outcome) state->set(std::unexpected{std::move(outcome.error())});
  });
}

[[nodiscard]] process_ref caller_for(task_link how);

}  // namespace detail

/// A task that was started, and its result to come.
///
/// Lifetime: letting it go lets the task run to its end. Threads: a value for one process.
template <class T>
class task_handle {
 public:
  task_handle(std::shared_ptr<detail::task_state<T>> state, driver& scheduler)
      : state_{std::move(state)}, scheduler_{&scheduler} {}

  /// Completes with the task's result.
  ///
  /// Failure: process_ended with the reason in words; timed_out after `within`, and then a linked
  /// task is ended, an unlinked one goes on. over_capacity if the supervisor has too many.
  [[nodiscard]] operation<T> await(duration within = std::chrono::seconds{5}) {
    auto [far, near] = make_operation<T>();
    if (state_->slot.caller()) {
      far.on_cancel([state = state_]() noexcept { state->slot.stop(exit_reason::kill()); });
    }
    wait(std::move(far), within);
    return std::move(near);
  }

  /// The same, but after `within` the task goes on, and can be asked again.
  [[nodiscard]] operation<T> yield(duration within = std::chrono::seconds{5}) {
    auto [far, near] = make_operation<T>();
    wait(std::move(far), within);
    return std::move(near);
  }

  /// Asks the task to end, kills it after `within`, and completes with its result if it was faster;
  /// otherwise with process_ended. A limit of zero kills at once, none never.
  [[nodiscard]] operation<T> shutdown(shutdown_limit within = std::chrono::seconds{5}) {
    auto [far, near] = make_operation<T>();
    const bool is_brutal = within == duration::zero();
    if (within && !is_brutal) {
      const timer_id armed =
          scheduler_->arm(scheduler_->now() + *within,
                          [state = state_]() noexcept { state->slot.stop(exit_reason::kill()); });
      far.on_settled([where = scheduler_, armed]() noexcept { where->disarm(armed); });
    }
    state_->wait(std::move(far));
    state_->slot.stop(is_brutal ? exit_reason::kill() : exit_reason::shutdown());
    return std::move(near);
  }

 private:
  void wait(completion<T> far, duration within) {
    limit(*scheduler_, far, scheduler_->now() + within,
          error{errc::timed_out, "task: no result within the limit; given up"});
    state_->wait(std::move(far));
  }

  std::shared_ptr<detail::task_state<T>> state_;
  driver* scheduler_;
};

/// Runs `work`, a function or a coroutine without arguments, in a process of its own.
///
///     auto sum = gs::async(tasks, [rows] { return add_up(rows); });
///     auto waiting = sum.await();
///     const gs::result<int> total = co_await std::move(waiting);
///
/// Linked to the process that calls it: if one crashes, so does the other. Outside of a process
/// there is nothing to link to.
template <class F>
[[nodiscard]] auto async(const ref<dynamic_supervisor>& tasks, F work,
                         task_link how = task_link::linked,
                         shutdown_limit limit = std::chrono::seconds{5}) {
  using value = detail::value_of_work<F>;
  GENSTAGE_ASSERT(static_cast<bool>(tasks));  // A task needs a supervisor.
  auto state = std::make_shared<detail::task_state<value>>(detail::caller_for(how), nullptr);
  detail::start_task<value>(tasks, state, std::move(work), limit);
  return task_handle<value>{std::move(state), tasks.process().cell()->owner().scheduler()};
}

/// The same without a link: a crash is an outcome like any other.
template <class F>
[[nodiscard]] auto async_nolink(const ref<dynamic_supervisor>& tasks, F work,
                                shutdown_limit limit = std::chrono::seconds{5}) {
  return async(tasks, std::move(work), task_link::unlinked, limit);
}

/// Runs `work` for its effects only. Nobody hears of its end but the supervisor.
template <class F>
void start_task(const ref<dynamic_supervisor>& tasks, F work,
                shutdown_limit limit = std::chrono::seconds{5}) {
  using value = detail::value_of_work<F>;
  auto state = std::make_shared<detail::task_state<value>>(process_ref{}, nullptr);
  detail::start_task<value>(tasks, std::move(state), std::move(work), limit);
}

}  // namespace genstage::inline v0
