// A counter and two that work about 1 us for each event, as in shared_work.cpp, with oneTBB's flow
// graph: one node that may run twice at a time, and at most two batches in the graph for each.
#include <algorithm>
#include <array>
#include <cstdint>

#include "../pipelines/work.hpp"
#include "tbb_batches.hpp"

namespace {

constexpr std::size_t consumer_count = 2;
constexpr std::size_t in_flight = 2 * consumer_count;

using numbers = batch<std::int64_t>;

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const auto limit = only_workers(wanted);
  flow::graph graph;
  std::array<numbers, in_flight + 2> all;
  tbb::concurrent_queue<numbers*> spent;
  for (numbers& each : all) spent.push(&each);
  flow::input_node<numbers*> counter{
      graph, [&, next = std::int64_t{0}](tbb::flow_control& control) mutable -> numbers* {
        if (next == wanted.events) {
          control.stop();
          return nullptr;
        }
        numbers* free = nullptr;
        while (!spent.try_pop(free)) continue;  // One is, or is about to be.
        refill(*free, std::min(wanted.batch(), wanted.events - next), next);
        return free;
      }};
  flow::limiter_node<numbers*> bound{graph, in_flight};
  flow::function_node<numbers*, flow::continue_msg> worker{
      graph, consumer_count, [&spent](numbers* taken) {
        std::uint64_t result = 0;
        for (const std::int64_t event : *taken) result += work(static_cast<std::uint64_t>(event));
        keep_result(result);
        spent.push(taken);
        return flow::continue_msg{};
      }};
  flow::make_edge(counter, bound);
  flow::make_edge(bound, worker);
  flow::make_edge(worker, bound.decrementer());
  const auto begun = bench_clock::now();
  counter.activate();
  graph.wait_for_all();
  report(wanted.events, begun);
}
