// The pipelines of pipelines.cpp with actors of the C++ Actor Framework, 0.17: the demand protocol
// by hand. A consumer asks for max_demand, and again for half of it when half is left; what it asks
// with is the spent batch's storage.
#include <algorithm>
#include <caf/all.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "../pipelines/arguments.hpp"

namespace {

using batch = std::vector<std::int64_t>;
using ask_atom = caf::atom_constant<caf::atom("ask")>;
using link_atom = caf::atom_constant<caf::atom("link")>;

/// What a consumer has asked for and not been sent.
struct ledger {
  std::int64_t most;
  std::int64_t left;

  explicit ledger(const arguments& wanted) : most{wanted.max}, left{wanted.max} {}
  /// How much to ask for after a batch; 0 for nothing yet.
  std::int64_t take(std::int64_t count) {
    left -= count;
    if (left > most / 2) return 0;
    return most - std::exchange(left, most);
  }
};

caf::behavior counter(caf::event_based_actor* self) {
  return {[self, next = std::int64_t{0}](ask_atom, std::int64_t asked, batch& spent) mutable {
    batch events = std::move(spent);
    events.resize(static_cast<std::size_t>(asked));
    for (std::int64_t& event : events) event = next++;
    self->send(caf::actor_cast<caf::actor>(self->current_sender()), std::move(events));
  }};
}

struct doubler_state {
  caf::actor producer;
  caf::actor consumer;
  std::int64_t demand = 0;
  std::deque<batch> received;
  std::vector<batch> spare;
};

caf::behavior doubler(caf::stateful_actor<doubler_state>* self, caf::actor producer,
                      const arguments wanted) {
  self->state.producer = std::move(producer);
  auto asks = std::make_shared<ledger>(wanted);
  const std::int64_t limit = wanted.batch();
  auto work = [self, asks, limit] {
    auto& state = self->state;
    while (state.demand > 0 && !state.received.empty()) {
      batch taken = std::move(state.received.front());
      state.received.pop_front();
      for (std::size_t from = 0; from < taken.size();) {
        const std::size_t count =
            std::min<std::size_t>(taken.size() - from, static_cast<std::size_t>(limit));
        batch made;
        if (!state.spare.empty()) {
          made = std::move(state.spare.back());
          state.spare.pop_back();
        }
        made.resize(count);
        std::transform(taken.begin() + from, taken.begin() + from + count, made.begin(),
                       [](std::int64_t event) { return 2 * event; });
        from += count;
        state.demand -= static_cast<std::int64_t>(count);
        self->send(state.consumer, std::move(made));
        const std::int64_t more = asks->take(static_cast<std::int64_t>(count));
        if (more == 0) continue;
        const bool is_last = from == taken.size();
        self->send(state.producer, ask_atom::value, more, is_last ? std::move(taken) : batch{});
        if (is_last) break;
      }
    }
  };
  return {
      [=](link_atom) { self->send(self->state.producer, ask_atom::value, asks->most, batch{}); },
      [=](ask_atom, std::int64_t asked, batch& spent) {
        auto& state = self->state;
        if (!state.consumer) {
          state.consumer = caf::actor_cast<caf::actor>(self->current_sender());
        }
        state.demand += asked;
        if (spent.capacity() > 0) state.spare.push_back(std::move(spent));
        work();
      },
      [=](batch& events) {
        self->state.received.push_back(std::move(events));
        work();
      }};
}

caf::behavior adder(caf::event_based_actor* self, const caf::actor& producer,
                    const arguments wanted) {
  struct {
    ledger asks;
    std::int64_t left;
    std::int64_t sum = 0;
    bench_clock::time_point begun{};
  } state{ledger{wanted}, wanted.events};
  const std::int64_t limit = wanted.batch();
  return {[=](link_atom) mutable { self->send(producer, ask_atom::value, wanted.max, batch{}); },
          [=](batch& events) mutable {
            if (state.begun == bench_clock::time_point{}) state.begun = bench_clock::now();
            for (std::size_t from = 0; from < events.size();) {
              const std::size_t count =
                  std::min<std::size_t>(events.size() - from, static_cast<std::size_t>(limit));
              const auto used =
                  std::min<std::int64_t>(static_cast<std::int64_t>(count), state.left);
              std::int64_t sum = 0;
              for (std::int64_t index = 0; index < used; ++index) {
                sum += events[from + static_cast<std::size_t>(index)];
              }
              state.sum += sum;
              state.left -= used;
              if (state.left == 0) {
                report(wanted.events, state.begun);
                check_sum(wanted.events, wanted.stages - 2, state.sum);
                caf::anon_send_exit(producer, caf::exit_reason::user_shutdown);
                self->quit();
                return;
              }
              from += count;
              const std::int64_t more = state.asks.take(static_cast<std::int64_t>(count));
              if (more == 0) continue;
              const bool is_last = from == events.size();
              self->send(producer, ask_atom::value, more, is_last ? std::move(events) : batch{});
              if (is_last) return;
            }
          }};
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  caf::actor_system_config options;
  options.set("scheduler.max-threads", static_cast<std::size_t>(wanted.workers));
  caf::actor_system system{options};
  caf::actor last = system.spawn(counter);
  std::vector<caf::actor> all{last};
  for (std::int64_t stage = 2; stage < wanted.stages; ++stage) {
    last = system.spawn(doubler, last, wanted);
    all.push_back(last);
  }
  const caf::actor consumer = system.spawn(adder, last, wanted);
  for (std::size_t index = 1; index < all.size(); ++index) {
    caf::anon_send(all[index], link_atom::value);
  }
  caf::anon_send(consumer, link_atom::value);
  {
    caf::scoped_actor self{system};
    self->wait_for(consumer);
  }
  for (const auto& each : all) caf::anon_send_exit(each, caf::exit_reason::kill);
}
