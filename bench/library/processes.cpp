// What processes cost on one worker of a thread pool. Each round does a thousand of what is
// measured inside the pool, so that the benchmark's thread waits once in a thousand.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <genstage/process/server.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <genstage/task/sync_wait.hpp>
#include <utility>

#include "bench/process_work.hpp"

namespace gs = genstage;

namespace {

constexpr std::int64_t each_round = 1'000;

void call_and_reply(benchmark::State& state) {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  const auto callee = *gs::spawn<bench::answerer>(home, {});
  const auto client = *gs::spawn<bench::caller>(home, {}, callee, each_round);
  for (auto _ : state) {
    if (!gs::sync_wait(gs::call(client, bench::caller::go{}, gs::no_limit)))
      state.SkipWithError("no reply");
  }
  state.SetItemsProcessed(state.iterations() * each_round);
}
BENCHMARK(call_and_reply)->UseRealTime();

void spawn_and_exit(benchmark::State& state) {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  for (auto _ : state) {
    auto [far, near] = gs::make_operation<void>();
    (void)gs::spawn<bench::successor>(home, {}, each_round - 1, far);
    if (!gs::sync_wait(std::move(near))) state.SkipWithError("the last one did not start");
  }
  state.SetItemsProcessed(state.iterations() * each_round);
}
BENCHMARK(spawn_and_exit)->UseRealTime();

/// On the pool, with its lock; the queue alone is in values.cpp.
void timer_arm_and_disarm(benchmark::State& state) {
  gs::thread_pool pool{{.workers = 1}};
  for (auto _ : state) {
    const gs::timer_id timer = pool.arm(pool.now() + std::chrono::hours{1}, []() noexcept {});
    if (!pool.disarm(timer)) state.SkipWithError("the timer has fired");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(timer_arm_and_disarm);

}  // namespace
