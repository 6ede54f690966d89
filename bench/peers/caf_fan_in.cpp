// Four counters and one that adds up, as in fan_in.cpp, with actors of the C++ Actor Framework.
#include <cstdint>
#include <limits>
#include <vector>

#include "caf_demand.hpp"

namespace {

using number = std::int64_t;

caf::behavior adder(caf::event_based_actor* self, const std::vector<caf::actor>& producers,
                    const arguments wanted) {
  return consumer<number>(self, producers, wanted,
                          [left = wanted.events, sum = std::int64_t{0}](const number* first,
                                                                        std::size_t count) mutable {
                            sum += sum_of(first, count);
                            asm volatile("" : "+r,m"(sum) : : "memory");
                            left -= static_cast<std::int64_t>(count);
                            return left > 0;
                          });
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  caf::actor_system_config options;
  caf::actor_system system{with_workers(options, wanted)};
  std::vector<caf::actor> producers;
  for (int index = 0; index < 4; ++index) {
    producers.push_back(system.spawn(counter<number>, std::numeric_limits<std::int64_t>::max()));
  }
  const caf::actor adds = system.spawn(adder, producers, wanted);
  const auto begun = bench_clock::now();
  caf::anon_send(adds, link_atom::value);
  {
    caf::scoped_actor self{system};
    self->wait_for(adds);
  }
  report(wanted.events, begun);
  for (const auto& each : producers) caf::anon_send_exit(each, caf::exit_reason::kill);
}
