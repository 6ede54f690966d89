#pragma once

#include <cstddef>
#include <functional>
#include <genstage/process/runtime.hpp>
#include <genstage/replay/port_log.hpp>
#include <genstage/replay/schedule.hpp>
#include <genstage/task/operation.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// Runs a program on one thread as a schedule says, which `schedule_recorder` has noted: the same
/// processes handle the same messages in the same order, at the times that the program was told.
///
///     gs::schedule_player playing{*gs::read_schedule("run.gsched")};
///     gs::runtime home{playing, {.on_incident = ...}};
///     ... what the program did from outside, in the same order ...
///     const auto outcome = playing.run();
///
/// Lifetime: outlives the runtime. Threads: one.
/// Failure: a program that is another one, or that learns something of the world which is not
/// recorded, comes to a point where the schedule does not fit; `run` says where.
class schedule_player final : public driver, public port_log {
 public:
  explicit schedule_player(schedule played);
  ~schedule_player();

  /// Does what is left, up to what nobody does from outside any more. What came through ports comes
  /// again, for those that know this `port_log`. Returns how much has happened in all. Failure:
  /// invalid_argument where the program goes another way.
  result<std::size_t> run();
  /// Whether what comes next is done to the program from outside.
  [[nodiscard]] bool waits_for_outside() const noexcept;
  /// The same until the operation is done; no value if it never is.
  template <class T>
  std::optional<result<T>> run_until(operation<T> awaited) {
    while (!awaited.is_done()) {
      if (!step()) return std::nullopt;
    }
    return awaited.await_resume();
  }
  /// Each step is told as a line of text.
  void trace_to(std::function<void(std::string_view)> sink);
  /// Plays no more, and forgets the timers, which may refer to processes. Before the runtime ends.
  void stop() noexcept;

  void make_ready(runnable& ready) noexcept override;
  [[nodiscard]] instant now() const noexcept override;
  timer_id arm(instant when, std::move_only_function<void() noexcept> fire) override;
  bool disarm(timer_id timer) noexcept override;
  [[nodiscard]] std::uint64_t random() noexcept override;
  void outside_begins() noexcept override;
  void outside_ends() noexcept override;

  [[nodiscard]] bool plays() const noexcept override { return true; }
  using port_log::came;
  void came(std::string_view port, std::uint64_t number, std::string bytes,
            std::move_only_function<void()> hand_on, const std::atomic<bool>& is_over) override;
  [[nodiscard]] std::uint64_t read(const std::function<std::uint64_t()>& look) override;
  void listen(std::string port, taker take) override;

 private:
  class implementation;

  /// False where it ends, where outside is next, and where it does not fit.
  bool step();

  std::unique_ptr<implementation> self_;
};

}  // namespace genstage::inline v0
