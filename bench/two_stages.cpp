// How fast events go from a counter to a stage that adds them up, next to the limit: the same two
// objects called by hand on one thread.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <map>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include "allocations.hpp"

namespace gs = genstage;

namespace {

using seconds = std::chrono::duration<double>;

/// What a run took: on the clock, and of all processors together, which other programs that run at
/// the same time disturb less.
struct cost {
  seconds elapsed{0};
  seconds processor{0};

  cost& operator+=(const cost& other) {
    elapsed += other.elapsed;
    processor += other.processor;
    return *this;
  }
};

class stopwatch {
 public:
  [[nodiscard]] cost read() const {
    return {std::chrono::steady_clock::now() - start_, processor_time() - processor_start_};
  }

 private:
  static seconds processor_time() {
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return std::chrono::seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  seconds processor_start_ = processor_time();
};

// About a tenth of a second each, long enough to forget how it began.
std::int64_t events_for(std::int64_t max_demand) {
  return max_demand < 10 ? 2'000'000 : max_demand < 1000 ? 10'000'000 : 100'000'000;
}

// The library's default: more is asked for when half is left.
std::int64_t min_for(std::int64_t max_demand) {
  return max_demand / 2;
}

/// What the consumer has seen, told after its end.
struct tally {
  std::int64_t events = 0;
  std::int64_t sum = 0;
  std::uint64_t batches = 0;
  std::uint64_t allocations_before = 0;
  std::uint64_t allocations_after = 0;
};

class counter final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    const auto count = static_cast<std::int64_t>(asked);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
  }

 private:
  std::int64_t next_ = 0;
};

class adder final : public gs::consumer<std::int64_t> {
 public:
  adder(std::int64_t wanted, tally* seen) : wanted_{wanted}, seen_{seen} {}

  void handle_events(std::span<std::int64_t> events) override {
    for (const std::int64_t event : events) seen_->sum += event;
    seen_->events += std::ssize(events);
    if (seen_->events < wanted_ / 10) return;  // Until then things may still grow.
    if (seen_->batches++ == 0) seen_->allocations_before = allocations();
    if (seen_->events < wanted_) return;
    seen_->allocations_after = allocations();
    stop(gs::exit_reason::normal());
  }

 private:
  std::int64_t wanted_;
  tally* seen_;
};

/// Runs both stages until the consumer has what it wants; the time begins with the subscription.
cost run_stages(std::int64_t max_demand, std::size_t workers, tally& seen) {
  gs::runtime home{{.log = gs::silent_log(), .workers = workers}};
  const auto producer = gs::spawn<counter>(home, {});
  const auto consumer = gs::spawn<adder>(home, {}, events_for(max_demand), &seen);
  auto end = home.down(consumer->process());
  const stopwatch watch;
  (void)gs::sync_wait(gs::subscribe(*consumer, *producer,
                                    {.max_demand = max_demand, .min_demand = min_for(max_demand)}));
  (void)gs::sync_wait(std::move(end));
  return watch.read();
}

/// The same callbacks behind virtual calls, as a program without a library would write them.
class source {
 public:
  virtual ~source() = default;
  virtual void produce(std::int64_t count, std::vector<std::int64_t>& out) = 0;
};
class sink {
 public:
  virtual ~sink() = default;
  virtual void consume(std::span<std::int64_t> events) = 0;
};

class plain_counter final : public source {
 public:
  void produce(std::int64_t count, std::vector<std::int64_t>& out) override {
    out.resize(static_cast<std::size_t>(count));
    for (std::int64_t& event : out) event = next_++;
  }

 private:
  std::int64_t next_ = 0;
};
class plain_adder final : public sink {
 public:
  void consume(std::span<std::int64_t> events) override {
    for (const std::int64_t event : events) sum_ += event;
    benchmark::DoNotOptimize(sum_);
  }

 private:
  std::int64_t sum_ = 0;
};

/// Two objects on one thread; one batch goes back and forth between them.
cost run_by_hand(std::int64_t max_demand) {
  plain_counter counts;
  plain_adder adds;
  source* from = &counts;
  sink* to = &adds;
  benchmark::DoNotOptimize(from);  // The calls stay virtual.
  benchmark::DoNotOptimize(to);
  const std::int64_t count = max_demand - min_for(max_demand);  // What one callback gets.
  const std::int64_t rounds = events_for(max_demand) / count;
  std::vector<std::int64_t> batch;
  const stopwatch watch;
  for (std::int64_t round = 0; round < rounds; ++round) {
    from->produce(count, batch);
    to->consume(batch);
  }
  return watch.read();
}

/// Events per second of the limit, the best of five runs, which are made once.
double limit_for(std::int64_t max_demand) {
  static std::map<std::int64_t, double> known;
  double& rate = known[max_demand];
  if (rate > 0) return rate;
  for (int run = 0; run < 5; ++run) {
    const cost taken = run_by_hand(max_demand);
    rate = std::max(rate, static_cast<double>(events_for(max_demand)) / taken.elapsed.count());
  }
  return rate;
}

void report(benchmark::State& state, const cost& total, std::int64_t events_each) {
  const std::int64_t events = state.iterations() * events_each;
  state.SetItemsProcessed(events);
  state.counters["processor_ns/event"] =
      total.processor.count() * 1e9 / static_cast<double>(events);
}

void by_hand(benchmark::State& state) {
  const std::int64_t max_demand = state.range(0);
  cost total;
  for (auto _ : state) {
    const cost taken = run_by_hand(max_demand);
    state.SetIterationTime(taken.elapsed.count());
    total += taken;
  }
  report(state, total, events_for(max_demand));
}

void two_stages(benchmark::State& state) {
  const std::int64_t max_demand = state.range(0);
  const auto workers = static_cast<std::size_t>(state.range(1));
  cost total;
  std::uint64_t allocated = 0;
  std::uint64_t batches = 0;
  for (auto _ : state) {
    tally seen;
    const cost taken = run_stages(max_demand, workers, seen);
    if (seen.events < events_for(max_demand)) state.SkipWithError("the consumer ended too early");
    benchmark::DoNotOptimize(seen.sum);
    state.SetIterationTime(taken.elapsed.count());
    total += taken;
    allocated += seen.allocations_after - seen.allocations_before;
    batches += seen.batches;
  }
  report(state, total, events_for(max_demand));
  const auto events = static_cast<double>(state.iterations() * events_for(max_demand));
  state.counters["of_limit"] = events / total.elapsed.count() / limit_for(max_demand);
  state.counters["allocations/batch"] =
      static_cast<double>(allocated) / static_cast<double>(std::max<std::uint64_t>(batches, 1));
}

}  // namespace

BENCHMARK(by_hand)
    ->ArgName("max")
    ->Arg(1)
    ->Arg(10)
    ->Arg(1000)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();
BENCHMARK(two_stages)
    ->ArgNames({"max", "workers"})
    ->ArgsProduct({{1, 10, 1000}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

BENCHMARK_MAIN();
