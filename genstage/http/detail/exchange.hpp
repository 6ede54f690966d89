#pragma once

#include <genstage/http/detail/recipient.hpp>
#include <genstage/io/reactor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace genstage::inline v0::http::detail {

class connection;

/// What a responder or a stream on any thread shares with its connection on the reactor's thread.
///
/// Invariants:
/// 1. The reactor is posted to only under the lock and before `end`; a server ends its exchanges
///    before it is gone, so a handle that is kept too long reaches nothing.
/// 2. `on_closed` is called by `end` alone, or at once when set later: exactly once.
/// 3. No callback runs under the lock.
class exchange final : public recipient {
 public:
  exchange(reactor& driver, std::weak_ptr<connection> owner, std::size_t max_pending);

  // For handles, on any thread.
  void respond(http_reply reply) override;
  void begin_stream(http_reply head) override;
  [[nodiscard]] stream_write write(std::string&& chunk) override;
  void finish() override;
  void abandon() override;
  [[nodiscard]] std::size_t pending_bytes() const noexcept override;
  void on_drained(std::move_only_function<void()> callback) override;
  void on_closed(std::move_only_function<void(exchange_end)> callback) override;

  // For the connection, on the reactor's thread.
  enum class next_step : std::uint8_t { wait, finish, cut };
  struct piece {
    std::vector<std::string> chunks{};
    std::size_t bytes{0};  ///< in all of them
    next_step then{next_step::wait};
  };

  /// Up to about `at_most` queued bytes (at least one chunk), and what to do after them; nothing,
  /// as long as there are more. Small chunks come as one.
  [[nodiscard]] piece take(std::size_t at_most);

  /// Says that what was taken last has gone to the kernel. If there is more, another flush is asked
  /// for, so that one stream's program cannot keep the reactor to itself.
  void written(std::size_t bytes);
  void end(exchange_end how);

 private:
  enum class phase : std::uint8_t { waiting, replying, streaming, finishing, abandoned, ended };
  using drained_callback = std::move_only_function<void()>;

  void post_flush();
  void post(std::move_only_function<void(connection&)> work);

  reactor& reactor_;
  const std::weak_ptr<connection> owner_;
  const std::size_t max_pending_;

  mutable std::mutex mutex_;  // Guards everything below.
  phase phase_{phase::waiting};
  std::optional<exchange_end> ended_how_;
  std::vector<std::string> queue_;
  std::size_t pending_{0};
  bool flush_posted_{false};
  bool was_full_{false};
  // Shared so that it can be called without the lock while it is being replaced.
  std::shared_ptr<drained_callback> on_drained_;
  std::move_only_function<void(exchange_end)> on_closed_;
};

}  // namespace genstage::inline v0::http::detail
