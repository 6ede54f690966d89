#include "bench/old_architecture/master.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace old_architecture {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds tick = 100ms;
constexpr std::chrono::milliseconds stop_limit = 4s;
/// A worker that lived shorter is not replaced at once, so that one which cannot even start does
/// not keep the machine busy with forks.
constexpr std::chrono::milliseconds shortest_life = tick;

std::atomic<bool> worker_stops = false;
static_assert(std::atomic<bool>::is_always_lock_free, "A signal handler sets it.");

void on_stop_signal(int) {
  worker_stops = true;
}

/// The next of the blocked signals; 0 if none came in time.
int next_signal(const sigset_t& watched, std::chrono::milliseconds wait) {
  const timespec limit{.tv_sec = wait.count() / 1000, .tv_nsec = wait.count() % 1000 * 1'000'000};
  const int seen = sigtimedwait(&watched, nullptr, &limit);
  return std::max(seen, 0);
}

}  // namespace

master::master(master_options options, const livesearch::site_catalog& sites)
    : options_{options},
      sites_{sites},
      store_{options.redis_port},
      slots_(static_cast<std::size_t>(options.count)) {}

int master::run() {
  sigemptyset(&watched_);
  for (const int each : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&watched_, each);
  // Blocked, so that they wait for next_signal and none falls between two looks.
  sigprocmask(SIG_BLOCK, &watched_, &unblocked_);
  if (const auto taken = take_over(); !taken) {
    fmt::print(stderr, "old_architecture: {}\n", taken.error().message);
    return 2;
  }
  auto next_tick = clock::now();
  for (;;) {
    fill();
    if (clock::now() >= next_tick) {
      move_due();
      announce();
      next_tick = clock::now() + tick;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick - clock::now());
    const int seen = next_signal(watched_, std::clamp(left, 0ms, tick));
    if (seen == SIGTERM || seen == SIGINT) break;
    if (seen == SIGCHLD) reap();
  }
  stop();
  return 0;
}

/// Puts back what the workers of an earlier run left, which may have been more than ours.
genstage::result<void> master::take_over() {
  const auto earlier = jobs_.enlisted();
  if (!earlier) return std::unexpected{earlier.error()};
  for (const int worker : *earlier) {
    if (auto requeued = jobs_.requeue(worker); !requeued) return requeued;
    if (auto dismissed = jobs_.dismiss(worker); !dismissed) return dismissed;
  }
  return {};
}

void master::fill() {
  for (std::size_t number = 0; number < slots_.size(); ++number) {
    const slot& each = slots_[number];
    const bool is_new = each.started == clock::time_point{};
    if (each.pid == 0 && (is_new || clock::now() - each.started >= shortest_life)) start(number);
  }
}

void master::start(std::size_t number) {
  slots_[number].started = clock::now();
  std::fflush(nullptr);  // What waits to be printed must not be printed by both.
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) be_worker(number, parent);
  if (child < 0) {
    fmt::print(stderr, "old_architecture: worker {}: fork failed ({}); trying again\n", number,
               std::strerror(errno));
    return;
  }
  slots_[number].pid = child;
}

void master::be_worker(std::size_t number, pid_t parent) {
  store_.disconnect();
  struct sigaction action{};
  action.sa_handler = on_stop_signal;
  for (const int each : {SIGTERM, SIGINT}) sigaction(each, &action, nullptr);
  // Nobody would put the job back of a worker that outlives its master.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) worker_stops = true;
  sigprocmask(SIG_SETMASK, &unblocked_, nullptr);
  {
    worker works{static_cast<int>(number), options_.redis_port, sites_, options_.rules};
    works.run(worker_stops);
  }
  // Not exit: the master's objects are not this process's to destroy.
  std::_Exit(0);
}

void master::reap() {
  // One SIGCHLD may stand for several children.
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended <= 0) return;
    const auto of = std::ranges::find(slots_, ended, &slot::pid);
    if (of == slots_.end()) continue;
    of->pid = 0;
    put_back(static_cast<std::size_t>(of - slots_.begin()));
  }
}

void master::put_back(std::size_t number) {
  if (const auto requeued = jobs_.requeue(static_cast<int>(number)); !requeued) {
    // The next worker of this number does it when it has reached Redis.
    fmt::print(stderr, "old_architecture: worker {}: {}\n", number, requeued.error().message);
  }
}

void master::move_due() {
  const auto moved = jobs_.move_due(wall_now());
  const store_health before =
      std::exchange(health_, moved ? store_health::good : store_health::lost);
  if (!moved && before == store_health::good) {
    fmt::print(stderr, "old_architecture: retries: {}; trying again\n", moved.error().message);
  }
}

void master::announce() {
  if (readiness_ == readiness::announced) return;
  const auto enlisted = jobs_.enlisted();
  if (!enlisted || enlisted->size() < slots_.size()) return;
  readiness_ = readiness::announced;
  fmt::print("ready workers {}\n", options_.count);
  std::fflush(stdout);
}

void master::stop() {
  for (const slot& each : slots_) {
    if (each.pid != 0) kill(each.pid, SIGTERM);
  }
  const auto deadline = clock::now() + stop_limit;
  for (reap(); has_children() && clock::now() < deadline; reap()) (void)next_signal(watched_, tick);
  for (std::size_t number = 0; number < slots_.size(); ++number) {
    const pid_t left = slots_[number].pid;
    if (left == 0) continue;
    kill(left, SIGKILL);
    waitpid(left, nullptr, 0);
    put_back(number);
  }
}

bool master::has_children() const {
  return std::ranges::any_of(slots_, [](const slot& each) { return each.pid != 0; });
}

}  // namespace old_architecture
