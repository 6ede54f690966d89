// What the values of the library cost by themselves: no process, no thread, no clock but that of
// the benchmark.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <genstage/dispatch/broadcast_dispatcher.hpp>
#include <genstage/dispatch/demand_dispatcher.hpp>
#include <genstage/dispatch/partition_dispatcher.hpp>
#include <genstage/process/mailbox.hpp>
#include <genstage/scheduler/timer_queue.hpp>
#include <memory>
#include <vector>

namespace gs = genstage;

namespace {

/// So many messages are posted to a process that is idle, which takes them and is idle again.
void mailbox_post_and_drain(benchmark::State& state) {
  std::vector<std::unique_ptr<gs::message>> posted;
  for (std::int64_t index = 0; index < state.range(0); ++index) {
    posted.push_back(std::make_unique<gs::message>(gs::message_kind::request));
  }
  gs::mailbox box;
  box.open();
  (void)box.release();
  for (auto _ : state) {
    for (const auto& each : posted) box.push(each.get());
    benchmark::DoNotOptimize(box.drain());
    if (!box.release()) state.SkipWithError("something is left in the mailbox");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(mailbox_post_and_drain)->Arg(1)->Arg(16);

template <class Dispatcher>
void join(Dispatcher& joined, std::int64_t consumers) {
  for (std::int64_t index = 0; index < consumers; ++index) {
    const gs::subscription_options options{.partition = index};
    const auto number = static_cast<std::uint32_t>(index + 1);
    const auto taken = joined.subscribe({gs::unique_id{number}, gs::pid{number, 1}, options});
    if (!taken) std::abort();
  }
}

constexpr std::uint64_t batch = 100;

/// Every consumer asks, and gets what it has asked for.
void demand_dispatcher_ask_and_dispatch(benchmark::State& state) {
  gs::demand_dispatcher tried;
  join(tried, state.range(0));
  for (auto _ : state) {
    for (std::int64_t index = 0; index < state.range(0); ++index) {
      tried.ask(gs::unique_id{static_cast<std::uint32_t>(index + 1)}, gs::demand{batch});
    }
    for (std::int64_t index = 0; index < state.range(0); ++index) {
      benchmark::DoNotOptimize(tried.dispatch(batch));
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(demand_dispatcher_ask_and_dispatch)->Arg(1)->Arg(4)->Arg(64);

void broadcast_dispatcher_ask_and_dispatch(benchmark::State& state) {
  gs::broadcast_dispatcher tried;
  join(tried, state.range(0));
  for (auto _ : state) {
    for (std::int64_t index = 0; index < state.range(0); ++index) {
      tried.ask(gs::unique_id{static_cast<std::uint32_t>(index + 1)}, gs::demand{batch});
    }
    tried.dispatch(batch);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(broadcast_dispatcher_ask_and_dispatch)->Arg(1)->Arg(4)->Arg(64);

/// Finds the partition of one event.
void partition_dispatcher_route(benchmark::State& state) {
  gs::partition_dispatcher tried{{.partitions = 4}, [](std::int64_t event) { return event % 4; }};
  std::int64_t event = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(tried.choose(event));
    ++event;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(partition_dispatcher_route);

/// A timer is armed and cancelled while so many others wait.
void timer_queue_arm_and_cancel(benchmark::State& state) {
  gs::timer_queue tried;
  const gs::instant later{std::chrono::hours{1}};
  for (std::int64_t index = 0; index < state.range(0); ++index) {
    tried.arm(later + std::chrono::nanoseconds{index}, []() noexcept {});
  }
  std::int64_t turn = 0;
  for (auto _ : state) {
    const auto due = later + std::chrono::nanoseconds{++turn * 7919 % (state.range(0) + 1)};
    benchmark::DoNotOptimize(tried.cancel(tried.arm(due, []() noexcept {})));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(timer_queue_arm_and_cancel)->Arg(0)->Arg(1'000)->Arg(1'000'000);

}  // namespace
