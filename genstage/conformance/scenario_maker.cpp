#include <algorithm>
#include <genstage/conformance/scenario_maker.hpp>
#include <random>

namespace genstage::conformance {
namespace {

class maker {
 public:
  maker(std::uint64_t seed, const ingredients& with) : random_{seed}, with_{with} {
    made_.name = "seed " + std::to_string(seed);
  }

  scenario make() {
    add_actors();
    const std::int64_t count = pick(6, 16);
    // Mostly stages are wired first, as programs do.
    for (std::int64_t index = 0; index < pick(1, 3); ++index) add_step({subscription()});
    while (std::ssize(made_.steps) < count) {
      step next{any_command()};
      if (one_in(4)) next.push_back(any_command());
      if (one_in(12)) next.push_back(any_command());
      add_step(std::move(next));
    }
    return std::move(made_);
  }

 private:
  // The same on every library: std::uniform_int_distribution is not.
  std::int64_t pick(std::int64_t least, std::int64_t most) {
    return least +
           static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool one_in(std::int64_t count) { return pick(1, count) == 1; }
  template <class T>
  T one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(pick(0, std::ssize(all) - 1))];
  }

  void add_actors() {
    add(producers_, one_in(4) ? 2 : 1, actor_kind::producer);
    add(betweens_, one_in(2) ? 0 : one_of<int>({1, 1, 2}), actor_kind::producer_consumer);
    add(consumers_, pick(1, 3), actor_kind::consumer);
    if (one_in(3)) add(probes_, 1, actor_kind::probe);
  }

  void add(std::vector<int>& into, std::int64_t count, actor_kind kind) {
    for (; count > 0; --count) {
      into.push_back(static_cast<int>(made_.actors.size()));
      made_.actors.push_back(some_actor(kind));
    }
  }

  actor some_actor(actor_kind kind) {
    actor made{.kind = kind};
    const bool emits = kind == actor_kind::producer || kind == actor_kind::producer_consumer;
    const bool receives = kind == actor_kind::consumer || kind == actor_kind::producer_consumer;
    if (emits) {
      made.dispatcher = some_dispatcher();
      if (made.dispatcher == dispatch_kind::partition) {
        made.partitions = pick(1, 3);
        if (one_in(4)) made.discard = pick(2, 3);
      }
      if (one_in(3)) made.buffer = pick(1, 5);
      if (one_in(3)) made.keep = keep_kind::first;
      if (with_.bad_answers && one_in(40)) {
        made.towards_consumers = one_in(2) ? join_kind::manual : join_kind::stop;
      }
      if (with_.emit_when_left && one_in(8)) made.emit_when_left = pick(1, 3);
    }
    if (kind == actor_kind::producer) {
      for (std::int64_t left = pick(0, 5); left > 0; --left) {
        made.answers.push_back(one_of<std::int64_t>({exactly, exactly, exactly, 0, 1, 2, 3, 7}));
      }
      if (with_.accumulate && one_in(6)) made.demand = demand_mode::accumulate;
    }
    if (kind == actor_kind::producer_consumer) {
      made.transform =
          one_of<transform_kind>({transform_kind::pass, transform_kind::pass, transform_kind::twice,
                                  transform_kind::evens, transform_kind::none});
    }
    if (receives) {
      if (with_.manual && one_in(5)) made.towards_producers = join_kind::manual;
      if (with_.bad_answers && one_in(40)) made.towards_producers = join_kind::stop;
      if (one_in(15)) made.stop_at = pick(1, 4);
      if (one_in(15)) made.raise_at = pick(1, 4);
    }
    if (kind != actor_kind::probe && one_in(25)) made.stop_when_left = true;
    return made;
  }

  dispatch_kind some_dispatcher() {
    std::vector<dispatch_kind> allowed;
    if (with_.demand) allowed.insert(allowed.end(), 2, dispatch_kind::demand);
    if (with_.broadcast) allowed.push_back(dispatch_kind::broadcast);
    if (with_.partition) allowed.push_back(dispatch_kind::partition);
    return one_of(allowed);
  }

