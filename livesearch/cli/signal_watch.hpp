#pragma once

#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

namespace livesearch {

/// Does something before SIGINT or SIGTERM ends the program as it would anyway.
///
/// Threads: to be made before any other thread, which are not to get these signals; what is done
/// runs on a thread of its own. A second signal ends the program at once.
class signal_watch {
 public:
  /// From here on they wait.
  signal_watch();
  /// Waits for what is being done.
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

  /// Once.
  void begin(std::function<void()> before_the_end);

 private:
  void watch(const std::function<void()>& before_the_end);

  sigset_t signals_{};
  sigset_t before_{};
  std::mutex mutex_;  // Guards what follows.
  bool is_over_ = false;

  std::thread thread_;
};

}  // namespace livesearch
