#pragma once

#include <cstdint>
#include <genstage/simulation/simulation.hpp>
#include <genstage/stage/spawn.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// What the tests of whole conversations share: stages that write down what happens to them, a peer
/// that speaks the protocol by hand, and a world to put them in.
namespace genstage::conversation {

using journal = std::vector<std::string>;
using numbers = std::vector<std::int64_t>;

inline std::string described(std::span<const std::int64_t> events) {
  if (events.empty()) return "nothing";
  return std::to_string(events.front()) + ".." + std::to_string(events.back()) + " (" +
         std::to_string(events.size()) + ")";
}

inline std::string described(const cancellation& ended) {
  const std::string peer = ended.role == peer_role::producer ? "producer" : "consumer";
  const std::string cause = ended.cause == cancel_cause::cancel ? "cancel" : "down";
  return peer + " gone: " + cause + " " + to_string(ended.reason);
}

inline std::string joined(peer_role role) {
  return role == peer_role::producer ? "joins producer" : "joined by consumer";
}

/// first, first + 1 and so on.
inline numbers sequence(std::int64_t first, std::int64_t count) {
  numbers all;
  for (std::int64_t event = first; event < first + count; ++event) all.push_back(event);
  return all;
}

struct emit {
  numbers events;
};
struct emit_and_confirm {
  numbers events;
};
struct leave {
  exit_reason reason;
};
struct ask_for {
  std::int64_t count;
};

/// A producer that emits only what it is told to, whatever is asked.
class source final : public producer<std::int64_t> {
 public:
  explicit source(journal* seen, buffer_options kept = {.size = 10'000},
                  subscription_mode answer = subscription_mode::automatic)
      : seen_{seen}, kept_{kept}, answer_{answer} {}

  void handle_demand(demand asked, output<std::int64_t>&) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
  }
  subscription_mode handle_subscribe(peer_role role, const subscription&,
                                     const subscription_options&) override {
    seen_->push_back(joined(role));
    return answer_;
  }
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  std::size_t handle_call(emit_and_confirm told, output<std::int64_t>& out) {
    out.append(told.events);
    return told.events.size();
  }
  void handle_cast(leave told) { stop(told.reason); }
  void terminate(const exit_reason& reason) override {
    seen_->push_back("terminate " + to_string(reason));
  }
  buffer_options buffer() const override { return kept_; }

 private:
  journal* seen_;
  buffer_options kept_;
  subscription_mode answer_;
};

/// A producer that answers each demand in full, with consecutive numbers.
class counter final : public producer<std::int64_t> {
 public:
  explicit counter(journal* seen = nullptr, std::int64_t end = INT64_MAX)
      : seen_{seen}, end_{end} {}

  void handle_demand(demand asked, output<std::int64_t>& out) override {
    if (seen_ != nullptr) seen_->push_back("demand " + std::to_string(asked.count()));
    for (auto left = static_cast<std::int64_t>(asked); left > 0 && next_ < end_; --left) {
      out.emit(next_++);
    }
  }
  void handle_cast(leave told) { stop(told.reason); }

 private:
  journal* seen_;
  std::int64_t end_;
  std::int64_t next_ = 0;
};

struct sink_rules {
  subscription_mode mode = subscription_mode::automatic;
  std::optional<exit_reason> stop_when_joining{};
  std::optional<exit_reason> stop_when_cancelled{};
  /// The number of the handle_events call that stops; from 1.
  std::size_t stop_at_call = 0;
  /// For manual subscriptions: asked for while joining.
  std::int64_t first_ask = 0;
};

/// A consumer that writes down each callback.
class sink final : public consumer<std::int64_t> {
 public:
  explicit sink(journal* seen, sink_rules rules = {}, numbers* got = nullptr)
      : seen_{seen}, rules_{std::move(rules)}, got_{got} {}

  void handle_events(std::span<std::int64_t> events) override {
    seen_->push_back(described(events));
    if (got_ != nullptr) got_->insert(got_->end(), events.begin(), events.end());
    if (++calls_ == rules_.stop_at_call) stop(exit_reason::user("enough"));
  }
  subscription_mode handle_subscribe(peer_role role, const subscription& from,
                                     const subscription_options&) override {
    seen_->push_back(joined(role));
    from_ = from;
    if (rules_.first_ask > 0) ask(from, demand{rules_.first_ask});
    if (rules_.stop_when_joining) stop(*rules_.stop_when_joining);
    return rules_.mode;
  }
  void handle_cancel(const cancellation& ended) override {
    seen_->push_back(described(ended));
    if (rules_.stop_when_cancelled) stop(*rules_.stop_when_cancelled);
  }
  void handle_cast(ask_for told) { ask(from_, demand{told.count}); }
  void handle_cast(leave told) { stop(told.reason); }
  void terminate(const exit_reason& reason) override {
    seen_->push_back("terminate " + to_string(reason));
  }

