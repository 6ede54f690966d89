// What processes cost on one worker of a thread pool. Each round does a thousand of what is
// measured inside the pool, so that the benchmark's thread waits once in a thousand.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <genstage/process/server.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <genstage/task/sync_wait.hpp>
#include <utility>

namespace gs = genstage;

namespace {

constexpr std::int64_t each_round = 1'000;

struct ask {};
struct go {};

class answerer final : public gs::server {
 public:
  std::int64_t handle_call(ask) { return ++answered_; }

 private:
  std::int64_t answered_ = 0;
};

class caller final : public gs::server {
 public:
  explicit caller(gs::ref<answerer> callee) : callee_{std::move(callee)} {}
  gs::task<std::int64_t> handle_call(go) {
    std::int64_t last = 0;
    for (std::int64_t left = each_round; left > 0; --left) {
      auto asked = gs::call(callee_, ask{}, gs::no_limit);
      last = *co_await std::move(asked);
    }
    co_return last;
  }

 private:
  gs::ref<answerer> callee_;
};

void call_and_reply(benchmark::State& state) {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  const auto client = *gs::spawn<caller>(home, {}, *gs::spawn<answerer>(home, {}));
  for (auto _ : state) {
    if (!gs::sync_wait(gs::call(client, go{}, gs::no_limit))) state.SkipWithError("no reply");
  }
  state.SetItemsProcessed(state.iterations() * each_round);
}
BENCHMARK(call_and_reply)->UseRealTime();

/// Spawns its successor, and ends.
class successor final : public gs::server {
 public:
  successor(std::int64_t left, gs::completion<void> done) : left_{left}, done_{std::move(done)} {}
  void init() {
    if (left_ > 0) {
      (void)gs::spawn<successor>(home(), {}, left_ - 1, done_);
    } else {
      done_.complete(gs::result<void>{});
    }
    stop(gs::exit_reason::normal());
  }

 private:
  std::int64_t left_;
  gs::completion<void> done_;
};

void spawn_and_exit(benchmark::State& state) {
  gs::runtime home{{.log = gs::silent_log(), .workers = 1}};
  for (auto _ : state) {
    auto [far, near] = gs::make_operation<void>();
    (void)gs::spawn<successor>(home, {}, each_round - 1, far);
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
