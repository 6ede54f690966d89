#pragma once

#include <genstage/scheduler/driver.hpp>
#include <utility>

namespace genstage::inline v0 {

/// What a worker of a thread pool runs next, as long as nobody else can want to run it: between two
/// callbacks there is nothing that takes long, so a plain variable of the thread will do.
///
/// Nothing stays in it for long: the worker takes it when the activation ends, and before that
/// `let_others_run` makes it known to the other workers, and to the monitor, whenever the user's
/// code is about to run: before each callback, when one goes on after it has sent something, and
/// before an activation turns to its second message, a signal or the end of its process.
///
/// Threads: each has its own.
class hand_over {
 public:
  /// Makes `ready` run next on this thread; or later, or elsewhere, if another one comes first, if
  /// this is none of the driver's workers, or if it runs one whose activations are long. It must
  /// not be ready already.
  [[gnu::always_inline]] static void to(runnable& ready, driver& scheduler) noexcept {
    if (here_.pool == &scheduler && here_.next == nullptr) [[likely]] {
      here_.next = &ready;
    } else {
      scheduler.make_ready(ready);
    }
  }
  /// A callback is about to begin, and may take long.
  [[gnu::always_inline]] static void let_others_run() noexcept {
    if (here_.next != nullptr) [[unlikely]]
      tell_others();
  }

  /// For workers, around each activation: whose worker this thread is, or null if what it makes
  /// ready is for all workers.
  static void open(driver* pool) noexcept { here_.pool = pool; }
  [[nodiscard]] static bool is_open() noexcept { return here_.pool != nullptr; }
  [[nodiscard]] static runnable* take() noexcept { return std::exchange(here_.next, nullptr); }

 private:
  struct place {
    driver* pool;
    runnable* next;
  };

  static void tell_others() noexcept;

  static inline constinit thread_local place here_{};
};

}  // namespace genstage::inline v0
