// What processes cost: idle memory, spawn and exit, call and reply, timers, waking, waiting behind
// others. Prints one line a measurement, as the peers in peers/ do; processes.py sets them side by
// side.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <genstage/genstage.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <genstage/task/sync_wait.hpp>
#include <ranges>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/process_work.hpp"

namespace gs = genstage;

namespace {

using clock = std::chrono::steady_clock;

constexpr std::int64_t idle_processes = 1'000'000;
constexpr std::int64_t spawns = 1'000'000;
constexpr std::int64_t calls = 1'000'000;
constexpr std::int64_t timers = 1'000'000;
constexpr std::size_t wakes = 2'000;

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

void measure_idle() {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  std::vector<gs::ref<bench::answerer>> all;
  all.reserve(idle_processes);
  const std::size_t before = resident_bytes();
  for (std::int64_t index = 0; index < idle_processes; ++index) {
    all.push_back(*gs::spawn<bench::answerer>(home, {}));
  }
  (void)gs::sync_wait(gs::call(all.back(), bench::answerer::ask{}, std::chrono::minutes{1}));
  report("idle", static_cast<double>(resident_bytes() - before) / idle_processes, "bytes");
}

void measure_spawn() {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  auto [far, near] = gs::make_operation<void>();
  const auto begun = clock::now();
  (void)gs::spawn<bench::successor>(home, {}, spawns, far);
  (void)gs::sync_wait(std::move(near));
  report("spawn_and_exit", nanoseconds_each(begun, spawns), "ns");
}

void measure_call() {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  const auto callee = *gs::spawn<bench::answerer>(home, {});
  const auto client = *gs::spawn<bench::caller>(home, {}, callee, calls);
  const auto begun = clock::now();
  (void)gs::sync_wait(gs::call(client, bench::caller::go{}, std::chrono::minutes{1}));
  report("call_and_reply", nanoseconds_each(begun, calls), "ns");
}

/// Arms a million timers that are due in an hour, and cancels them.
void measure_timers() {
  gs::thread_pool pool{{.workers = 1}};
  std::vector<gs::timer_id> armed;
  armed.reserve(timers);
  const auto begun = clock::now();
  for (std::int64_t index = 0; index < timers; ++index) {
    const auto due = pool.now() + std::chrono::hours{1} + std::chrono::nanoseconds{index % 1000};
    armed.push_back(pool.arm(due, []() noexcept {}));
  }
  std::int64_t cancelled = 0;
  for (const gs::timer_id each : armed) cancelled += pool.disarm(each) ? 1 : 0;
  if (cancelled != timers) fmt::print(stderr, "only {} timers were cancelled\n", cancelled);
  report("timer", nanoseconds_each(begun, timers), "ns");
}

void report_percentiles(std::string_view what, std::vector<double> seen) {
  std::ranges::sort(seen);
  report(fmt::format("{}_p50", what), seen[seen.size() / 2], "ns");
  report(fmt::format("{}_p99", what), seen[seen.size() * 99 / 100], "ns");
}

/// Notes when it is run.
class woken final : public gs::server {
 public:
  struct wake {
    clock::time_point sent;
  };
  woken(std::vector<double>* seen, gs::completion<void> done) : seen_{seen}, done_{done} {}
  void handle_cast(wake asked) {
    seen_->push_back(std::chrono::duration<double, std::nano>(clock::now() - asked.sent).count());
    if (seen_->size() == seen_->capacity()) done_.complete(gs::result<void>{});
  }

 private:
  std::vector<double>* seen_;
  gs::completion<void> done_;
};

/// A message from another thread to a process on a worker that sleeps.
void measure_wake() {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  std::vector<double> seen;
  seen.reserve(wakes);
  auto [far, near] = gs::make_operation<void>();
  const auto sleeper = *gs::spawn<woken>(home, {}, &seen, far);
  for (std::size_t index = 0; index < seen.capacity(); ++index) {
    std::this_thread::sleep_for(std::chrono::microseconds{200});
    gs::cast(sleeper, woken::wake{clock::now()});
  }
  (void)gs::sync_wait(std::move(near));
  report_percentiles("wake", std::move(seen));
}

class endless final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    out.append(std::views::iota(std::int64_t{0}, static_cast<std::int64_t>(asked)));
  }
};
class relay final : public gs::producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, gs::output<std::int64_t>& out) override {
    out.append(events);
  }
};
class sink final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
};

/// How long a process waits for its turn on a worker that is busy with a pipeline of 1,000 stages.
void measure_bystander() {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  std::vector<double> seen;
  seen.reserve(wakes);
  auto [far, near] = gs::make_operation<void>();
  const gs::subscription_options options{.max_demand = 100};
  const auto first = *gs::spawn<endless>(home, {});
  auto last = *gs::spawn<relay>(home, {});
  (void)gs::sync_wait(gs::subscribe(last, first, options));
  for (int stage = 3; stage < 1000; ++stage) {
    const auto next = *gs::spawn<relay>(home, {});
    (void)gs::sync_wait(gs::subscribe(next, last, options));
    last = next;
  }
  const auto end = *gs::spawn<sink>(home, {});
  (void)gs::sync_wait(gs::subscribe(end, last, options));
  const auto bystander = *gs::spawn<woken>(home, {}, &seen, far);
  for (std::size_t index = 0; index < seen.capacity(); ++index) {
    std::this_thread::sleep_for(std::chrono::microseconds{200});
    gs::cast(bystander, woken::wake{clock::now()});
  }
  (void)gs::sync_wait(std::move(near));
  home.stop();
  report_percentiles("bystander", std::move(seen));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 1 ? arguments[1] : "";
  if (what == "idle") return measure_idle(), 0;
  if (what == "spawn_and_exit") return measure_spawn(), 0;
  if (what == "call_and_reply") return measure_call(), 0;
  if (what == "timer") return measure_timers(), 0;
  if (what == "wake") return measure_wake(), 0;
  if (what == "bystander") return measure_bystander(), 0;
  fmt::print(stderr, "usage: processes idle|spawn_and_exit|call_and_reply|timer|wake|bystander\n");
  return 2;
}
