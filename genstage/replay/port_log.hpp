#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace genstage::inline v0 {

/// Keeps what comes into a program through a port, such as an HTTP client, or plays it again. What
/// came is kept as the port's own bytes, at its place in the order of everything.
///
/// A port numbers its questions in the order in which the program asks them, from 0 on; that order
/// is the same when it is played, so the number is enough to find who waits.
class port_log {
 public:
  port_log() = default;
  port_log(const port_log&) = delete;
  port_log& operator=(const port_log&) = delete;

  /// Whether an earlier run is played: then a port asks nobody outside, and is told what came then.
  [[nodiscard]] virtual bool plays() const noexcept = 0;

  /// Keeps what came for a question, and hands it on with `hand_on`, which happens to the program
  /// from outside. Threads: any that runs no process.
  /// Failure: beyond what the log has room for, only that something came is kept. Once `is_over`,
  /// nothing comes any more: nothing is kept or handed on, and nobody waits for what happens now.
  /// Set in the middle of something that happens, it holds from there on, in both runs.
  virtual void came(std::string_view port, std::uint64_t number, std::string bytes,
                    std::move_only_function<void()> hand_on, const std::atomic<bool>& is_over) = 0;
  void came(std::string_view port, std::uint64_t number, std::string bytes,
            std::move_only_function<void()> hand_on) {
    static const std::atomic<bool> never{false};
    came(port, number, std::move(bytes), std::move(hand_on), never);
  }
  /// Whether something happens to a program at this moment, on this thread. Whoever waits there
  /// for another thread that waits in `came` waits for ever, unless that one is over. It needs no
  /// log, so it may be asked when that is gone.
  [[nodiscard]] static bool is_happening() noexcept { return happening_here > 0; }

  /// What a callback of the program reads of the world outside, such as how much room a reader has
  /// left: what `look` says, or what it said when that was recorded. Threads: those of the program,
  /// in a callback, or in what `came` hands on.
  [[nodiscard]] virtual std::uint64_t read(const std::function<std::uint64_t()>& look) = 0;

  /// What came when it was recorded goes to `take`, once it is its turn. It returns false for what
  /// nobody waits for, or what it cannot read: then the program is another one.
  using taker = std::function<bool(std::uint64_t number, std::string_view bytes)>;
  virtual void listen(std::string port, taker take) = 0;

 protected:
  ~port_log() = default;

  /// Around each thing that happens, on its thread; one may lie in another.
  static void happening_begins() noexcept { ++happening_here; }
  static void happening_ends() noexcept { --happening_here; }

 private:
  static inline constinit thread_local int happening_here = 0;
};

}  // namespace genstage::inline v0
