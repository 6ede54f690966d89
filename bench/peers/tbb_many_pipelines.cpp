// 10,000 pipelines of a counter and an adder, as in many_pipelines.cpp, in one flow graph of
// oneTBB: at most two batches in each.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "tbb_batches.hpp"

namespace {

constexpr std::size_t in_flight = 2;

using numbers = batch<std::int64_t>;

struct pipeline {
  pipeline(flow::graph& graph, const arguments& wanted, std::int64_t events)
      : counter{graph, counting{made, wanted, events}},
        bound{graph, in_flight},
        adder{adding<std::int64_t>(graph, sum)} {
    flow::make_edge(counter, bound);
    flow::make_edge(bound, adder);
    flow::make_edge(adder, bound.decrementer());
  }

  pool<std::int64_t> made{in_flight};
  std::int64_t sum = 0;
  flow::input_node<numbers*> counter;
  flow::limiter_node<numbers*> bound;
  flow::function_node<numbers*, flow::continue_msg, flow::lightweight> adder;
};

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const auto limit = only_workers(wanted);
  const std::int64_t events = std::max<std::int64_t>(1, wanted.events / pipeline_count);
  flow::graph graph;
  std::vector<std::unique_ptr<pipeline>> all;
  for (std::int64_t index = 0; index < pipeline_count; ++index) {
    all.push_back(std::make_unique<pipeline>(graph, wanted, events));
  }
  const auto begun = bench_clock::now();
  for (const auto& each : all) each->counter.activate();
  graph.wait_for_all();
  report(events * pipeline_count, begun);
  for (const auto& each : all) check_sum(events, 0, each->sum);
}
