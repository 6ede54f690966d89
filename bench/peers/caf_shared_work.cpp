// A counter and two that work about 1 us for each event, as in shared_work.cpp, with actors of the
// C++ Actor Framework.
#include <atomic>
#include <cstdint>
#include <limits>

#include "../pipelines/work.hpp"
#include "caf_demand.hpp"

namespace {

using number = std::int64_t;

caf::behavior worker(caf::event_based_actor* self, const caf::actor& producer,
                     const arguments wanted, std::atomic<std::int64_t>* left,
                     const caf::actor& told) {
  return consumer<number>(self, {producer}, wanted,
                          [self, left, told, result = std::uint64_t{0}](const number* first,
                                                                        std::size_t count) mutable {
                            for (std::size_t index = 0; index < count; ++index) {
                              result += work(static_cast<std::uint64_t>(first[index]));
                            }
                            keep_result(result);
                            const auto done = static_cast<std::int64_t>(count);
                            const std::int64_t before = left->fetch_sub(done);
                            if (before > 0 && before <= done) self->send(told, done_atom::value);
                            return before > done;
                          });
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  caf::actor_system_config options;
  caf::actor_system system{with_workers(options, wanted)};
  std::atomic<std::int64_t> left{wanted.events};
  caf::scoped_actor self{system};
  const auto told = caf::actor_cast<caf::actor>(self);
  const caf::actor counts = system.spawn(counter<number>, std::numeric_limits<std::int64_t>::max());
  const auto begun = bench_clock::now();
  for (int index = 0; index < 2; ++index) {
    caf::anon_send(system.spawn(worker, counts, wanted, &left, told), link_atom::value);
  }
  self->receive([](done_atom) {});
  report(wanted.events, begun);
  caf::anon_send_exit(counts, caf::exit_reason::kill);
}
