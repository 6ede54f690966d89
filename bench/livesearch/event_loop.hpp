#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace bench {

/// One thread that waits for sockets and timers. The sites, the searchers and the loop by hand
/// stand on it instead of the library's reactor, so that what is measured does not measure itself.
class event_loop {
 public:
  using clock = std::chrono::steady_clock;
  using handler = std::function<void(std::uint32_t events)>;
  using timers = std::multimap<clock::time_point, std::function<void()>>;
  using timer = timers::iterator;

  event_loop();
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Calls back whenever one of the events is there (level-triggered).
  void watch(int descriptor, std::uint32_t events, handler call);
  void change(int descriptor, std::uint32_t events);
  /// Before the descriptor is closed. The handler may forget itself.
  void forget(int descriptor);

  timer at(clock::time_point when, std::function<void()> call);
  void cancel(timer armed) { timers_.erase(armed); }

  void run();
  void stop() noexcept { is_stopped_ = true; }

 private:
  struct watched {
    std::uint32_t generation = 0;
    std::shared_ptr<handler> call{};
  };

  void wait_and_handle();
  void run_timers();

  int epoll_;
  std::vector<watched> watched_;  ///< by descriptor
  timers timers_;
  bool is_stopped_ = false;
};

/// As many descriptors as the system lets this process have.
void raise_descriptor_limit();

/// A socket that begins to connect to a loopback port; -1 if there is none.
[[nodiscard]] int connect_to(std::uint16_t port);
/// A socket that listens on loopback, and its port; ends the program if it cannot.
struct listening {
  int descriptor;
  std::uint16_t port;
};
[[nodiscard]] listening listen_on(std::uint16_t port);
/// The next connection that waits, -1 if none does.
[[nodiscard]] int accept_one(int descriptor);

}  // namespace bench
