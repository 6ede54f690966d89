// What processes cost: idle memory, spawn and exit, call and reply. Prints one line a measurement,
// as the peers in peers/ do; processes.py sets them side by side.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <string_view>
#include <vector>

namespace gs = genstage;

namespace {

using clock = std::chrono::steady_clock;

constexpr std::int64_t idle_processes = 1'000'000;
constexpr std::int64_t spawns = 1'000'000;
constexpr std::int64_t calls = 1'000'000;

std::size_t resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void report(std::string_view what, double value, std::string_view unit) {
  fmt::print("{} {:.1f} {}\n", what, value, unit);
}

double nanoseconds_each(clock::time_point begun, std::int64_t count) {
  return std::chrono::duration<double, std::nano>(clock::now() - begun).count() /
         static_cast<double>(count);
}

class idle final : public gs::server {
 public:
  struct ping {};
  std::int64_t handle_call(ping) { return ++answered_; }

 private:
  std::int64_t answered_ = 0;
};

void measure_idle() {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  std::vector<gs::ref<idle>> all;
  all.reserve(idle_processes);
  const std::size_t before = resident_bytes();
  for (std::int64_t index = 0; index < idle_processes; ++index) {
    all.push_back(*gs::spawn<idle>(home, {}));
  }
  (void)gs::sync_wait(gs::call(all.back(), idle::ping{}, std::chrono::minutes{1}));
  report("idle", static_cast<double>(resident_bytes() - before) / idle_processes, "bytes");
}

/// Spawns its successor and ends.
class ephemeral final : public gs::server {
 public:
  ephemeral(std::int64_t left, gs::completion<void> done) : left_{left}, done_{std::move(done)} {}
  void init() {
    if (left_ > 0) {
      (void)gs::spawn<ephemeral>(home(), {}, left_ - 1, done_);
    } else {
      done_.complete(gs::result<void>{});
    }
    stop(gs::exit_reason::normal());
  }

 private:
  std::int64_t left_;
  gs::completion<void> done_;
};

void measure_spawn() {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  auto [far, near] = gs::make_operation<void>();
  const auto begun = clock::now();
  (void)gs::spawn<ephemeral>(home, {}, spawns, far);
  (void)gs::sync_wait(std::move(near));
  report("spawn_and_exit", nanoseconds_each(begun, spawns), "ns");
}

class caller final : public gs::server {
 public:
  struct go {};
  explicit caller(gs::ref<idle> callee) : callee_{std::move(callee)} {}
  gs::task<std::int64_t> handle_call(go) {
    std::int64_t sum = 0;
    for (std::int64_t index = 0; index < calls; ++index) {
      auto asked = gs::call(callee_, idle::ping{}, gs::no_limit);
      sum += *co_await std::move(asked);
    }
    co_return sum;
  }

 private:
  gs::ref<idle> callee_;
};

void measure_call() {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  const auto callee = *gs::spawn<idle>(home, {});
  const auto client = *gs::spawn<caller>(home, {}, callee);
  const auto begun = clock::now();
  (void)gs::sync_wait(gs::call(client, caller::go{}, std::chrono::minutes{1}));
  report("call_and_reply", nanoseconds_each(begun, calls), "ns");
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 1 ? arguments[1] : "";
  if (what == "idle") return measure_idle(), 0;
  if (what == "spawn_and_exit") return measure_spawn(), 0;
  if (what == "call_and_reply") return measure_call(), 0;
  fmt::print(stderr, "usage: processes idle|spawn_and_exit|call_and_reply\n");
  return 2;
}
