#pragma once

#include <atomic>
#include <cstddef>

namespace genstage::inline v0 {

/// While it lives, a thread that no driver runs wakes nobody for what it makes ready; at its end it
/// wakes as many as there is work for, once.
///
/// For a reactor that has several answers to hand over in one go: a worker that is woken for each
/// of them has little to do each time, sleeps again, and on few processors stops the reactor
/// meanwhile.
///
/// Lifetime: on the stack. Within another one it has no effect.
/// Threads: its own, where nothing may wait meanwhile for what was made ready.
class [[nodiscard]] gathered_wakes {
 public:
  /// A driver's threads that sleep until there is work for them.
  class sleepers {
   public:
    /// Told at the end for how many runnables, which workers may have taken already.
    virtual void wake_for(std::size_t runnables) noexcept = 0;

    /// Waits until no thread is going to wake them any more. To be called before they are gone.
    void wait_for_wakers() const noexcept;

   protected:
    virtual ~sleepers() = default;

   private:
    friend class gathered_wakes;
    std::atomic<std::size_t> wakers_{0};
  };

  gathered_wakes() noexcept;
  ~gathered_wakes();
  gathered_wakes(const gathered_wakes&) = delete;
  gathered_wakes& operator=(const gathered_wakes&) = delete;

  /// Whether the thread that calls this will wake them later; asked for each runnable, before it is
  /// made ready.
  [[nodiscard]] static bool include(sleepers& whose) noexcept;

 private:
  // Of one driver: a second one's are woken at once.
  sleepers* whose_ = nullptr;
  std::size_t runnables_ = 0;
};

}  // namespace genstage::inline v0
