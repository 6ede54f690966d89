// 10,000 pipelines of a counter and an adder, as in many_pipelines.cpp, with actors of the C++
// Actor Framework.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "caf_demand.hpp"

namespace {

using number = std::int64_t;

caf::behavior adder(caf::event_based_actor* self, const caf::actor& producer,
                    const arguments wanted, std::int64_t events, std::atomic<std::int64_t>* left,
                    const caf::actor& told) {
  return consumer<number>(self, {producer}, wanted,
                          [self, left, told, events, sum = std::int64_t{0}](
                              const number* first, std::size_t count) mutable {
                            sum += sum_of(first, count);
                            asm volatile("" : "+r,m"(sum) : : "memory");
                            events -= static_cast<std::int64_t>(count);
                            if (events > 0) return true;
                            if (left->fetch_sub(1) == 1) self->send(told, done_atom::value);
                            return false;
                          });
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const std::int64_t events = std::max<std::int64_t>(1, wanted.events / pipeline_count);
  caf::actor_system_config options;
  caf::actor_system system{with_workers(options, wanted)};
  std::atomic<std::int64_t> left{pipeline_count};
  caf::scoped_actor self{system};
  const auto told = caf::actor_cast<caf::actor>(self);
  std::vector<caf::actor> counters;
  std::vector<caf::actor> adders;
  for (std::int64_t index = 0; index < pipeline_count; ++index) {
    counters.push_back(system.spawn(counter<number>, events));
    adders.push_back(system.spawn(adder, counters.back(), wanted, events, &left, told));
  }
  const auto begun = bench_clock::now();
  for (const auto& each : adders) caf::anon_send(each, link_atom::value);
  self->receive([](done_atom) {});
  report(events * pipeline_count, begun);
  for (const auto& each : counters) caf::anon_send_exit(each, caf::exit_reason::kill);
}
