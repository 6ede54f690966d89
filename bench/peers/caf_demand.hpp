#pragma once

#include <algorithm>
#include <caf/all.hpp>
#include <cstdint>
#include <cstdlib>
#include <type_traits>
#include <utility>
#include <vector>

#include "../pipelines/arguments.hpp"
#include "../pipelines/events.hpp"

// The demand protocol by hand, with actors of the C++ Actor Framework, 0.17. A consumer asks for
// max_demand, and again for half of it when half is left; what it asks with is the spent batch's
// storage.

using ask_atom = caf::atom_constant<caf::atom("ask")>;
using link_atom = caf::atom_constant<caf::atom("link")>;
using done_atom = caf::atom_constant<caf::atom("done")>;

/// CAF wants messages that can be copied; one that a single actor has is never copied.
template <class Event>
struct batch {
  std::vector<Event> events;

  batch() = default;
  batch(batch&&) = default;
  batch& operator=(batch&&) = default;
  batch(const batch& other) {
    if constexpr (std::is_copy_constructible<Event>::value) {
      events = other.events;
    } else {
      std::abort();
    }
  }
};

namespace caf {
template <class Event>
struct allowed_unsafe_message_type<batch<Event>> : std::true_type {};
}  // namespace caf

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

/// Makes so many events, as they are asked for.
template <class Event>
caf::behavior counter(caf::event_based_actor* self, std::int64_t events) {
  return {[self, events, next = std::int64_t{0}](ask_atom, std::int64_t asked,
                                                 batch<Event>& spent) mutable {
    batch<Event> made = std::move(spent);
    refill(made.events, std::min(asked, events - next), next);
    if (made.events.empty()) return;
    self->send(caf::actor_cast<caf::actor>(self->current_sender()), std::move(made));
  }};
}

/// Asks `producers` when it is linked. `handle` gets what comes, the first event and the number of
/// them, and says whether it wants more; else the actor ends.
template <class Event, class Handle>
caf::behavior consumer(caf::event_based_actor* self, const std::vector<caf::actor>& producers,
                       const arguments& wanted, Handle handle) {
  std::vector<std::pair<caf::actor, ledger>> asks;
  for (const auto& each : producers) asks.emplace_back(each, ledger{wanted});
  const auto limit = static_cast<std::size_t>(wanted.batch());
  return {[self, producers, most = wanted.max](link_atom) {
            for (const auto& each : producers) {
              self->send(each, ask_atom::value, most, batch<Event>{});
            }
          },
          [self, asks, limit, handle](batch<Event>& received) mutable {
            auto& events = received.events;
            auto from = asks.begin();
            while (from->first != self->current_sender()) ++from;
            for (std::size_t first = 0; first < events.size();) {
              const std::size_t count = std::min(events.size() - first, limit);
              if (!handle(events.data() + first, count)) return self->quit();
              first += count;
              const std::int64_t more = from->second.take(static_cast<std::int64_t>(count));
              if (more == 0) continue;
              const bool is_last = first == events.size();
              self->send(from->first, ask_atom::value, more,
                         is_last ? std::move(received) : batch<Event>{});
              if (is_last) return;
            }
          }};
}

inline caf::actor_system_config& with_workers(caf::actor_system_config& options,
                                              const arguments& wanted) {
  options.set("scheduler.max-threads", static_cast<std::size_t>(wanted.workers));
  return options;
}
