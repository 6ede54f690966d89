#pragma once

#include <genstage/replay/port_log.hpp>
#include <genstage/replay/schedule.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

/// Runs a program on a thread pool, one callback at a time, and notes in which order, and what the
/// program learned of time and chance: all that `schedule_player` needs to run it the same again.
///
///     gs::schedule_recorder recording;
///     gs::runtime home{recording};
///
/// The pool decides what comes next, as always; a lock around each callback makes the order one
/// that can be written down. So programs run at the speed of one core, and races that need two
/// callbacks at the very same time do not show. Processes share nothing but messages, so whatever
/// they can do in parallel they can also do in some order.
///
/// What comes from outside is noted as such: processes that a thread starts, its calls, casts and
/// subscriptions, operations that a thread of the program's completes. What they bring is kept if
/// it comes through a port that knows this `port_log`, as `http::recorded_client` does.
///
/// Lifetime: outlives the runtime. Threads: any. Cost: 12 bytes for each callback, without bound,
/// and the bytes of what came through ports.
class schedule_recorder final : public driver, public port_log {
 public:
  /// Of what comes through ports, so many bytes are kept.
  static constexpr std::size_t most_port_bytes = std::size_t{256} << 20U;

  explicit schedule_recorder(thread_pool_options options = {},
                             std::size_t port_bytes = most_port_bytes);
  ~schedule_recorder();

  /// What has happened so far.
  [[nodiscard]] schedule so_far() const;
  /// Stops the threads and waits for them. Before the runtime ends.
  void stop() noexcept;

  void make_ready(runnable& ready) noexcept override;
  [[nodiscard]] instant now() const noexcept override;
  timer_id arm(instant when, std::move_only_function<void() noexcept> fire) override;
  bool disarm(timer_id timer) noexcept override;
  [[nodiscard]] std::uint64_t random() noexcept override;
  void outside_begins() noexcept override;
  void outside_ends() noexcept override;
  [[nodiscard]] std::vector<running_now> running() const override;

  [[nodiscard]] bool plays() const noexcept override { return false; }
  using port_log::came;
  void came(std::string_view port, std::uint64_t number, std::string bytes,
            std::move_only_function<void()> hand_on, const std::atomic<bool>& is_over) override;
  [[nodiscard]] std::uint64_t read(const std::function<std::uint64_t()>& look) override;
  void listen(std::string port, taker take) override;

 private:
  class implementation;
  std::unique_ptr<implementation> self_;
};

}  // namespace genstage::inline v0
