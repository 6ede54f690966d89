#pragma once

#include <cstdint>
#include <functional>
#include <genstage/process/runtime.hpp>
#include <genstage/scheduler/driver.hpp>
#include <genstage/simulation/fault_plan.hpp>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

class simulation_watch;

/// How much of a process one step of a simulation runs.
enum class step_size : std::uint8_t {
  /// One callback, so that whatever can happen between two callbacks does.
  one_callback,
  /// All that waits for it, as a worker of the thread pool does that nobody disturbs. Faults then
  /// strike no starts and callbacks, and the trace does not tell what a process takes.
  all_that_waits,
};

/// Runs a program on one thread with virtual time. The seed chooses what happens next: which of the
/// ready processes runs one callback, or whether a timer that is due fires before them. So every
/// run with one seed is the same, and many seeds try many interleavings.
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

  // What the world does to the program. To be said before anything runs.

  /// Exactly this goes wrong.
  void inject(fault_plan plan);
  /// What the seed chooses goes wrong, about as often as `rates` say.
  void inject(fault_rates rates);
  /// What has gone wrong so far. The same seed with this plan runs the same again.
  [[nodiscard]] const fault_plan& injected() const noexcept;
  /// Each callback takes up to this long, as the seed chooses, so that timers come due while
  /// messages wait. Without it callbacks take no time.
  void let_callbacks_take(duration longest) noexcept;
  void let_steps_be(step_size size) noexcept;
  /// Every step is told as a line of text. Runs that are the same tell the same lines.
  void trace_to(std::function<void(std::string_view)> sink);

  /// Runs until nothing is ready or due; the time stands still. Returns the number of steps.
  /// Failure: a program that never gets idle is stopped with an assertion after 10 million, and
  /// seed and faults are printed.
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
      if (settle() == 0 && !pass_time()) return std::nullopt;
    }
    return awaited.await_resume();
  }

 private:
  friend class boundary;
  friend class declared_memory;
  friend class explored_run;
  friend class trial;

  void make_ready(runnable& ready) noexcept override;
  timer_id arm(instant when, std::move_only_function<void() noexcept> fire) override;
  bool disarm(timer_id timer) noexcept override;
  std::uint64_t random() noexcept override;

  /// One callback, or one timer that is due. False if there is neither.
  bool step();
  /// How many things could happen next.
  [[nodiscard]] std::size_t choices() const noexcept;
  /// The process that the n-th of them runs; null for a timer, which is the last.
  [[nodiscard]] process_cell* choice(std::size_t chosen) const noexcept;
  void take(std::size_t chosen);
  /// The timers in the order in which they fire: when, and the how-manyth it was to be armed.
  [[nodiscard]] std::vector<std::pair<instant, std::uint64_t>> armed() const;
  [[nodiscard]] std::uint64_t count_drawn() const noexcept;
  /// Whoever wants to be told as well; null for nobody.
  void tell_too(simulation_watch* other) noexcept;
  /// The next timer becomes due. False if there is none.
  bool pass_time();

  /// What goes wrong with the thing that crosses this boundary now.
  std::optional<fault> crosses(std::string_view boundary);
  [[nodiscard]] bool refuses(std::string_view memory);
  /// Where `injected` is kept when the world ends; outlives it.
  void keep_faults_in(fault_plan* kept) noexcept;

  class implementation;
  std::unique_ptr<implementation> self_;
};

}  // namespace genstage::inline v0