 private:
  journal* seen_;
  sink_rules rules_;
  numbers* got_;
  std::size_t calls_ = 0;
  subscription from_{};
};

/// A peer that is no stage: tests send in its name, and it writes down what it gets.
class probe final : public process {
 public:
  explicit probe(journal* seen) : seen_{seen} {}

 protected:
  void start() override {}
  void receive(message_ptr received) override {
    switch (received->kind) {
      case message_kind::events:
        seen_->push_back(
            "events " +
            described(static_cast<batch_message<std::int64_t>&>(*received).events.events()));
        break;
      case message_kind::ask:
        seen_->push_back("ask " +
                         std::to_string(static_cast<stream_message&>(*received).asked.count()));
        break;
      case message_kind::subscribe:
        seen_->push_back("subscribe");
        break;
      case message_kind::cancel:
        seen_->push_back("cancel " + to_string(static_cast<cancel_message&>(*received).reason));
        break;
      case message_kind::cancelled:
        seen_->push_back("cancelled " + to_string(static_cast<cancel_message&>(*received).reason));
        break;
      default:
        seen_->push_back("something else");
    }
  }

 private:
  journal* seen_;
};

/// A simulation with its log, and shorthands.
class world {
 public:
  explicit world(std::uint64_t seed = 1, recorder* records = nullptr)
      : sim{seed,
            {.log =
                 [this](const log_record& line) {
                   lines.push_back(std::string{to_string(line.level)} + " " + line.text);
                 },
             .records = records}} {}

  template <class S, class... A>
  ref<S> start(A... arguments) {
    return *spawn<S>(sim.home(), {}, std::move(arguments)...);
  }
  template <class S, class... A>
  ref<S> start_named(std::string name, A... arguments) {
    return *spawn<S>(sim.home(), {.name = std::move(name)}, std::move(arguments)...);
  }
  process_ref start_probe(journal& seen) {
    return *sim.home().spawn(std::make_unique<probe>(&seen));
  }
  /// A consumer that makes these subscriptions when it starts. The result is why it didn't start.
  template <class S, class... A>
  std::optional<exit_reason> start_with(std::vector<subscription_plan> plans, A... arguments) {
    auto [far, near] = make_operation<std::optional<exit_reason>>();
    auto make = [... kept = std::move(arguments)]() { return std::make_unique<S>(kept...); };
    (void)sim.home().spawn(detail::make_stage<S>(std::move(make), std::move(plans)),
                           {.started = far});
    return **sim.run_until(std::move(near));
  }
  template <class C, class P>
  unique_id join(const ref<C>& consumer, const ref<P>& from, subscription_options options = {}) {
    return **sim.run_until(subscribe(consumer, from, options));
  }
  /// Asks a stage to subscribe itself, past the checks of the compiler.
  result<unique_id> request(const process_ref& consumer, subscription_plan plan) {
    auto [far, near] = make_operation<unique_id>();
    consumer.send(std::make_unique<subscription_request>(std::move(plan), far));
    return *sim.run_until(std::move(near));
  }
  /// Why the process ended, or "alive".
  std::string fate(operation<exit_reason>& end) {
    sim.settle();
    return end.is_done() ? to_string(*end.await_resume()) : "alive";
  }
  template <class S>
  operation<exit_reason> watch(const ref<S>& watched) {
    operation<exit_reason> end = sim.home().down(watched.process());
    sim.settle();
    return end;
  }
  template <class S>
  bool is_alive(const ref<S>& asked) {
    sim.settle();
    return static_cast<bool>(sim.home().find(asked.id()));
  }
  template <class S>
  void kill(const ref<S>& victim, exit_reason reason = exit_reason::kill()) {
    sim.home().exit(victim.process(), std::move(reason));
    sim.settle();
  }

  journal lines;
  simulation sim;
};

}  // namespace genstage::conversation
