#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <genstage/dispatch/broadcast_dispatcher.hpp>
#include <genstage/process/simulated.hpp>
#include <genstage/simulation/exploration.hpp>
#include <genstage/stage/spawn.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

// Two producers, two consumers, three events: every order of what they say to each other, and the
// death of each of them at each moment; and the same with a consumer that leaves. In every state
// that can be reached the conservation law (G10) is looked at from outside; the stages look at
// their own part of it after every message.
namespace genstage {
namespace {

constexpr int events_of_one = 10;

/// What happened to the events of one subscription.
struct account {
  std::uint64_t asked = 0;
  std::uint64_t sent = 0;
  std::vector<int> handled{};
  std::uint64_t lost = 0;
};
struct books {
  std::map<pid, std::size_t> producers{};
  account accounts[2][2];  ///< By producer and consumer.
  std::uint64_t made[2] = {0, 0};
  std::map<unique_id, account*> subscriptions{};
};

/// Makes a few events, each once.
template <class Dispatcher>
class few final : public producer<int> {
 public:
  few(books* kept, Dispatcher by, std::size_t index, int count)
      : books_{kept},
        by_{std::move(by)},
        index_{index},
        next_{events_of_one * static_cast<int>(index)},
        end_{next_ + count} {}

  Dispatcher dispatcher() const { return by_; }
  void handle_demand(demand asked, output<int>& out) override {
    for (auto left = static_cast<std::int64_t>(asked); left > 0 && next_ < end_; --left) {
      out.emit(next_++);
      ++books_->made[index_];
    }
  }
  std::string describe_state() const { return std::to_string(next_); }

 private:
  books* books_;
  Dispatcher by_;
  std::size_t index_;
  int next_;
  int end_;
};

enum class visit : std::uint8_t { stays, leaves_with_the_first_event };

class collector final : public consumer<int> {
 public:
  collector(books* kept, std::size_t index, visit how) : books_{kept}, index_{index}, how_{how} {}

  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options&) override {
    const std::size_t producer = books_->producers.at(from.peer.id());
    books_->subscriptions[from.tag] = &books_->accounts[producer][index_];
    return subscription_mode::automatic;
  }
  void handle_events(std::span<int> events) override {
    for (const int each : events) {
      books_->accounts[each / events_of_one][index_].handled.push_back(each);
    }
    if (std::exchange(how_, visit::stays) == visit::stays) return;
    const subscription& from = events_from();
    from.peer.send(
        std::make_unique<cancel_message>(message_kind::cancel, from.tag, exit_reason::normal()));
  }
  std::string describe_state() const { return how_ == visit::stays ? "stays" : "will leave"; }

 private:
  books* books_;
  std::size_t index_;
  visit how_;
};

int by_parity(const int& event) {
  return event % 2;
}

struct shape {
  int producers;
  std::size_t kills;
  visit first_consumer = visit::stays;
};

/// The largest takes some seconds, so it is left to builds that are not ten times slower.
std::vector<shape> shapes() {
#ifdef GENSTAGE_SANITIZED
  return {{1, 1}, {1, 1, visit::leaves_with_the_first_event}};
#else
  return {{1, 1}, {1, 1, visit::leaves_with_the_first_event}, {2, 0}, {2, 1}};
#endif
}

template <class Dispatcher>
class stages final : public explored_program {
 public:
  stages(const shape& of, const Dispatcher& by, std::set<std::string>* ends) : ends_{ends} {
    for (std::size_t index = 0; index < 2; ++index) {
      const visit how = index == 0 ? of.first_consumer : visit::stays;
      consumers_.push_back(spawn<collector>(world_.home(), {}, &books_, index, how)->process());
    }
    for (int index = 0; index < of.producers; ++index) {
      add_producer(index, of.producers == 1 ? 3 : 2 - index, by);
    }
  }

  simulation& world() override { return world_; }
  std::optional<std::string> broken(bool is_at_rest) override {
    if (is_at_rest) ends_->insert(state());
    read_records();
    for (std::size_t from = 0; from < producers_.size(); ++from) {
      for (std::size_t to = 0; to < consumers_.size(); ++to) {
        if (auto found = broken_law(from, to, is_at_rest)) return found;
      }
    }
    return std::nullopt;
  }
  std::string state() const override {
    std::string all;
    for (const auto& row : books_.accounts) {
      for (const account& each : row) {
        for (const int event : each.handled) all += std::to_string(event) + ' ';
        all += "lost " + std::to_string(each.lost) + ' ';
      }
    }
    return all;
  }