  command any_command() {
    switch (pick(0, 19)) {
      case 0:
      case 1:
      case 2:
        return subscription();
      case 3:
      case 4:
        return asking();
      case 5:
        return cancelling();
      case 6:
        return one_in(2) ? ending_of_one() : emission();
      case 7:
        return with_.accumulate && one_in(2)
                   ? command{.what = verb::mode,
                             .actor = one_of(producers_),
                             .mode = one_in(3) ? demand_mode::accumulate : demand_mode::forward}
                   : emission();
      case 8:
        if (!with_.infos) return emission();
        return {.what = verb::info, .actor = any_stage(), .count = ++infos_};
      case 9:
        if (!with_.estimates) return emission();
        return {.what = verb::estimate, .actor = any_emitter()};
      case 10:
        return with_.raw_producers ? from_raw_producer() : emission();
      case 11:
        return with_.resubscribe && one_in(3) ? resubscription() : emission();
      default:
        return emission();
    }
  }

  int any_emitter() {
    return betweens_.empty() || !one_in(3) ? one_of(producers_) : one_of(betweens_);
  }
  int any_stage() { return one_in(5) ? one_of(consumers_) : any_emitter(); }

  command emission() { return {.what = verb::emit, .actor = any_emitter(), .count = pick(1, 9)}; }

  terms some_terms(int peer) {
    terms made{.max_demand = pick(1, 6)};
    if (one_in(3)) made.min_demand = pick(0, made.max_demand - 1);
    if (one_in(60)) made.min_demand = made.max_demand;
    made.cancel = one_of<ending>({ending::permanent, ending::transient, ending::temporary,
                                  ending::temporary, ending::temporary});
    const actor& producer = made_.actors[static_cast<std::size_t>(peer)];
    if (producer.dispatcher == dispatch_kind::partition) {
      made.partition = free_partition(peer, producer.partitions);
    }
    if (producer.dispatcher == dispatch_kind::broadcast && with_.selectors && one_in(3)) {
      made.selector = one_in(2) ? selector_kind::even : selector_kind::odd;
    }
    return made;
  }

  /// One that nobody has subscribed to yet, or if wished anything.
  std::optional<std::int64_t> free_partition(int producer, std::int64_t count) {
    if (with_.partition_clashes && one_in(8)) {
      return one_in(3) ? std::optional<std::int64_t>{} : pick(0, count);
    }
    auto& taken = taken_[producer];
    for (std::int64_t each = 0; each < count; ++each) {
      if (std::ranges::find(taken, each) != taken.end()) continue;
      taken.push_back(each);
      return each;
    }
    return pick(0, count - 1);
  }

  /// Somebody who receives, and somebody before it who emits; -1 if that would be a clash of
  /// partitions which is not wished.
  command subscription() {
    int who = one_in(3) && !betweens_.empty() ? one_of(betweens_) : one_of(consumers_);
    if (!probes_.empty() && one_in(4)) who = one_of(probes_);
    std::vector<int> before;
    for (const int each : producers_) before.push_back(each);
    for (const int each : betweens_) {
      if (each < who) before.insert(before.end(), 2, each);
    }
    if (with_.raw_producers && !probes_.empty() && who != probes_.front() && one_in(6)) {
      before = probes_;
    }
    const int peer = one_of(before);
    if (!with_.partition_clashes && is_full(peer)) return emission();
    command made{.what = verb::subscribe, .actor = who, .peer = peer, .tag = next_tag_++};
    made.with = some_terms(peer);
    if (made.with.least() < made.with.max_demand) known_.push_back(made);
    return made;
  }

  bool is_full(int peer) {
    const actor& producer = made_.actors[static_cast<std::size_t>(peer)];
    return producer.dispatcher == dispatch_kind::partition &&
           std::ssize(taken_[peer]) >= producer.partitions;
  }

