#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <genstage/core/instant.hpp>
#include <vector>

namespace genstage::inline v0 {

/// Something a driver can run: the scheduler's view of a process.
///
/// Lifetime: must exist as long as its driver may run it; the driver doesn't touch it any more once
/// `run` has returned `idle`, except for `cost` and `busy`, which are only hints.
struct runnable {
  enum class verdict : std::uint8_t {
    idle,   ///< It was released; whoever gives it work makes it ready again.
    again,  ///< It has more to do and goes to the end of the queue.
  };
  using run_function = verdict (*)(runnable&) noexcept;

  explicit runnable(run_function function) noexcept : run{function} {}

  run_function run;
  /// Owned by the queue that it is in.
  runnable* next_ready = nullptr;
  /// Average length of an activation in nanoseconds, sampled. Read by other workers as a hint. Up
  /// to `no_longer_new` it is not known, and counts the activations there have been.
  std::atomic<std::uint32_t> cost{0};
  static constexpr std::uint32_t no_longer_new = 3;
  /// All activations so far, in nanoseconds, estimated from those that were measured.
  std::atomic<std::uint64_t> busy{0};
};

/// A timer that was armed. The value 0 names none.
enum class timer_id : std::uint64_t {};

/// All that a program gets from the world beneath it: processor time, the clock, timers, chance.
///
/// Two drivers exist: the thread pool runs programs; the simulation runs the same program on one
/// thread, with virtual time and a seed that chooses the interleaving.
class driver {
 public:
  driver() = default;
  driver(const driver&) = delete;
  driver& operator=(const driver&) = delete;

  /// Runs `ready` soon. It must not be ready already. Threads: any.
  virtual void make_ready(runnable& ready) noexcept = 0;

  [[nodiscard]] virtual instant now() const noexcept = 0;

  /// Calls `fire` once at or after `when`, never before. Threads: any; `fire` runs on a thread of
  /// the driver and must be short.
  virtual timer_id arm(instant when, std::move_only_function<void() noexcept> fire) = 0;
  /// True if the timer will not fire any more, false if it has fired, is firing or is unknown.
  virtual bool disarm(timer_id timer) noexcept = 0;

  /// A random number; in a simulation it follows from the seed.
  [[nodiscard]] virtual std::uint64_t random() noexcept = 0;

  /// Whoever does something to the program from a thread that the driver does not run says so,
  /// before and after; a driver that keeps the order of everything needs to know. Threads: any.
  virtual void outside_begins() noexcept {}
  virtual void outside_ends() noexcept {}

  /// Describes what runs at this moment, for the report of a program that does not stop.
  struct running_now {
    runnable* what;
    duration since;
  };
  [[nodiscard]] virtual std::vector<running_now> running() const { return {}; }

 protected:
  ~driver() = default;
};

/// Says so for as long as it lives.
class [[nodiscard]] outside_action {
 public:
  explicit outside_action(driver& on) noexcept : on_{on} { on_.outside_begins(); }
  ~outside_action() { on_.outside_ends(); }
  outside_action(const outside_action&) = delete;
  outside_action& operator=(const outside_action&) = delete;

 private:
  driver& on_;
};

}  // namespace genstage::inline v0
