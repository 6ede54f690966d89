#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <genstage/process/mailbox.hpp>
#include <genstage/process/pid.hpp>
#include <genstage/scheduler/driver.hpp>
#include <genstage/scheduler/hand_over.hpp>
#include <genstage/task/suspension.hpp>
#include <utility>

namespace genstage::inline v0 {

class process;
class runtime;

/// The place of a process: its mailbox, its identity and its count of references. The memory is
/// kept for the next process when the count reaches zero, so a late hint never touches freed
/// memory.
class process_cell final : public runnable, public waiter {
 public:
  process_cell(runtime& owner, driver& scheduler, std::uint32_t index) noexcept
      : runnable{&run_process}, owner_{owner}, scheduler_{scheduler}, index_{index} {}

  /// Sends; false, and the message is destroyed, if the process has ended.
  [[gnu::always_inline]] bool send(message_ptr sent) noexcept { return try_send(sent); }
  bool send_from_anywhere(message_ptr sent) noexcept;
  /// As `try_send`, for what a callback that has returned leaves behind: the receiver may run next
  /// on this thread, as soon as the sender has nothing more to do. For no control message.
  template <std::derived_from<message> Message>
  [[gnu::always_inline]] bool try_send_next(std::unique_ptr<Message>& sent) noexcept {
    const mailbox::pushed what = mail_.push_no_control(sent.get());
    if (what == mailbox::pushed::refused_dead) [[unlikely]]
      return false;
    static_cast<void>(sent.release());
    if (what == mailbox::pushed::made_ready) [[likely]]
      hand_over::to(*this, scheduler_);
    return true;
  }
  /// The same, but the message stays with the caller if the process has ended.
  [[gnu::always_inline]] bool try_send(message_ptr& sent) noexcept {
    const bool is_taken = post(sent.get());
    if (is_taken) static_cast<void>(sent.release());
    return is_taken;
  }

  [[nodiscard]] pid id() const noexcept {
    return {index_, static_cast<std::uint32_t>(life_.load(std::memory_order_relaxed) >> 32U)};
  }
  [[nodiscard]] runtime& owner() const noexcept { return owner_; }

  /// Takes a reference if the cell still holds the process of that generation.
  [[nodiscard]] bool try_retain(std::uint32_t generation) noexcept;
  void retain() noexcept override;
  void release() noexcept override;
  void wake(std::uint64_t ticket) noexcept override;

 private:
  friend class process;
  friend class process_extras;
  friend class runtime;
  friend class simulated;
  friend struct parting;

  /// Owns the message if the answer is true.
  bool post(message* sent) noexcept;

  static verdict run_process(runnable& base) noexcept;
  static verdict run_observed(runnable& base) noexcept;

  /// Guards links, watchers and what is released at the end against the thread that abandons the
  /// process; held for a few instructions, and never while the runtime's lock is held.
  class [[nodiscard]] guard {
   public:
    explicit guard(process_cell& guarded) noexcept;
    ~guard() { cell_.guarded_.store(false, std::memory_order_release); }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

   private:
    process_cell& cell_;
  };
  /// Notes when the process was first told to die at once.
  void note_kill() noexcept;
  bool abandon() noexcept;
  /// Whether its process is past the point at which others are told of its end.
  [[nodiscard]] bool has_ended() noexcept;

  runtime& owner_;
  driver& scheduler_;
  const std::uint32_t index_;
  std::atomic<bool> guarded_{false};
  /// Lower half: the references, one of the process while it lives and one of each `process_ref`.
  /// Upper half: the generation, so that a stale identity can't take a reference to the next
  /// process; it changes only while there are no references, under the runtime's lock.
  std::atomic<std::uint64_t> life_{0};
  mailbox mail_;
  /// Owned; touched by the thread that runs the process, and at its birth and at the runtime's end.
  process* body_ = nullptr;
  /// Whose child the process is; constant while anybody refers to it.
  pid parent_{};
  /// The name of the callback that runs or waits now. Here and not in the process, since reports
  /// read it from other threads while the process may end.
  std::atomic<const char*> callback_{nullptr};
  /// When a kill was sent to the process, in nanoseconds of the driver's clock; negative for never.
  std::atomic<std::int64_t> killed_at_{-1};
};

/// A counted reference to a process, alive or dead. Sending through it costs no look-up.
///
/// Lifetime: must not outlive the runtime.
/// Threads: a value; different copies may be used from different threads.
class process_ref {
 public:
  process_ref() noexcept = default;
  /// Adopts a reference that has been taken.
  explicit process_ref(process_cell* retained) noexcept : cell_{retained} {}
  process_ref(const process_ref& other) noexcept : cell_{other.cell_} {
    if (cell_ != nullptr) cell_->retain();
  }
  process_ref(process_ref&& other) noexcept : cell_{std::exchange(other.cell_, nullptr)} {}
  process_ref& operator=(process_ref other) noexcept {
    std::swap(cell_, other.cell_);
    return *this;
  }
  ~process_ref() {
    if (cell_ != nullptr) cell_->release();
  }

  [[nodiscard]] explicit operator bool() const noexcept { return cell_ != nullptr; }
  [[nodiscard]] pid id() const noexcept { return cell_ != nullptr ? cell_->id() : pid{}; }
  [[nodiscard]] process_cell* cell() const noexcept { return cell_; }
  [[gnu::always_inline]] bool send(message_ptr sent) const noexcept {
    return cell_ != nullptr && cell_->send(std::move(sent));
  }
  bool try_send(message_ptr& sent) const noexcept {
    return cell_ != nullptr && cell_->try_send(sent);
  }
  /// As `send`, for who may not be a process: the driver is told of what comes from outside.
  bool post(message_ptr sent) const noexcept {
    return cell_ != nullptr && cell_->send_from_anywhere(std::move(sent));
  }
  /// See `process_cell`.
  template <std::derived_from<message> Message>
  [[gnu::always_inline]] bool try_send_next(std::unique_ptr<Message>& sent) const noexcept {
    return cell_ != nullptr && cell_->try_send_next(sent);
  }

  friend bool operator==(const process_ref&, const process_ref&) = default;

 private:
  process_cell* cell_ = nullptr;
};

}  // namespace genstage::inline v0
