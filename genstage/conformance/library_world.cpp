#include <algorithm>
#include <genstage/conformance/library_world.hpp>
#include <genstage/conformance/model_dispatch.hpp>
#include <genstage/process/request.hpp>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/spawn.hpp>

namespace genstage::conformance {
namespace {

subscription_options options_of(const terms& with) {
  subscription_options made{.max_demand = with.max_demand, .min_demand = with.min_demand};
  switch (with.cancel) {
    case ending::permanent:
      made.cancel = cancel_mode::permanent;
      break;
    case ending::transient:
      made.cancel = cancel_mode::transient;
      break;
    case ending::temporary:
      made.cancel = cancel_mode::temporary;
      break;
  }
  if (with.partition) made.partition = *with.partition;
  if (with.selector == selector_kind::even) {
    made.selector = [](const event& offered) { return wants(selector_kind::even, offered); };
  } else if (with.selector == selector_kind::odd) {
    made.selector = [](const event& offered) { return wants(selector_kind::odd, offered); };
  }
  return made;
}

bool subscribes(const command& told) {
  return told.what == verb::subscribe || told.what == verb::resubscribe;
}

/// The numbers of the subscriptions that an actor makes, in order.
std::vector<int> subscriptions_of(const scenario& of, int index) {
  std::vector<int> all;
  for (const step& each : of.steps) {
    for (const command& told : each) {
      const bool is_valid = told.with.least() < told.with.max_demand;
      if (subscribes(told) && told.actor == index && is_valid) all.push_back(told.tag);
    }
  }
  return all;
}

}  // namespace

library_world::library_world(const scenario& of, runtime& home)
    : of_{of}, home_{home}, played_{of, {}} {
  for (const step& each : of.steps) {
    for (const command& told : each) {
      if (!subscribes(told)) continue;
      const auto tag = static_cast<std::size_t>(told.tag);
      peers_.resize(std::max(peers_.size(), tag + 1));
      peers_[tag] = {told.actor, told.peer};
    }
  }
  members_.reserve(of.actors.size());
  for (const actor& each : of.actors) start(static_cast<int>(members_.size()), each);
}

bool library_world::is_probe(int index) const {
  return of_.actors[static_cast<std::size_t>(index)].kind == actor_kind::probe;
}

template <class S>
void library_world::start_stage(member& added) {
  const ref<S> started = *spawn<S>(home_, {}, added.kept.get());
  added.who = started.process();
  added.question = [started] { return call(started, are_you_there{}, no_limit); };
  added.tell = [started](const request& told) {
    std::visit(
        [&]<class M>(const M& one) {
          if constexpr (handles_cast<S, M>) cast(started, one);
        },
        told);
  };
  added.inform = [started](std::int64_t number) { async_info(started, numbered_info{number}); };
  added.estimate = [started, kept = added.kept.get()] {
    (void)detail::ask_stage<void>(started.process(), [kept](stage_requests& to) {
      kept->note("buffered " + std::to_string(to.buffered_count()));
    });
  };
  added.query = [started, kept = added.kept.get()] {
    (void)detail::ask_stage<void>(started.process(), [kept](stage_requests& to) {
      const bool forwards = to.get_demand() == genstage::demand_mode::forward;
      kept->note(forwards ? "mode forward" : "mode accumulate");
    });
  };
  if constexpr (emitting<S> && !receiving<S>) {
    added.set_mode = [started](demand_mode mode) { set_demand(started, mode_of(mode)); };
  }
}

template <class Dispatcher>
void library_world::start_emitter(member& added) {
  if (added.kept->plan().kind == actor_kind::producer) {
    start_stage<acting_producer<Dispatcher>>(added);
  } else {
    start_stage<acting_between<Dispatcher>>(added);
  }
}

void library_world::start(int index, const actor& plan) {
  member& added = members_.emplace_back();
  added.kept = std::make_unique<tape>(index, plan, subscriptions_of(of_, index));
  switch (plan.kind) {
    case actor_kind::producer:
    case actor_kind::producer_consumer:
      switch (plan.dispatcher) {
        case dispatch_kind::demand:
          start_emitter<demand_dispatcher>(added);
          break;
        case dispatch_kind::broadcast:
          start_emitter<broadcast_dispatcher>(added);
          break;
        case dispatch_kind::partition:
          start_emitter<by_number>(added);
          break;
      }
      break;
    case actor_kind::consumer:
      start_stage<acting_consumer>(added);
      break;
    case actor_kind::probe:
      added.who = *home_.spawn(std::make_unique<acting_probe>(added.kept.get()));
      added.question = [probe = added.who] {
        auto [far, near] = make_operation<bool>();
        probe.send(std::make_unique<probe_question>(far));
        return std::move(near);
      };
      break;
  }
  added.end = home_.down(added.who);
}

bool library_world::begin_step() {
  if (played_.seen.size() == of_.steps.size()) return false;
  learn_tags();
  for (const command& told : of_.steps[played_.seen.size()]) perform(told);
  return true;
}

std::vector<operation<bool>> library_world::ask_everybody() const {
  std::vector<operation<bool>> answers;
  for (const member& each : members_) {
    if (each.question) answers.push_back(each.question());
  }
  return answers;
}

std::size_t library_world::ended_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(members_, [](const member& each) {
    return each.question && (each.is_gone || each.end->is_done());
  }));
}