 private:
  void add_producer(int index, int count, const Dispatcher& by) {
    const auto from = *spawn<few<Dispatcher>>(world_.home(), {}, &books_, by,
                                              static_cast<std::size_t>(index), count);
    producers_.push_back(from.process());
    books_.producers[from.process().id()] = static_cast<std::size_t>(index);
    for (std::size_t to = 0; to < consumers_.size(); ++to) {
      (void)subscribe(ref<collector>{consumers_[to]}, from,
                      {.max_demand = 2, .cancel = cancel_mode::temporary, .partition = to});
    }
  }

  void read_records() {
    for (auto& [tag, each] : books_.subscriptions) each->asked = each->sent = each->lost = 0;
    for (const record& each : records_.read()) {
      const auto found = books_.subscriptions.find(unique_id{each.subscription});
      if (found == books_.subscriptions.end()) continue;
      if (each.kind == record_kind::ask) found->second->asked += each.count;
      if (each.kind == record_kind::delivery) found->second->sent += each.count;
      if (each.kind == record_kind::lost) found->second->lost += each.count;
    }
  }

  std::optional<std::string> broken_law(std::size_t from, std::size_t to, bool is_at_rest) {
    const account& of = books_.accounts[from][to];
    const std::vector<int>& handled = of.handled;
    if (std::ranges::adjacent_find(handled, std::ranges::greater_equal{}) != handled.end()) {
      return "an event came twice or out of order";
    }
    if (of.sent > of.asked) return "more was sent than asked for";
    const bool lives = static_cast<bool>(world_.home().find(consumers_[to].id()));
    const bool is_told = is_at_rest && world_.home().find(producers_[from].id());
    const std::uint64_t known = handled.size() + of.lost + in_flight(from, to);
    if ((lives || is_told) ? of.sent == known : of.sent >= known) return std::nullopt;
    return std::to_string(of.sent) + " sent, " + std::to_string(handled.size()) + " handled, " +
           std::to_string(of.lost) + " lost, " + std::to_string(in_flight(from, to)) + " in flight";
  }

  /// What waits in the consumer's mailbox.
  std::uint64_t in_flight(std::size_t from, std::size_t to) {
    const process_ref receiver = world_.home().find(consumers_[to].id());
    std::uint64_t count = 0;
    if (!receiver) return count;
    for (const message* each : simulated::waiting(*receiver.cell())) {
      if (each->kind != message_kind::events) continue;
      const auto& sent = static_cast<const batch_message<int>&>(*each);
      if (sent.from == producers_[from].id()) count += sent.readable().size();
    }
    return count;
  }

  std::set<std::string>* ends_;
  books books_;
  recorder records_{256};
  simulation world_{1, {.log = silent_log(), .records = &records_}};
  std::vector<process_ref> consumers_;
  std::vector<process_ref> producers_;
};

using endings = std::set<std::string>;

template <class Dispatcher>
exploration explore_stages(const shape& of, const Dispatcher& by, endings& seen,
                           state_identity identity = state_identity::description) {
  return explore([&] { return std::make_unique<stages<Dispatcher>>(of, by, &seen); },
                 {.kills = of.kills, .identity = identity});
}

template <class Dispatcher>
void expect_conservation(const char* name, const Dispatcher& by) {
  for (const shape& of : shapes()) {
    endings ends;

    const exploration seen = explore_stages(of, by, ends);

    const bool leaves = of.first_consumer == visit::leaves_with_the_first_event;
    std::printf("%s, %d x 2 stages%s, 3 events, %zu crashes: %s\n", name, of.producers,
                leaves ? ", one leaves" : "", of.kills, to_string(seen).c_str());
    EXPECT_FALSE(seen.broken);
    EXPECT_TRUE(seen.is_complete);
  }
}

TEST(explored_stages_sim_test, a_demand_dispatcher_conserves_events_in_every_state) {
  expect_conservation("demand", demand_dispatcher{});
}

TEST(explored_stages_sim_test, a_broadcast_dispatcher_conserves_events_in_every_state) {
  expect_conservation("broadcast", broadcast_dispatcher{});
}

TEST(explored_stages_sim_test, a_partition_dispatcher_conserves_events_in_every_state) {
  expect_conservation("partition", partition_dispatcher{{.partitions = 2}, &by_parity});
}

TEST(explored_stages_sim_test, stages_told_apart_by_what_they_say_reach_the_same_ends) {
  endings by_history;
  endings by_description;

  const exploration all =
      explore_stages({1, 1}, demand_dispatcher{}, by_history, state_identity::history);
  const exploration some = explore_stages({1, 1}, demand_dispatcher{}, by_description);

  EXPECT_EQ(by_history, by_description);
  EXPECT_LT(some.states, all.states);
}

}  // namespace
}  // namespace genstage