  command resubscription() {
    if (known_.empty()) return emission();
    const command old = one_of(known_);
    const bool is_probe =
        made_.actors[static_cast<std::size_t>(old.actor)].kind == actor_kind::probe;
    if (is_probe || is_raw(old) || old.tag >= first_tag_of_step_) return emission();
    command made = old;
    made.what = verb::resubscribe;
    made.previous = old.tag;
    made.reason = some_reason();
    made.tag = next_tag_++;
    made.with.max_demand = pick(1, 6);
    made.with.min_demand.reset();
    known_.push_back(made);
    return made;
  }

  command asking() {
    if (known_.empty()) return emission();
    const command& made = one_of(known_);
    if (made.tag >= first_tag_of_step_) return emission();
    const bool is_probe =
        made_.actors[static_cast<std::size_t>(made.actor)].kind == actor_kind::probe;
    return {.what = verb::ask, .tag = made.tag, .count = pick(is_probe && one_in(9) ? 0 : 1, 6)};
  }

  command cancelling() {
    if (known_.empty()) return emission();
    const command& made = one_of(known_);
    if (made.tag >= first_tag_of_step_) return emission();
    return {.what = verb::cancel, .tag = made.tag, .reason = some_reason()};
  }

  [[nodiscard]] bool is_raw(const command& made) const {
    return made_.actors[static_cast<std::size_t>(made.peer)].kind == actor_kind::probe;
  }

  command from_raw_producer() {
    std::vector<command> raw;
    std::ranges::copy_if(known_, std::back_inserter(raw), [&](const command& each) {
      return is_raw(each) && each.tag < first_tag_of_step_;
    });
    if (raw.empty()) return emission();
    const int tag = one_of(raw).tag;
    if (one_in(4)) return {.what = verb::finish, .tag = tag, .reason = some_reason()};
    return {.what = verb::send, .tag = tag, .count = pick(1, 9)};
  }

  command ending_of_one() {
    const int who = static_cast<int>(pick(0, std::ssize(made_.actors) - 1));
    const bool is_probe = made_.actors[static_cast<std::size_t>(who)].kind == actor_kind::probe;
    switch (is_probe ? 2 : pick(0, 2)) {
      case 0:
        return {.what = verb::stop, .actor = who, .reason = some_reason()};
      case 1:
        return {.what = verb::raise, .actor = who};
      default:
        return {.what = verb::kill, .actor = who};
    }
  }

  std::string some_reason() {
    return one_of<std::string>({"normal", "shutdown", "shutdown:away", "oops"});
  }

  /// Commands at one moment do not meet: a kill overtakes what was sent before it, and what comes
  /// of one stage's commands in a row has one outcome anyway.
  void add_step(step next) {
    step kept;
    for (command& each : next) {
      const bool kills = each.what == verb::kill;
      const auto is_same = [&](const command& other) {
        return receiver(other) == receiver(each) &&
               (kills || other.what == verb::kill || other.what == verb::estimate ||
                each.what == verb::estimate);
      };
      const bool is_query = each.what == verb::estimate && next.size() > 1;
      if (!is_query && std::ranges::none_of(kept, is_same)) {
        kept.push_back(std::move(each));
      } else if (each.what == verb::subscribe || each.what == verb::resubscribe) {
        std::erase_if(known_, [&](const command& other) { return other.tag == each.tag; });
      }
    }
    if (kept.empty()) kept.push_back(emission());
    made_.steps.push_back(std::move(kept));
    first_tag_of_step_ = next_tag_;
  }

  [[nodiscard]] int receiver(const command& of) const {
    if (of.tag < 0 || of.actor >= 0) return of.actor;
    const auto made = std::ranges::find(known_, of.tag, &command::tag);
    return of.what == verb::ask ? made->actor : made->peer;
  }

  std::mt19937_64 random_;
  ingredients with_;
  scenario made_;
  std::vector<int> producers_;
  std::vector<int> betweens_;
  std::vector<int> consumers_;
  std::vector<int> probes_;
  std::vector<command> known_;
  std::vector<std::int64_t> taken_[16];
  int next_tag_ = 0;
  int first_tag_of_step_ = 0;
  std::int64_t infos_ = 0;
};

}  // namespace

scenario make_scenario(std::uint64_t seed, const ingredients& with) {
  return maker{seed, with}.make();
}

}  // namespace genstage::conformance