std::size_t library_world::callback_count() const {
  std::size_t sum = 0;
  for (const member& each : members_) sum += each.kept->line_count();
  return sum;
}

void library_world::learn_tags() {
  for (const member& each : members_) {
    for (const auto& [tag, made] : each.kept->made()) tags_[tag] = made.tag;
  }
}

unique_id library_world::id_of(int tag) const {
  const auto found = tags_.find(tag);
  return found != tags_.end() ? found->second : unique_id::none;
}

std::string library_world::tag_text(unique_id tag) const {
  for (int number = 0; number < std::ssize(peers_); ++number) {
    if (id_of(number) == tag) return "t" + std::to_string(number);
  }
  return "t?";
}

void library_world::perform(const command& told) {
  if (subscribes(told)) return subscribe(told);
  if (told.tag < 0) return tell_stage(told, at(told.actor));
  const auto [consumer, producer] = peers_[static_cast<std::size_t>(told.tag)];
  const unique_id tag = id_of(told.tag);
  if (tag == unique_id::none) return;
  if (told.what == verb::cancel) {
    at(producer).who.send(
        std::make_unique<cancel_message>(message_kind::cancel, tag, reason_of(told.reason)));
  } else if (told.what == verb::ask && !is_probe(consumer)) {
    tell_stage(told, at(consumer));
  } else {
    tell_probe(told);
  }
}

void library_world::subscribe(const command& told) {
  member& consumer = at(told.actor);
  const process_ref& producer = at(told.peer).who;
  if (!is_probe(told.actor)) {
    auto [far, near] = make_operation<unique_id>();
    subscription_plan plan{{}, producer, options_of(told.with)};
    if (told.what == verb::resubscribe) {
      plan.instead_of = replacement{id_of(told.previous), reason_of(told.reason)};
    }
    consumer.who.send(std::make_unique<subscription_request>(std::move(plan), far));
    return;
  }
  if (!home_.find(consumer.who.id())) return;
  unique_id& tag = tags_[told.tag];
  if (tag == unique_id::none) tag = home_.mint();
  producer.send(std::make_unique<subscribe_message>(
      subscription{tag, consumer.who}, event_type::of<event>(), options_of(told.with), "probe"));
}

void library_world::tell_probe(const command& told) {
  const auto [consumer, producer] = peers_[static_cast<std::size_t>(told.tag)];
  const unique_id tag = id_of(told.tag);
  const member& probe = at(told.what == verb::ask ? consumer : producer);
  const process_ref& other = at(told.what == verb::ask ? producer : consumer).who;
  if (!home_.find(probe.who.id())) return;
  if (told.what == verb::finish) {
    other.send(
        std::make_unique<cancel_message>(message_kind::cancelled, tag, reason_of(told.reason)));
    return;
  }
  const bool asks = told.what == verb::ask;
  auto sent = std::make_unique<batch_message<event>>(
      asks ? message_kind::ask : message_kind::events, tag, probe.who.id());
  if (asks) {
    sent->asked = demand{told.count};
  } else {
    sent->events.append(probe.kept->next_events(told.count));
  }
  other.send(std::move(sent));
}

void library_world::tell_stage(const command& told, member& to) {
  const auto send = [&](const request& sent) {
    if (to.tell) to.tell(sent);
  };
  switch (told.what) {
    case verb::emit:
      send(do_emit{told.count});
      break;
    case verb::stop:
      send(do_stop{reason_of(told.reason)});
      break;
    case verb::raise:
      send(do_raise{});
      break;
    case verb::ask:
      send(do_ask{told.tag, told.count});
      break;
    case verb::kill:
      home_.exit(to.who, exit_reason::kill());
      break;
    case verb::info:
      if (to.inform) to.inform(told.count);
      break;
    case verb::estimate:
      if (to.estimate) to.estimate();
      break;
    case verb::query:
      if (to.query) to.query();
      break;
    case verb::mode:
      if (to.set_mode) to.set_mode(told.mode);
      break;
    default:
      break;
  }
}

void library_world::end_step(std::span<const record> records) {
  learn_tags();
  observed& seen = played_.seen.emplace_back(members_.size());
  for (const record& each : records) {
    const auto same = [&](const member& one) { return one.who.id().index == each.process; };
    const auto found = std::ranges::find_if(members_, same);
    if (found == members_.end() || each.order <= found->last_record) continue;
    found->last_record = each.order;
    journal& of_it = seen[static_cast<std::size_t>(found - members_.begin())];
    const std::string tag = tag_text(unique_id{each.subscription});
    if (each.subscription == ~std::uint64_t{0}) {
      const tape::line& line = found->kept->lines()[each.count];
      std::string text = line.before;
      if (line.tag != unique_id::none) text += " " + tag_text(line.tag);
      if (!line.after.empty()) text += " " + line.after;
      of_it.push_back(std::move(text));
    } else if (each.kind == record_kind::ask) {
      of_it.push_back("asked " + tag + " " + std::to_string(each.count));
    } else if (each.kind == record_kind::delivery) {
      of_it.push_back("deliver " + tag + " #" + std::to_string(each.count));
    }
  }
  for (std::size_t who = 0; who < members_.size(); ++who) {
    member& one = members_[who];
    if (one.is_gone || !one.end->is_done()) continue;
    one.is_gone = true;
    seen[who].push_back("exit " + text_of(*one.end->await_resume()));
  }
}

}  // namespace genstage::conformance
