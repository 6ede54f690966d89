// The fan-outs of fan_out.cpp with oneTBB's flow graph: batches of half of max_demand, at most two
// in the whole graph for each consumer, recycled. By demand, a batch goes to the first consumer
// that is free; a broadcast shows one batch to all; a partition sorts into four. There is no demand
// between two stages in it.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "tbb_batches.hpp"

namespace {

using numbers = batch<std::int64_t>;

constexpr std::size_t consumer_count = 4;
constexpr std::size_t in_flight = 2 * consumer_count;

/// One batch for each partition; they travel together.
using parts = std::array<numbers, consumer_count>;

void fill(parts& made, std::int64_t& next, std::int64_t end, bool sorts) {
  if (!sorts) {
    return refill(made[0], end - next, next);
  }
  for (numbers& each : made) each.clear();
  for (; next < end; ++next) made[static_cast<std::size_t>(next) % consumer_count].push_back(next);
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const auto limit = only_workers(wanted);
  flow::graph graph;
  std::int64_t next = 0;
  std::size_t turn = 0;
  std::array<parts, in_flight + 2> all;
  tbb::concurrent_queue<parts*> spent;
  for (parts& each : all) spent.push(&each);
  std::atomic<std::int64_t> sum{0};
  const bool sorts = wanted.how == "partition";
  const bool to_all = wanted.how != "demand";
  flow::input_node<parts*> counter{graph, [&](tbb::flow_control& control) -> parts* {
                                     if (next == wanted.events) {
                                       control.stop();
                                       return nullptr;
                                     }
                                     parts* free = &all[turn++ % all.size()];
                                     // Consumers that take what comes next are done with it in any
                                     // order.
                                     while (!to_all && !spent.try_pop(free)) continue;
                                     const std::int64_t end =
                                         next + std::min(wanted.batch(), wanted.events - next);
                                     fill(*free, next, end, sorts);
                                     return free;
                                   }};
  flow::limiter_node<parts*> bound{graph, to_all ? in_flight / consumer_count : in_flight};
  using consumer = flow::function_node<parts*, flow::continue_msg, flow::rejecting>;
  std::vector<std::unique_ptr<consumer>> consumers;
  flow::buffer_node<parts*> first_free{graph};
  flow::continue_node<flow::continue_msg> all_have{
      graph, [](flow::continue_msg) { return flow::continue_msg{}; }};
  // The limiter waits for all who are connected to it, so one stands for the consumers.
  flow::function_node<flow::continue_msg, flow::continue_msg, flow::lightweight> one_has{
      graph, flow::unlimited, [](flow::continue_msg) noexcept { return flow::continue_msg{}; }};
  for (std::size_t index = 0; index < consumer_count; ++index) {
    consumers.push_back(std::make_unique<consumer>(graph, flow::serial, [&, index](parts* taken) {
      const numbers& mine = (*taken)[sorts ? index : 0];
      sum.fetch_add(sum_of(mine.data(), mine.size()), std::memory_order_relaxed);
      if (!to_all) spent.push(taken);
      return flow::continue_msg{};
    }));
  }
  std::vector<std::unique_ptr<flow::queue_node<parts*>>> queues;
  flow::make_edge(counter, bound);
  if (to_all) {
    for (auto& each : consumers) {
      queues.push_back(std::make_unique<flow::queue_node<parts*>>(graph));
      flow::make_edge(bound, *queues.back());
      flow::make_edge(*queues.back(), *each);
      flow::make_edge(*each, all_have);
    }
    flow::make_edge(all_have, bound.decrementer());
  } else {
    flow::make_edge(bound, first_free);
    for (auto& each : consumers) {
      flow::make_edge(first_free, *each);
      flow::make_edge(*each, one_has);
    }
    flow::make_edge(one_has, bound.decrementer());
  }
  const std::int64_t copies = wanted.how == "broadcast" ? std::int64_t{consumer_count} : 1;
  const auto begun = bench_clock::now();
  counter.activate();
  graph.wait_for_all();
  report(wanted.events * copies, begun);
  check_sum(wanted.events, 0, sum.load() / copies);
}
