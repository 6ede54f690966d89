#include <algorithm>
#include <genstage/conformance/model.hpp>

// The emitting half of a stage: sections 6, 8 to 12 of the rules.
namespace genstage::conformance {

/// Whether buffered events leave by what could be delivered, as recommended (G-153), and not by the
/// demand that the dispatcher passes on.
bool model::forwards_by_deliverable(int who) const {
  switch (plan(who).dispatcher) {
    case dispatch_kind::demand:
      return !with_->credit_holds_back_the_buffer;
    case dispatch_kind::broadcast:
      return !with_->broadcast_keeps_its_buffer;
    case dispatch_kind::partition:
      return !with_->partitions_share_demand;
  }
  return false;
}

std::int64_t model::room(int who) {
  if (at(who).partitions) return at(who).partitions->room();
  return with_->leaver_stays_in_room ? at(who).room : at(who).dispatch.deliverable();
}

events model::next_events(int who, std::int64_t count) {
  events made;
  std::int64_t& next = at(who).next_event;
  for (; count > 0; --count) made.push_back(who * 1000 + next++);
  return made;
}

void model::take_subscribe(int who, message& wish) {
  stage& here = at(who);
  const std::string tag = "t" + std::to_string(wish.tag);
  if (has(here.downstreams, wish.tag, &downstream::tag)) {
    note(who, "cancel " + tag + " duplicated_subscription");
    send(wish.from, {.kind = message_kind::cancelled,
                     .from = who,
                     .tag = wish.tag,
                     .reason = "duplicated_subscription"});
    return;
  }
  if (wish.told.previous >= 0) {
    const bool is_acted_on = with_->replacing_feeds_others_first;
    const std::int64_t demands = here.demands;
    end_downstream(who, wish.told.previous, "cancel", wish.told.reason, is_acted_on);
    if (!is_running(who)) return;
    const bool hinted = plan(who).hibernates == hibernate_kind::demand;
    if (hinted && demands != here.demands && with_->hibernating_changes_decisions) return;
    // The consumer has been told, and may end of it before it is watched.
    wish.told.previous = -1;
    wish.is_rest = true;
    here.mailbox.push_front(std::move(wish));
    return;
  }
  watch(who, wish.from, wish.tag, false);
  here.downstreams.push_back({wish.tag, wish.from});
  note(who, "join consumer " + tag);
  const bool is_answer_first = with_->bad_option_kills_producer;
  if (is_answer_first && !obeys_answer(who)) return;
  const auto answer =
      here.partitions
          ? (here.partitions->subscribe(wish.tag, wish.told.with) ? model_dispatch::answer::accepted
                                                                  : model_dispatch::answer::crash)
          : here.dispatch.subscribe(wish.tag, wish.from, wish.told.with);
  switch (answer) {
    case model_dispatch::answer::accepted:
      if (obeys_answer(who)) handle_upstream_demand(who, {});
      return;
    case model_dispatch::answer::already_subscribed:
      if (!with_->refused_tag_is_cancelled) {
        return refuse_downstream(who, wish.tag, "already_subscribed");
      }
      return end_downstream(who, wish.tag, "cancel", "already_subscribed");
    case model_dispatch::answer::crash:
      if (with_->bad_option_kills_producer) return stop(who, "error");
      return refuse_downstream(who, wish.tag, "refused");
  }
}

/// False if what handle_subscribe has answered ends the stage.
bool model::obeys_answer(int who) {
  if (plan(who).towards_consumers == join_kind::manual) stop(who, "bad_return_value");
  if (plan(who).towards_consumers == join_kind::stop) stop(who, "declined");
  return is_running(who);
}

/// Only this subscription ends; the dispatcher has not taken it (G-097, G-098).
void model::refuse_downstream(int who, int tag, const std::string& reason) {
  tell_downstream_end(who, tag, "cancel", reason);
  if (plan(who).towards_consumers == join_kind::stop) stop(who, "declined");
  if (is_running(who)) handle_upstream_demand(who, {});
}

void model::take_ask(int who, const message& asked) {
  stage& here = at(who);
  if (!has(here.downstreams, asked.tag, &downstream::tag)) {
    note(who, "cancel t" + std::to_string(asked.tag) + " unknown_subscription");
    // What the dispatcher asks for in a consumer's name is answered to the consumer.
    const int asker = asked.from == who ? peers_[index(asked.tag)].first : asked.from;
    send(asker, {.kind = message_kind::cancelled,
                 .from = who,
                 .tag = asked.tag,
                 .reason = "unknown_subscription"});
    return;
  }
  if (asked.count > 0) {
    note(who, "asked t" + std::to_string(asked.tag) + " " + std::to_string(asked.count));
  }
  dispatched done;
  if (here.partitions) {
    here.partitions->ask(asked.tag, asked.count);
  } else {
    done = here.dispatch.ask(asked.tag, asked.count);
  }
  carry_out(who, done);
  if (plan(who).kind != actor_kind::producer || !forwards_by_deliverable(who)) {
    handle_upstream_demand(who, done);
    return;
  }
  drain(who);
  std::int64_t wanted = unforwarded(who);
  for (const std::int64_t each : here.held_asks) wanted -= each;
  if (wanted <= 0) return;
  if (here.accumulates) {
    here.held_asks.push_back(wanted);
  } else {
    place_order(who, wanted);
  }
}

/// `is_acted_on`: what its end releases is made use of at once.
void model::end_downstream(int who, int tag, const char* cause, const std::string& reason,
                           bool is_acted_on) {
  stage& here = at(who);
  const auto found = std::ranges::find(here.downstreams, tag, &downstream::tag);
  if (found == here.downstreams.end()) return;
  const int consumer = found->consumer;
  dispatched released;
  const auto forget = [&] {
    if (here.partitions) return here.partitions->cancel(tag);
    released = here.dispatch.cancel(tag, consumer);
  };
  const bool dispatcher_first = !with_->leaver_gets_what_its_end_emits;
  if (dispatcher_first) forget();
  tell_downstream_end(who, tag, cause, reason);
  if (!is_running(who)) return;
  if (!dispatcher_first) forget();
  carry_out(who, released);
  if (is_acted_on) handle_upstream_demand(who, released);
}

void model::tell_downstream_end(int who, int tag, const char* cause, const std::string& reason) {
  stage& here = at(who);
  const auto found = std::ranges::find(here.downstreams, tag, &downstream::tag);
  const int consumer = found->consumer;
  here.downstreams.erase(found);
  unwatch(who, consumer, tag, false);
  note(who, "cancel t" + std::to_string(tag) + " " + reason);
  send(consumer, {.kind = message_kind::cancelled, .from = who, .tag = tag, .reason = reason});
  if (!with_->leaver_gets_what_its_end_emits) drain(who);
  note(who, "gone consumer t" + std::to_string(tag) + " " + cause + " " + reason);
  if (plan(who).stop_when_left) return stop(who, "left");
  const bool hints = plan(who).hibernates == hibernate_kind::cancel;
  if (hints && with_->hibernating_changes_decisions) return stop(who, "error");
  if (plan(who).emit_when_left > 0) emit(who, next_events(who, plan(who).emit_when_left));
  ask_again_if_needed(who);
}

/// Demand has arrived, or may have: first the buffer, then the user's code or the input.
void model::handle_upstream_demand(int who, const dispatched& done) {
  stage& here = at(who);
  if (plan(who).kind == actor_kind::producer_consumer) {
    here.room += done.upstream;
    if (with_->leaver_stays_in_room && !here.partitions) {
      std::int64_t count = here.room;
      take_from_buffer(who, count);
    } else {
      drain(who);
    }
    work(who);
    return;
  }
  if (forwards_by_deliverable(who)) {
    drain(who);
    place_order(who, next_order(who));
    return;
  }
  std::int64_t count = done.upstream;
  if (here.accumulates && !with_->accumulating_reorders) {
    if (count > 0) here.held_asks.push_back(count);
    return;
  }
  take_from_buffer(who, count);
  if (count > 0) produce(who, count);
}

/// What consumers wait for and the producer was not asked for.
std::int64_t model::unforwarded(int who) {
  const stage& here = at(who);
  const std::int64_t wanted =
      here.partitions ? here.partitions->room() : here.dispatch.deliverable();
  return std::max<std::int64_t>(wanted - here.owed, 0);
}

/// What was asked while demand accumulated goes ask by ask.
std::int64_t model::next_order(int who) {
  stage& here = at(who);
  if (here.accumulates) return 0;
  while (!here.held_asks.empty()) {
    const std::int64_t next = std::min(here.held_asks.front(), unforwarded(who));
    here.held_asks.pop_front();
    if (next > 0) return next;
  }
  return unforwarded(who);
}

bool model::has_order(int who) {
  if (at(who).accumulates) return false;
  if (!at(who).held_asks.empty()) return true;
  return plan(who).dispatcher != dispatch_kind::demand && unforwarded(who) > 0;
}

void model::place_order(int who, std::int64_t count) {
  if (count == 0) return;
  at(who).owed += count;
  produce(who, count);
}

/// Sends up to `count` buffered events in pieces that end where infos are (G-205, G-206). `count`
/// is what is left of it afterwards.
void model::take_from_buffer(int who, std::int64_t& count) {
  stage& here = at(who);
  const bool is_bounded = plan(who).buffer.has_value() || plan(who).kind == actor_kind::producer;
  const bool infos_count = !is_bounded && with_->infos_count_without_bound;
  while (count > 0 && !here.buffer.empty()) {
    const std::size_t before = here.buffer.size();
    events taken;
    std::vector<std::int64_t> infos;
    while (!here.buffer.empty()) {
      const buffered next = here.buffer.front();
      if (next.is_info) {
        infos.push_back(next.value);
        here.buffer.pop_front();
        if (infos_count) break;
        continue;
      }
      if (count == 0 || !infos.empty()) break;
      taken.push_back(next.value);
      here.buffer.pop_front();
      if (--count == 0 && infos_count) break;
    }
    if (!taken.empty()) dispatch(who, taken);
    for (const std::int64_t each : infos) release_info(who, each);
    // What selectors have withheld costs no demand.
    if (!forwards_by_deliverable(who)) continue;
    count = here.dispatch.deliverable();
    if (here.buffer.size() == before) return;  // A dispatcher may place nothing (G-244).
  }
}

void model::drain(int who) {
  if (at(who).accumulates && !with_->accumulating_reorders) return;
  if (at(who).partitions) return carry_out(who, at(who).partitions->drain());
  while (!at(who).buffer.empty()) {
    const std::size_t before = at(who).buffer.size();
    std::int64_t count = at(who).dispatch.deliverable();
    if (count == 0) return;
    take_from_buffer(who, count);
    if (at(who).buffer.size() == before) return;
  }
}

void model::produce(int who, std::int64_t count) {
  stage& here = at(who);
  if (here.accumulates) {
    here.held.push_back({.demand = count});
    return;
  }
  note(who, "demand " + std::to_string(count));
  ++here.demands;
  const std::vector<std::int64_t>& answers = plan(who).answers;
  if (here.next_answer >= answers.size()) return ask_again_if_needed(who);
  const std::int64_t answer = answers[here.next_answer++];
  emit(who, next_events(who, answer == exactly ? count : answer));
  ask_again_if_needed(who);
}

/// If selectors or a hash withheld events that a callback made, a producer asks itself for more, in
/// a message, so that whatever came meanwhile has its turn.
void model::ask_again_if_needed(int who) {
  stage& here = at(who);
  if (plan(who).kind != actor_kind::producer || !is_running(who) || here.is_asking_again) return;
  if (forwards_by_deliverable(who) ? !has_order(who) : here.to_remake == 0) return;
  here.is_asking_again = true;
  send(who, {.kind = message_kind::ask_again, .from = who});
}

void model::ask_again(int who) {
  at(who).is_asking_again = false;
  if (forwards_by_deliverable(who)) return place_order(who, next_order(who));
  handle_upstream_demand(who, {.upstream = std::exchange(at(who).to_remake, 0)});
}

/// What a callback has emitted.
void model::emit(int who, events batch) {
  stage& here = at(who);
  if (batch.empty() || plan(who).kind == actor_kind::consumer) return;
  const bool has_one_queue = !with_->accumulating_reorders;
  if (here.accumulates && !has_one_queue) {
    here.held.push_back({.batch = std::move(batch)});
    return;
  }
  if (forwards_by_deliverable(who)) {
    here.owed = std::max<std::int64_t>(here.owed - std::ssize(batch), 0);
  }
  if (here.partitions) {
    using placing = model_partitions::placing;
    carry_out(who, here.partitions->place(batch, here.accumulates ? placing::hold : placing::send));
  } else if (here.accumulates || (forwards_by_deliverable(who) && !here.buffer.empty())) {
    buffer(who, batch);
  } else {
    dispatch(who, batch);
  }
  if (forwards_by_deliverable(who)) drain(who);
}

void model::dispatch(int who, const events& batch) {
  stage& here = at(who);
  if (here.accumulates) {
    // While it accumulates, what an ask takes out of the buffer is held, too (G-166).
    here.held.push_back({.batch = batch});
    return;
  }
  const dispatched done = here.dispatch.dispatch(batch);
  std::int64_t accepted = std::ssize(batch) - std::ssize(done.left);
  if (!with_->discarded_events_use_up_demand) {
    accepted -= done.discarded;
    here.to_remake += done.discarded;
  }
  here.room = std::max<std::int64_t>(here.room - accepted, 0);
  carry_out(who, done);
  buffer(who, done.left);
}

void model::carry_out(int who, const dispatched& done) {
  for (const dispatched::delivery& each : done.sent) {
    const int consumer = peers_[index(each.tag)].first;
    const std::string tag = "t" + std::to_string(each.tag);
    if (each.withheld > 0) {
      note(who, "ask " + tag + " " + std::to_string(each.withheld));
      send(who, {.kind = message_kind::ask, .from = who, .tag = each.tag, .count = each.withheld});
    }
    if (each.batch.empty() && !with_->empty_messages) continue;
    note(who, "deliver " + tag + listed(each.batch));
    send(consumer,
         {.kind = message_kind::deliver, .from = who, .tag = each.tag, .batch = each.batch});
  }
  for (const std::int64_t each : done.infos) {
    send(who, {.kind = message_kind::info, .from = who, .count = each});
  }
}

/// Keeps what cannot be sent; infos whose event is dropped come out (G-191 to G-203).
void model::buffer(int who, const events& batch) {
  stage& here = at(who);
  const actor& as = plan(who);
  const std::int64_t bound =
      as.buffer ? *as.buffer : (as.kind == actor_kind::producer ? 10'000 : INT64_MAX);
  std::int64_t size = std::ranges::count(here.buffer, false, &buffered::is_info);
  std::int64_t discarded = 0;
  std::vector<std::int64_t> infos;
  for (const event each : batch) {
    if (size >= bound) {
      ++discarded;
      if (as.keep == keep_kind::first || bound == 0) continue;
      here.buffer.pop_front();
      --size;
      // The event comes in before the infos go out, but they are looked at in front.
      while (!here.buffer.empty() && here.buffer.front().is_info) {
        infos.push_back(here.buffer.front().value);
        here.buffer.pop_front();
      }
    }
    here.buffer.push_back({false, each});
    ++size;
  }
  if (discarded > 0) note(who, "discard " + std::to_string(discarded));
  for (const std::int64_t each : infos) release_info(who, each);
}

std::int64_t model::buffered_count(int who) {
  if (at(who).partitions) return at(who).partitions->queued();
  const actor& as = plan(who);
  const bool is_bounded = as.buffer.has_value() || as.kind == actor_kind::producer;
  const std::deque<buffered>& kept = at(who).buffer;
  if (!is_bounded && with_->infos_count_without_bound) return std::ssize(kept);
  return std::ranges::count(kept, false, &buffered::is_info);
}

void model::queue_info(int who, std::int64_t number) {
  stage& here = at(who);
  if (plan(who).kind == actor_kind::consumer) {
    send(who, {.kind = message_kind::info, .from = who, .count = number});
  } else if (!here.buffer.empty()) {
    here.buffer.push_back({true, number});
  } else {
    release_info(who, number);
  }
}

void model::release_info(int who, std::int64_t number) {
  stage& here = at(who);
  carry_out(who, here.partitions ? here.partitions->info(number) : here.dispatch.info(number));
}

void model::set_mode(int who, demand_mode mode) {
  stage& here = at(who);
  if (plan(who).kind != actor_kind::producer) return;
  const bool was_accumulating = std::exchange(here.accumulates, mode == demand_mode::accumulate);
  if (forwards_by_deliverable(who) && !with_->accumulating_reorders) {
    drain(who);
    place_order(who, next_order(who));
    return;
  }
  if (mode == demand_mode::accumulate || !was_accumulating) return;
  for (accumulated& each : std::exchange(here.held, {})) {
    if (!is_running(who)) return;
    if (!each.batch.empty()) {
      emit(who, std::move(each.batch));
      continue;
    }
    std::int64_t count = each.demand;
    take_from_buffer(who, count);
    if (count > 0) produce(who, count);
  }
  for (std::int64_t each : std::exchange(here.held_asks, {})) {
    if (!is_running(who)) return;
    take_from_buffer(who, each);
    if (each > 0) produce(who, each);
  }
}

}  // namespace genstage::conformance
