// The pipelines of pipelines.cpp with oneTBB's flow graph: batches of half of max_demand, at most
// two of them in the whole graph, recycled. There is no demand between two stages in it.
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "../pipelines/arguments.hpp"

namespace {

namespace flow = tbb::flow;
using batch = std::vector<std::int64_t>;

/// Batches in turn; a stage never has more than two in use, since the graph holds no more.
class pool {
 public:
  batch* next() { return &all_[turn_++ % all_.size()]; }

 private:
  std::array<batch, 4> all_;
  std::size_t turn_ = 0;
};

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(wanted.workers)};
  flow::graph graph;
  std::int64_t next = 0;
  std::int64_t sum = 0;
  pool made;
  flow::input_node<batch*> counter{
      graph, [&](tbb::flow_control& control) -> batch* {
        if (next == wanted.events) {
          control.stop();
          return nullptr;
        }
        batch* const events = made.next();
        events->resize(static_cast<std::size_t>(std::min(wanted.batch(), wanted.events - next)));
        for (std::int64_t& event : *events) event = next++;
        return events;
      }};
  flow::limiter_node<batch*> bound{graph, 2};
  using stage = flow::function_node<batch*, batch*, flow::lightweight>;
  std::vector<std::unique_ptr<stage>> between;
  std::vector<pool> pools(static_cast<std::size_t>(wanted.stages));
  for (std::int64_t index = 2; index < wanted.stages; ++index) {
    pool& mine = pools[static_cast<std::size_t>(index)];
    between.push_back(std::make_unique<stage>(graph, flow::serial, [&mine](batch* taken) noexcept {
      batch* const doubled = mine.next();
      doubled->resize(taken->size());
      std::transform(taken->begin(), taken->end(), doubled->begin(),
                     [](std::int64_t event) { return 2 * event; });
      return doubled;
    }));
  }
  flow::function_node<batch*, flow::continue_msg, flow::lightweight> adder{
      graph, flow::serial, [&](batch* taken) noexcept {
        std::int64_t part = 0;
        for (const std::int64_t event : *taken) part += event;
        sum += part;
        return flow::continue_msg{};
      }};
  flow::make_edge(counter, bound);
  flow::sender<batch*>* last = &bound;
  for (const auto& each : between) {
    flow::make_edge(*last, *each);
    last = each.get();
  }
  flow::make_edge(*last, adder);
  flow::make_edge(adder, bound.decrementer());
  const auto begun = bench_clock::now();
  counter.activate();
  graph.wait_for_all();
  report(wanted.events, begun);
  check_sum(wanted.events, wanted.stages - 2, sum);
}
