#pragma once

#include <chrono>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct redisContext;

namespace old_architecture {

/// What Redis answered to one command; an error of Redis is a failure and no reply.
struct redis_reply {
  enum class kind : std::uint8_t { nothing, number, text, list };

  kind is = kind::nothing;
  std::int64_t number = 0;
  std::string text{};  ///< also a status such as `OK`
  std::vector<redis_reply> items{};
};

/// A command with its arguments, which may hold any bytes.
using redis_command = std::vector<std::string>;

/// One connection to a Redis server on this machine. It connects with the first command, and again
/// with the first command after it was lost.
///
/// Threads: one at a time.
/// Cost: each call blocks for a round trip, about 50 us to a local server.
class redis {
 public:
  /// `limit` is for connecting and for each answer; longer than any blocking command waits.
  explicit redis(std::uint16_t port, std::chrono::milliseconds limit = std::chrono::seconds{1});

  /// Failure: `unavailable` when there is no connection or it was lost, in which case the command
  /// may or may not have been carried out; `bad_answer` when Redis refused the command.
  [[nodiscard]] genstage::result<redis_reply> run(const redis_command& command);

  /// Sends all commands before it reads the first answer. Failure: as `run`, of the first that
  /// failed; the others were carried out nevertheless.
  [[nodiscard]] genstage::result<std::vector<redis_reply>> run_all(
      std::span<const redis_command> commands);

  /// Closes the connection. A forked child does so with what it inherited.
  void disconnect() noexcept { connection_.reset(); }

 private:
  struct closer {
    void operator()(redisContext* connection) const noexcept;
  };

  genstage::result<void> connect();
  genstage::result<redis_reply> read_one();
  std::unexpected<genstage::error> lost();

  std::uint16_t port_;
  std::chrono::milliseconds limit_;
  std::unique_ptr<redisContext, closer> connection_;
};

}  // namespace old_architecture
