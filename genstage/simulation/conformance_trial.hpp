#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <genstage/simulation/conformance_peers.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/stage/spawn.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

struct conformance_options {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 100;
  /// How many things are done to the stage for each seed.
  std::size_t steps = 40;
  /// How long, in virtual time, a callback may take, and a producer to fill what was asked for.
  duration patience = std::chrono::minutes{10};
  /// How often a callback of the stage throws instead of running: a probability. Twice at most for
  /// each seed; then another stage is made, as a supervisor does.
  double faults = 0.005;
};

namespace detail {

/// Where two runs of the same seed differ.
[[nodiscard]] std::optional<std::string> difference(const std::vector<std::string>& first,
                                                    const std::vector<std::string>& second);
/// Which rule the counts of a subscription break, if any.
[[nodiscard]] std::optional<std::string> broken_rule(const peer_account& seen, peer_role role);
/// Whether a stage ended because the trial killed it or threw in its stead.
[[nodiscard]] bool was_struck(const exit_reason& reason);

template <class S>
struct taken_by {
  using type = char;
};
template <receiving S>
struct taken_by<S> {
  using type = std::remove_const_t<typename S::input_event>;
};
template <class S>
struct emitted_by {
  using type = char;
};
template <emitting S>
struct emitted_by<S> {
  using type = typename S::output_event;
};

/// One stage among peers that behave as a seed says.
template <class S>
class conformance_trial {
 public:
  using in = typename taken_by<S>::type;
  using out = typename emitted_by<S>::type;
  using peer = conformance_peer<in, out>;
  using maker = std::function<std::unique_ptr<S>()>;

  conformance_trial(const maker& make, conformance_options options, std::uint64_t seed)
      : options_{options}, dice_{seed}, make_{make}, world_{seed} {
    if (options.faults > 0) {
      world_.inject(fault_rates{
          .callback = options.faults, .at_most = 2, .may_fail = [](std::string_view subject) {
            return subject == under_test;
          }});
    }
    make_anew();
    listener_ = *world_.home().spawn(
        std::make_unique<peer>(std::make_shared<accounts>(), &transcript_, &answers_));
    world_.settle();
  }

  /// The first breach, in words.
  std::optional<std::string> run() {
    for (std::size_t step = 0; step < options_.steps && !has_ended(); ++step) {
      act();
      if (dice_() % 3 != 0) world_.run_for(some_time());
      if (auto found = check()) return after_last(*found);
    }
    if (auto found = rest()) return after_last(*found);
    return std::nullopt;
  }
  [[nodiscard]] const std::vector<std::string>& transcript() const noexcept { return transcript_; }

  /// A consumer that asks for these amounts, one after the other, gets so many events.
  std::uint64_t delivered_for(const std::vector<std::uint64_t>& asks) {
    peer_account& one = add_consumer(nullptr);
    for (const std::uint64_t count : asks) {
      ask(one, one.tag, demand{count});
      world_.settle();
    }
    world_.run_for(options_.patience);
    return one.delivered.count();
  }

 private:
  using accounts = std::vector<peer_account*>;
  static constexpr const char* under_test = "the stage";

  void make_anew() {
    stage_ = *world_.home().spawn(make_stage<S>(make_, {}), {.name = under_test});
    end_.emplace(world_.home().down(stage_));
    ended_with_.reset();
  }
  /// A stage that a fault has ended is made anew. Its subscriptions have ended with it.
  void replace_if_struck() {
    if (!has_ended() || !was_struck(*ended_with_)) return;
    for (peer_account& each : consumers_) each.has_left = true;
    for (peer_account& each : producers_) each.has_left = true;
    make_anew();
    world_.settle();
  }

  [[nodiscard]] bool has_ended() {
    if (end_->is_done() && !ended_with_) ended_with_ = *end_->await_resume();
    return ended_with_.has_value();
  }
  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return dice_() % limit; }
  [[nodiscard]] duration some_time() {
    return below(4) == 0 ? std::chrono::seconds{below(100)} : std::chrono::milliseconds{below(100)};
  }
  std::optional<std::string> after_last(const std::string& found) const {
    return "after \"" + last_ + "\": " + found;
  }

  /// Does one thing to the stage.
  void act() {
    if (below(60) == 0) {
      last_ = "the stage is killed";
      world_.home().exit(stage_, exit_reason::kill());
      return;
    }
    const bool as_consumer = !receiving<S> || (emitting<S> && below(2) == 0);
    if constexpr (emitting<S>) {
      if (as_consumer) return act_as_consumer();
    }
    if constexpr (receiving<S>) {
      if (!as_consumer) return act_as_producer();
    }
  }

