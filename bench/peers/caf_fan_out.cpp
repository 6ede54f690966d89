// The fan-outs of fan_out.cpp with actors of the C++ Actor Framework, 0.17, the demand protocol by
// hand. A broadcast sends one message, which all consumers share.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "caf_demand.hpp"

namespace {

using numbers = std::vector<std::int64_t>;

constexpr std::size_t consumer_count = 4;

struct counter_state {
  std::int64_t next = 0;
  std::vector<caf::actor> consumers{consumer_count};
  std::vector<std::int64_t> wanted = std::vector<std::int64_t>(consumer_count);
  std::vector<numbers> queues{consumer_count};
  std::vector<numbers> spare;

  numbers empty() {
    if (spare.empty()) return {};
    numbers taken = std::move(spare.back());
    spare.pop_back();
    taken.clear();
    return taken;
  }
};

using counter_actor = caf::stateful_actor<counter_state>;

numbers made(counter_state& state, std::int64_t count, std::int64_t events) {
  numbers filled = state.empty();
  refill(filled, std::min(count, events - state.next), state.next);
  return filled;
}

void broadcast(counter_actor* self, std::int64_t events) {
  counter_state& state = self->state;
  const std::int64_t count = *std::min_element(state.wanted.begin(), state.wanted.end());
  if (count == 0 || state.next == events) return;
  const caf::message shared = caf::make_message(made(state, count, events));
  for (std::size_t index = 0; index < consumer_count; ++index) {
    state.wanted[index] -= count;
    self->send(state.consumers[index], shared);
  }
}

void partition(counter_actor* self, std::int64_t asked, std::int64_t events) {
  counter_state& state = self->state;
  for (std::int64_t left = asked; left > 0 && state.next < events; --left, ++state.next) {
    state.queues[static_cast<std::size_t>(state.next) % consumer_count].push_back(state.next);
  }
  for (std::size_t index = 0; index < consumer_count; ++index) {
    numbers& queue = state.queues[index];
    const auto count = std::min(state.wanted[index], static_cast<std::int64_t>(queue.size()));
    if (count == 0) continue;
    state.wanted[index] -= count;
    numbers sent = std::exchange(queue, state.empty());
    queue.assign(sent.begin() + count, sent.end());
    sent.resize(static_cast<std::size_t>(count));
    self->send(state.consumers[index], std::move(sent));
  }
}

caf::behavior spreader(counter_actor* self, const arguments wanted) {
  return {[=](ask_atom, std::size_t index, std::int64_t asked, numbers& spent) {
    counter_state& state = self->state;
    state.consumers[index] = caf::actor_cast<caf::actor>(self->current_sender());
    state.wanted[index] += asked;
    if (spent.capacity() > 0) state.spare.push_back(std::move(spent));
    if (wanted.how == "broadcast") {
      broadcast(self, wanted.events);
    } else if (wanted.how == "partition") {
      partition(self, asked, wanted.events);
    } else if (state.next < wanted.events) {
      self->send(state.consumers[index], made(state, asked, wanted.events));
    }
  }};
}

struct progress {
  std::atomic<std::int64_t> left{0};
  std::atomic<std::int64_t> sum{0};
};

caf::behavior adder(caf::event_based_actor* self, const caf::actor& producer, std::size_t index,
                    const arguments wanted, progress* all, const caf::actor& told) {
  const bool owns = wanted.how != "broadcast";
  auto handle = [=, left = wanted.max](const numbers& events, numbers spent) mutable {
    all->sum.fetch_add(sum_of(events.data(), events.size()), std::memory_order_relaxed);
    const auto count = static_cast<std::int64_t>(events.size());
    left -= count;
    if (left <= wanted.max / 2) {
      const std::int64_t asked = wanted.max - std::exchange(left, wanted.max);
      if (owns) spent = std::move(const_cast<numbers&>(events));
      self->send(producer, ask_atom::value, index, asked, std::move(spent));
    }
    if (all->left.fetch_sub(count) == count) self->send(told, done_atom::value);
  };
  auto start = [=](link_atom) {
    self->send(producer, ask_atom::value, index, wanted.max, numbers{});
  };
  if (owns) return {start, [=](numbers& events) mutable { handle(events, numbers{}); }};
  return {start, [=](const numbers& events) mutable { handle(events, numbers{}); }};
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  caf::actor_system_config options;
  caf::actor_system system{with_workers(options, wanted)};
  const std::int64_t delivered =
      wanted.events * (wanted.how == "broadcast" ? std::int64_t{consumer_count} : 1);
  progress all;
  all.left = delivered;
  caf::scoped_actor self{system};
  const caf::actor producer = system.spawn(spreader, wanted);
  std::vector<caf::actor> consumers;
  for (std::size_t index = 0; index < consumer_count; ++index) {
    consumers.push_back(
        system.spawn(adder, producer, index, wanted, &all, caf::actor_cast<caf::actor>(self)));
  }
  const auto begun = bench_clock::now();
  for (const auto& each : consumers) caf::anon_send(each, link_atom::value);
  self->receive([](done_atom) {});
  report(delivered, begun);
  for (const auto& each : consumers) caf::anon_send_exit(each, caf::exit_reason::kill);
  caf::anon_send_exit(producer, caf::exit_reason::kill);
}
