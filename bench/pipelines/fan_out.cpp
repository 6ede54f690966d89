// One counter and `consumers` stages that add up, at full speed. `how` says who gets an event:
// `demand`, one of them; `partition`, the one of four that the event's remainder says; `broadcast`,
// all of them.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <ranges>
#include <span>
#include <vector>

#include "arguments.hpp"
#include "counting.hpp"

namespace gs = genstage;

namespace {

constexpr std::size_t partition_count = 4;

struct by_demand {
  static auto make() { return gs::demand_dispatcher{}; }
};
struct by_remainder {
  static auto make() {
    return gs::partition_dispatcher{{.partitions = partition_count}, [](std::int64_t event) {
                                      return static_cast<std::size_t>(event) % partition_count;
                                    }};
  }
};
struct to_all {
  static auto make() { return gs::broadcast_dispatcher{}; }
};

/// Emits 0, 1, 2 ... up to a limit, after which its consumers have to wait for ever.
template <class Dispatching>
class counter final : public gs::producer<std::int64_t> {
 public:
  explicit counter(std::int64_t wanted) : wanted_{wanted} {}
  auto dispatcher() const { return Dispatching::make(); }
  gs::demand_mode initial_demand() const override { return gs::demand_mode::accumulate; }

  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    const std::int64_t end = std::min(wanted_, next_ + static_cast<std::int64_t>(asked));
    out.append(std::views::iota(next_, end));
    next_ = end;
  }

 private:
  std::int64_t wanted_;
  std::int64_t next_ = 0;
};

struct progress {
  std::atomic<std::int64_t> left;
  std::atomic<std::int64_t> sum{0};
  gs::completion<void> done;
};

/// Only reads, so that a broadcast may share its batches.
class adder final : public gs::consumer<const std::int64_t> {
 public:
  explicit adder(progress* all) : all_{all} {}

  void handle_events(std::span<const std::int64_t> events) override {
    std::int64_t sum = 0;
    for (const std::int64_t event : events) sum += event;
    all_->sum.fetch_add(sum, std::memory_order_relaxed);
    const std::int64_t count = std::ssize(events);
    if (all_->left.fetch_sub(count) == count) all_->done.complete(gs::result<void>{});
  }

 private:
  progress* all_;
};

template <class Dispatching>
void run(const arguments& wanted, std::int64_t copies) {
  gs::thread_pool pool{pool_options(wanted)};
  gs::runtime home{pool, {.log = gs::silent_log()}};
  auto [far, near] = gs::make_operation<void>();
  progress all{.left = wanted.events * copies, .done = far};
  const auto producer = *gs::spawn<counter<Dispatching>>(home, {}, wanted.events);
  for (std::int64_t index = 0; index < wanted.consumers; ++index) {
    const auto consumer = *gs::spawn<adder>(home, {}, &all);
    gs::subscription_options options{.max_demand = wanted.max, .min_demand = wanted.min()};
    if (wanted.how == "partition") options.partition = static_cast<std::size_t>(index);
    (void)gs::sync_wait(gs::subscribe(consumer, producer, options));
  }
  const auto begun = bench_clock::now();
  gs::set_demand(producer, gs::demand_mode::forward);
  (void)gs::sync_wait(std::move(near));
  report(wanted.events * copies, begun);
  report_allocations(wanted);
  pool.stop();
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  if (wanted.how == "partition") {
    run<by_remainder>(wanted, 1);
  } else if (wanted.how == "broadcast") {
    run<to_all>(wanted, wanted.consumers);
  } else {
    run<by_demand>(wanted, 1);
  }
}
