// Four counters and one that adds up, as in fan_in.cpp, with oneTBB's flow graph: at most two
// batches in it for each counter.
#include <cstdint>
#include <memory>
#include <vector>

#include "tbb_batches.hpp"

namespace {

constexpr std::size_t producer_count = 4;
constexpr std::size_t in_flight = 2 * producer_count;

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const auto limit = only_workers(wanted);
  const std::int64_t each = std::max<std::int64_t>(1, wanted.events / producer_count);
  flow::graph graph;
  std::int64_t sum = 0;
  flow::limiter_node<batch<std::int64_t>*> bound{graph, in_flight};
  auto adder = adding<std::int64_t>(graph, sum);
  flow::make_edge(bound, adder);
  flow::make_edge(adder, bound.decrementer());
  // Any of them may have all batches that the graph holds.
  std::vector<pool<std::int64_t>> pools(producer_count, pool<std::int64_t>{in_flight});
  std::vector<std::unique_ptr<flow::input_node<batch<std::int64_t>*>>> counters;
  for (pool<std::int64_t>& mine : pools) {
    counters.push_back(std::make_unique<flow::input_node<batch<std::int64_t>*>>(
        graph, counting{mine, wanted, each}));
    flow::make_edge(*counters.back(), bound);
  }
  const auto begun = bench_clock::now();
  for (const auto& counter : counters) counter->activate();
  graph.wait_for_all();
  report(each * static_cast<std::int64_t>(producer_count), begun);
  check_sum(each, 0, sum / static_cast<std::int64_t>(producer_count));
}
