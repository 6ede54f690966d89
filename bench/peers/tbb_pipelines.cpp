// The pipelines of pipelines.cpp with oneTBB's flow graph: batches of half of max_demand, at most
// two of them in the whole graph.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "tbb_batches.hpp"

namespace {

constexpr std::size_t in_flight = 2;

using numbers = batch<std::int64_t>;
using doubler = flow::function_node<numbers*, numbers*, flow::lightweight>;

std::unique_ptr<doubler> doubling(flow::graph& graph, pool<std::int64_t>& made) {
  return std::make_unique<doubler>(graph, flow::serial, [&made](numbers* taken) noexcept {
    numbers* const doubled = made.next();
    doubled->resize(taken->size());
    std::transform(taken->begin(), taken->end(), doubled->begin(),
                   [](std::int64_t event) { return 2 * event; });
    return doubled;
  });
}

template <class Event>
void run(const arguments& wanted) {
  flow::graph graph;
  std::int64_t sum = 0;
  pool<Event> first{in_flight};
  std::vector<pool<std::int64_t>> pools(static_cast<std::size_t>(wanted.stages),
                                        pool<std::int64_t>{in_flight});
  flow::input_node<batch<Event>*> counter{graph, counting{first, wanted, wanted.events}};
  flow::limiter_node<batch<Event>*> bound{graph, in_flight};
  auto adder = adding<Event>(graph, sum);
  flow::make_edge(counter, bound);
  flow::sender<batch<Event>*>* last = &bound;
  std::vector<std::unique_ptr<doubler>> between;
  if constexpr (std::is_same_v<Event, std::int64_t>) {
    for (std::int64_t stage = 2; stage < wanted.stages; ++stage) {
      between.push_back(doubling(graph, pools[static_cast<std::size_t>(stage)]));
      flow::make_edge(*last, *between.back());
      last = between.back().get();
    }
  }
  flow::make_edge(*last, adder);
  flow::make_edge(adder, bound.decrementer());
  const auto begun = bench_clock::now();
  counter.activate();
  graph.wait_for_all();
  report(wanted.events, begun);
  check_numbers(wanted, sum);
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const auto limit = only_workers(wanted);
  with_event_type(wanted, [&](auto event) { run<typename decltype(event)::type>(wanted); });
}
