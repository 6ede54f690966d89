#pragma once

#include <cstddef>
#include <functional>
#include <genstage/scheduler/driver.hpp>
#include <memory>
#include <optional>

namespace genstage::inline v0 {

/// A callback that has not returned for at least `lasts`, as the monitor sees it.
struct stall {
  runnable* what;
  duration lasts;
  bool is_new;  ///< True once for each stall, when it is first seen.
  /// True once for each stall, when it has lasted for `stall_report_after`.
  bool is_to_be_reported;
  std::size_t lent;      ///< Replacement workers that run now.
  std::size_t lendable;  ///< As many as there can be.
};

/// How a thread pool schedules. The defaults were measured on a two-core machine; the rules they
/// belong to are described in the project's architecture document.
struct thread_pool_options {
  /// Worker threads; 0 means one for each processor.
  std::size_t workers = 0;
  /// An idle worker is woken when a queue is worth more than this, about what waking costs.
  duration wake_worth = std::chrono::microseconds{40};
  /// A thief takes from a queue only if it is worth more than this.
  duration steal_worth = std::chrono::microseconds{2};
  /// A sender whose average activation is longer than this hands its receivers to all workers.
  duration heavy_activation = std::chrono::microseconds{2};
  /// A worker whose last activations were heavy looks for more for so long before it parks, if
  /// others run: they are likely to leave it the next one soon, and a wake-up takes longer.
  duration patience = std::chrono::microseconds{40};
  /// One parked worker looks again after this time, which bounds what a wrong estimate costs.
  duration look_again = std::chrono::milliseconds{1};
  /// How often a monitor outside the workers looks for a callback that does not return, gives what
  /// waits behind it to the other workers, and lends one worker in its stead until it returns.
  duration stall_check = std::chrono::milliseconds{100};
  /// How many workers are lent at most at one time; no value means as many as there are workers.
  std::optional<std::size_t> replacement_workers{};
  duration stall_report_after = std::chrono::seconds{1};
  /// Told at each check of each callback that does not return, on the monitor's thread, which fires
  /// the timers too; so it must be short.
  std::function<void(const stall&)> stalled{};
};

/// The driver that runs programs: a fixed number of threads, besides those that are lent while
/// others are stuck in a callback, each with its own queue and a slot for
/// the process that was made ready last, and one thread for timers.
///
/// Lifetime: the destructor stops the threads; what is still ready then is not run.
/// Threads: all operations from any thread; the destructor not from a worker, nor from a thread
/// that is gathering wakes for it.
class thread_pool final : public driver {
 public:
  explicit thread_pool(thread_pool_options options = {});
  ~thread_pool();

  void make_ready(runnable& ready) noexcept override;
  [[nodiscard]] instant now() const noexcept override;
  timer_id arm(instant when, std::move_only_function<void() noexcept> fire) override;
  bool disarm(timer_id timer) noexcept override;
  [[nodiscard]] std::uint64_t random() noexcept override;
  [[nodiscard]] std::vector<running_now> running() const override;

  [[nodiscard]] std::size_t worker_count() const noexcept;
  /// Replacement workers that run now.
  [[nodiscard]] std::size_t lent_count() const noexcept;
  /// Stops all threads and waits for them; a callback that never returns is waited for for ever.
  void stop() noexcept;

 private:
  class implementation;
  std::unique_ptr<implementation> self_;
};

}  // namespace genstage::inline v0