  void act_as_consumer() {
    peer_account* const one = pick(consumers_);
    const std::uint64_t chosen = one == nullptr ? 0 : below(10);
    if (chosen <= 1) {
      add_consumer(below(3) == 0 ? one : nullptr);
    } else if (chosen <= 5) {
      ask(*one, one->tag, some_demand());
    } else if (chosen == 6) {
      leave(*one, message_kind::cancel, "a consumer cancels");
      if (below(2) == 0) send_ask(one->peer.id(), one->tag, some_demand());
    } else if (chosen == 7) {
      kill(*one, "a consumer dies");
    } else if (chosen == 8) {
      storm_of_cancels();
    } else {
      last_ = "a subscription is repeated";
      send_subscribe(*one);
    }
  }

  [[nodiscard]] demand some_demand() {
    switch (below(6)) {
      case 0:
        return demand{1 + below(2000)};
      case 1:
        return demand{below(2)};
      default:
        return demand{1 + below(20)};
    }
  }
  /// Many join, ask and leave before the stage gets to see any of it; those that were there leave,
  /// too, and say so twice.
  void storm_of_cancels() {
    for (std::uint64_t left = below(8); left > 0; --left) {
      peer_account& fresh = add_consumer(nullptr);
      for (std::uint64_t asks = below(4); asks > 0; --asks) ask(fresh, fresh.tag, some_demand());
    }
    for (peer_account& each : consumers_) leave(each, message_kind::cancel, "all cancel twice");
    for (peer_account& each : consumers_) leave(each, message_kind::cancel, "all cancel twice");
    if (below(2) == 0) {
      for (peer_account& each : consumers_) kill(each, "all cancel and die");
    }
  }

  void act_as_producer() {
    peer_account* const one = pick(producers_);
    const std::uint64_t chosen = one == nullptr ? 0 : below(10);
    if (chosen <= 1) {
      add_producer(below(3) == 0 ? one : nullptr);
    } else if (chosen <= 5) {
      const std::uint64_t wanted = one->outstanding().count();
      if (wanted > 0) deliver(*one, 1 + below(wanted), "events are delivered");
    } else if (chosen == 6) {
      one->is_in_excess = true;
      deliver(*one, one->outstanding().count() + 1 + below(20), "too many events are delivered");
    } else if (chosen == 7) {
      leave(*one, message_kind::cancelled, "a producer cancels");
    } else if (chosen == 8) {
      kill(*one, "a producer dies");
    } else {
      for (peer_account& each : producers_) leave(each, message_kind::cancelled, "all cancel");
    }
  }

  /// Any that is subscribed, or null.
  peer_account* pick(std::deque<peer_account>& from) {
    std::vector<peer_account*> open;
    for (peer_account& each : from) {
      const bool is_known = each.tag != unique_id::none;
      if (is_known && each.is_alive && !each.has_left && each.ends == 0) open.push_back(&each);
    }
    return open.empty() ? nullptr : open[below(open.size())];
  }

  /// If `same` is given, by one more subscription of that peer.
  peer_account& add_consumer(const peer_account* same) {
    last_ = same != nullptr ? "a consumer joins once more" : "a consumer joins";
    peer_account& added = consumers_.emplace_back();
    added.tag = world_.home().mint();
    start(added, same);
    send_subscribe(added);
    return added;
  }
  /// Stages with partitions refuse those that name none, or one that they do not have.
  void send_subscribe(const peer_account& from) {
    subscription_options chosen;
    if (below(8) != 0) chosen.partition = below(4) == 0 ? below(5) : below(2);
    stage_.send(std::make_unique<subscribe_message>(subscription{from.tag, from.peer},
                                                    event_type::of<out>(), std::move(chosen),
                                                    "a peer of the trial"));
  }

  void add_producer(const peer_account* same) {
    last_ =
        same != nullptr ? "a producer is subscribed to once more" : "a producer is subscribed to";
    peer_account& added = producers_.emplace_back();
    const std::uint64_t most = 1 + below(30);
    const std::uint64_t least = below(most);
    added.limit = demand{most};
    added.refill = demand{least};
    start(added, same);
    auto [far, near] = make_operation<unique_id>();
    subscription_options options{.max_demand = static_cast<std::int64_t>(most),
                                 .min_demand = static_cast<std::int64_t>(least),
                                 .cancel = cancel_mode::temporary};
    stage_.send(std::make_unique<subscription_request>(
        subscription_plan{{}, added.peer, std::move(options)}, std::move(far)));
    requests_.push_back(std::move(near));
  }

