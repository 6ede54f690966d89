#pragma once

#include <cstdint>
#include <genstage/process/runtime.hpp>
#include <genstage/scheduler/driver.hpp>
#include <memory>
#include <optional>

namespace genstage::inline v0 {

/// Runs a program on one thread with virtual time. The seed chooses which of the ready processes
/// runs next, so every run with one seed is the same, and many seeds try many interleavings.
///
///     gs::simulation world{seed};
///     auto printer = gs::spawn<printer>(world.home(), {});
///     world.run_for(std::chrono::seconds{5});
///
/// Time passes only when nothing is ready, and then jumps to the next timer.
/// Threads: one.
class simulation final : public driver {
 public:
  explicit simulation(std::uint64_t seed, runtime_options options = {.log = silent_log()});
  ~simulation();

  [[nodiscard]] runtime& home() noexcept;
  [[nodiscard]] std::uint64_t seed() const noexcept;
  [[nodiscard]] instant now() const noexcept override;

  /// Runs until nothing is ready; the time stands still. Returns the number of activations.
  /// Failure: a program that never gets idle is stopped with an assertion after 10 million.
  std::size_t settle();
  /// Runs until nothing is ready and no timer is armed.
  void run();
  /// Runs all that happens in the next `span`, and lets that much time pass.
  void run_for(duration span);
  /// Runs, letting time pass, until the operation is done, and returns its outcome. No value if
  /// nothing can happen any more before it is.
  template <class T>
  std::optional<result<T>> run_until(operation<T> awaited) {
    while (!awaited.is_done()) {
      if (!step()) return std::nullopt;
    }
    return awaited.await_resume();
  }

 private:
  void make_ready(runnable& ready) noexcept override;
  timer_id arm(instant when, std::move_only_function<void() noexcept> fire) override;
  bool disarm(timer_id timer) noexcept override;
  std::uint64_t random() noexcept override;

  /// One activation, or the next timer. False if there is neither.
  bool step();
  bool fire_next_timer();

  class implementation;
  std::unique_ptr<implementation> self_;
};

}  // namespace genstage::inline v0
