// The pipelines of pipelines.cpp with actors of the C++ Actor Framework, 0.17.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "caf_demand.hpp"

namespace {

using numbers = batch<std::int64_t>;

struct doubler_state {
  caf::actor producer;
  caf::actor consumer;
  std::int64_t demand = 0;
  std::deque<numbers> received;
  std::vector<numbers> spare;
};

caf::behavior doubler(caf::stateful_actor<doubler_state>* self, caf::actor producer,
                      const arguments wanted) {
  self->state.producer = std::move(producer);
  auto asks = std::make_shared<ledger>(wanted);
  const std::int64_t limit = wanted.batch();
  auto work = [self, asks, limit] {
    auto& state = self->state;
    while (state.demand > 0 && !state.received.empty()) {
      numbers taken = std::move(state.received.front());
      state.received.pop_front();
      for (std::size_t from = 0; from < taken.events.size();) {
        const std::size_t count =
            std::min<std::size_t>(taken.events.size() - from, static_cast<std::size_t>(limit));
        numbers made;
        if (!state.spare.empty()) {
          made = std::move(state.spare.back());
          state.spare.pop_back();
        }
        made.events.resize(count);
        const std::int64_t* const first = taken.events.data() + from;
        std::transform(first, first + count, made.events.begin(),
                       [](std::int64_t event) { return 2 * event; });
        from += count;
        state.demand -= static_cast<std::int64_t>(count);
        self->send(state.consumer, std::move(made));
        const std::int64_t more = asks->take(static_cast<std::int64_t>(count));
        if (more == 0) continue;
        const bool is_last = from == taken.events.size();
        self->send(state.producer, ask_atom::value, more, is_last ? std::move(taken) : numbers{});
        if (is_last) break;
      }
    }
  };
  return {
      [=](link_atom) { self->send(self->state.producer, ask_atom::value, asks->most, numbers{}); },
      [=](ask_atom, std::int64_t asked, numbers& spent) {
        auto& state = self->state;
        if (!state.consumer) {
          state.consumer = caf::actor_cast<caf::actor>(self->current_sender());
        }
        state.demand += asked;
        if (spent.events.capacity() > 0) state.spare.push_back(std::move(spent));
        work();
      },
      [=](numbers& events) {
        self->state.received.push_back(std::move(events));
        work();
      }};
}

/// Adds up as many events as are wanted.
template <class Event>
caf::behavior adder(caf::event_based_actor* self, const caf::actor& producer,
                    const arguments wanted) {
  return consumer<Event>(
      self, {producer}, wanted,
      [wanted, left = wanted.events, sum = std::int64_t{0}, begun = bench_clock::time_point{}](
          const Event* first, std::size_t count) mutable {
        if (begun == bench_clock::time_point{}) begun = bench_clock::now();
        const auto used = std::min(static_cast<std::int64_t>(count), left);
        sum += sum_of(first, static_cast<std::size_t>(used));
        left -= used;
        if (left > 0) return true;
        report(wanted.events, begun);
        check_numbers(wanted, sum);
        return false;
      });
}

template <class Event>
void run(caf::actor_system& system, const arguments& wanted) {
  caf::actor last = system.spawn(counter<Event>, std::numeric_limits<std::int64_t>::max());
  std::vector<caf::actor> all{last};
  for (std::int64_t stage = 2; stage < wanted.stages; ++stage) {
    last = system.spawn(doubler, last, wanted);
    all.push_back(last);
  }
  all.push_back(system.spawn(adder<Event>, last, wanted));
  for (std::size_t index = 1; index < all.size(); ++index) {
    caf::anon_send(all[index], link_atom::value);
  }
  {
    caf::scoped_actor self{system};
    self->wait_for(all.back());
  }
  for (const auto& each : all) caf::anon_send_exit(each, caf::exit_reason::kill);
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  caf::actor_system_config options;
  caf::actor_system system{with_workers(options, wanted)};
  with_event_type(wanted, [&](auto event) { run<typename decltype(event)::type>(system, wanted); });
}