  void start(peer_account& added, const peer_account* same) {
    if (same != nullptr) {
      added.of_peer = same->of_peer;
      added.peer = same->peer;
    } else {
      added.of_peer = std::make_shared<accounts>();
      added.peer =
          *world_.home().spawn(std::make_unique<peer>(added.of_peer, &transcript_, &answers_));
    }
    added.of_peer->push_back(&added);
  }

  void ask(peer_account& from, unique_id tag, demand count) {
    last_ = "ask for " + std::to_string(count.count());
    from.asked += count;
    send_ask(from.peer.id(), tag, count);
  }
  void send_ask(pid from, unique_id tag, demand count) {
    auto asked = std::make_unique<batch_message<out>>(message_kind::ask, tag, from);
    asked->asked = count;
    stage_.send(std::move(asked));
  }

  void deliver(peer_account& from, std::uint64_t count, const char* how) {
    last_ = how;
    from.delivered += demand{count};
    send_events(from.peer.id(), from.tag, count);
  }
  void send_events(pid from, unique_id tag, std::uint64_t count) {
    auto sent = std::make_unique<batch_message<in>>(message_kind::events, tag, from);
    for (; count > 0; --count) sent->events.emplace(sample_event<in>::make(next_event_++));
    stage_.send(std::move(sent));
  }

  void leave(peer_account& one, message_kind direction, const char* how) {
    last_ = how;
    if (!one.is_alive) return;
    one.has_left = true;
    stage_.send(std::make_unique<cancel_message>(direction, one.tag, some_reason()));
  }
  [[nodiscard]] exit_reason some_reason() {
    switch (below(4)) {
      case 0:
        return exit_reason::shutdown();
      case 1:
        return exit_reason::user("a peer is fed up");
      default:
        return exit_reason::normal();
    }
  }
  void kill(peer_account& one, const char* how) {
    last_ = how;
    for (peer_account* const each : *one.of_peer) each->is_alive = false;
    world_.home().exit(one.peer, exit_reason::kill());
  }

  /// What must hold at every moment.
  std::optional<std::string> check() {
    replace_if_struck();
    if (has_ended()) {
      if (ended_with_->is_orderly()) return std::nullopt;
      return "it ended with " + to_string(*ended_with_) + ", and must outlive what its peers do";
    }
    for (const peer_account& each : consumers_) {
      if (auto found = broken_rule(each, peer_role::consumer)) return found;
    }
    for (const peer_account& each : producers_) {
      if (auto found = broken_rule(each, peer_role::producer)) return found;
    }
    return std::nullopt;
  }

  /// What must hold once everything has had its time: it answers, and asks for more.
  std::optional<std::string> rest() {
    if constexpr (emitting<S> && receiving<S>) {
      if (!has_ended()) {
        peer_account& hungry = add_consumer(nullptr);
        ask(hungry, hungry.tag, demand{1'000'000});
      }
    }
    world_.run_for(options_.patience);
    if (auto found = check()) return found;
    if (has_ended()) return std::nullopt;
    const std::size_t answers = answers_;
    if constexpr (emitting<S>) {
      send_ask(listener_.id(), world_.home().mint(), demand{1});
    } else {
      send_events(listener_.id(), world_.home().mint(), 1);
    }
    world_.settle();
    // A fault may take its answer along.
    if (has_ended() && was_struck(*ended_with_)) return std::nullopt;
    if (answers_ == answers) {
      return "it does not answer any more: a callback waits for something that never comes";
    }
    if constexpr (receiving<S>) {
      for (const peer_account& each : producers_) {
        const bool is_automatic = each.first_ask == each.limit && !each.is_in_excess;
        if (!is_automatic || !each.is_alive || each.has_left || each.ends > 0) continue;
        if (each.outstanding() <= each.refill) {
          return "it has handled what it had and does not ask for more (G-122)";
        }
      }
    }
    return std::nullopt;
  }

  conformance_options options_;
  std::mt19937_64 dice_;
  maker make_;
  // Before all that refers to its processes.
  simulation world_;
  std::vector<std::string> transcript_;
  std::size_t answers_ = 0;
  std::deque<peer_account> consumers_;
  std::deque<peer_account> producers_;
  std::string last_ = "start";
  std::uint64_t next_event_ = 0;
  process_ref stage_;
  process_ref listener_;
  std::optional<operation<exit_reason>> end_;
  std::optional<exit_reason> ended_with_;
  std::vector<operation<unique_id>> requests_;
};

}  // namespace detail

}  // namespace genstage::inline v0
