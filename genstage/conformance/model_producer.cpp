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
      return false;
  }
  return false;
}

std::int64_t model::room(int who) {
  return with_->leaver_stays_in_room ? at(who).room : at(who).dispatch.deliverable();
}

events model::next_events(int who, std::int64_t count) {
  events made;
  std::int64_t& next = at(who).next_event;
  for (; count > 0; --count) made.push_back(who * 1000 + next++);
  return made;
}

void model::take_subscribe(int who, const message& wish) {
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
    end_downstream(who, wish.told.previous, "cancel", wish.told.reason);
    if (!is_running(who)) return;
  }
  watch(who, wish.from, wish.tag, false);
  here.downstreams.push_back({wish.tag, wish.from});
  note(who, "join consumer " + tag);
  if (plan(who).towards_consumers == join_kind::manual) return stop(who, "bad_return_value");
  if (plan(who).towards_consumers == join_kind::stop) return stop(who, "declined");
  switch (here.dispatch.subscribe(wish.tag, wish.from, wish.told.with)) {
    case model_dispatch::answer::accepted:
      return handle_upstream_demand(who, {});
    case model_dispatch::answer::already_subscribed:
      return end_downstream(who, wish.tag, "cancel", "already_subscribed");
    case model_dispatch::answer::crash:
      return stop(who, "error");
  }
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
  const dispatched done = here.dispatch.ask(asked.tag, asked.count);
  carry_out(who, done);
  handle_upstream_demand(who, done);
}

void model::end_downstream(int who, int tag, const char* cause, const std::string& reason) {
  stage& here = at(who);
  const auto found = std::ranges::find(here.downstreams, tag, &downstream::tag);
  if (found == here.downstreams.end()) return;
  const downstream ended = *found;
  here.downstreams.erase(found);
  unwatch(who, ended.consumer, tag, false);
  note(who, "cancel t" + std::to_string(tag) + " " + reason);
  send(ended.consumer,
       {.kind = message_kind::cancelled, .from = who, .tag = tag, .reason = reason});
  dispatched released;
  const bool dispatcher_first = !with_->leaver_gets_what_its_end_emits;
  if (dispatcher_first) {
    released = here.dispatch.cancel(tag, ended.consumer);
    drain(who);
  }
  note(who, "gone consumer t" + std::to_string(tag) + " " + cause + " " + reason);
  if (plan(who).stop_when_left) return stop(who, "left");
  if (plan(who).emit_when_left > 0) emit(who, next_events(who, plan(who).emit_when_left));
  if (!dispatcher_first) released = here.dispatch.cancel(tag, ended.consumer);
  carry_out(who, released);
  handle_upstream_demand(who, released);
}

/// Demand has arrived, or may have: first the buffer, then the user's code or the input.
void model::handle_upstream_demand(int who, const dispatched& done) {
  stage& here = at(who);
  if (plan(who).kind == actor_kind::producer_consumer) {
    here.room += done.upstream;
    if (with_->leaver_stays_in_room) {
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
    const std::int64_t wanted = here.dispatch.deliverable() - here.owed;
    if (wanted <= 0) return;
    here.owed += wanted;
    produce(who, wanted);
    return;
  }
  std::int64_t count = done.upstream;
  take_from_buffer(who, count);
  if (count > 0) produce(who, count);
}

/// Sends up to `count` buffered events in pieces that end where infos are (G-205, G-206). `count`
/// is what is left of it afterwards.
void model::take_from_buffer(int who, std::int64_t& count) {
  stage& here = at(who);
  const bool is_bounded = plan(who).buffer.has_value() || plan(who).kind == actor_kind::producer;
  const bool infos_count = !is_bounded && with_->infos_count_without_bound;
  while (count > 0 && !here.buffer.empty()) {
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
  }
}

void model::drain(int who) {
  while (!at(who).buffer.empty()) {
    std::int64_t count = at(who).dispatch.deliverable();
    if (count == 0) return;
    take_from_buffer(who, count);
  }
}

void model::produce(int who, std::int64_t count) {
  stage& here = at(who);
  if (here.held) {
    here.held->push_back({.demand = count});
    return;
  }
  note(who, "demand " + std::to_string(count));
  const std::vector<std::int64_t>& answers = plan(who).answers;
  if (here.next_answer >= answers.size()) return ask_again_if_needed(who);
  const std::int64_t answer = answers[here.next_answer++];
  emit(who, next_events(who, answer == exactly ? count : answer));
  ask_again_if_needed(who);
}

/// If selectors withheld events that a callback made, a producer asks itself for more, in a
/// message, so that whatever came meanwhile has its turn.
void model::ask_again_if_needed(int who) {
  stage& here = at(who);
  if (plan(who).kind != actor_kind::producer || !forwards_by_deliverable(who)) return;
  if (here.is_asking_again || here.dispatch.deliverable() <= here.owed) return;
  here.is_asking_again = true;
  send(who, {.kind = message_kind::ask_again, .from = who});
}

void model::ask_again(int who) {
  at(who).is_asking_again = false;
  handle_upstream_demand(who, {});
}

/// What a callback has emitted.
void model::emit(int who, events batch) {
  stage& here = at(who);
  if (batch.empty() || plan(who).kind == actor_kind::consumer) return;
  if (here.held) {
    here.held->push_back({.batch = std::move(batch)});
    return;
  }
  if (!forwards_by_deliverable(who)) return dispatch(who, batch);
  here.owed = std::max<std::int64_t>(here.owed - std::ssize(batch), 0);
  if (here.buffer.empty()) {
    dispatch(who, batch);
  } else {
    buffer(who, batch);
  }
  drain(who);
}

void model::dispatch(int who, const events& batch) {
  stage& here = at(who);
  if (here.held) {
    // While it accumulates, what an ask takes out of the buffer is held, too (G-166).
    here.held->push_back({.batch = batch});
    return;
  }
  const dispatched done = here.dispatch.dispatch(batch);
  const std::int64_t accepted = std::ssize(batch) - std::ssize(done.left);
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
  carry_out(who, at(who).dispatch.info(number));
}

void model::set_mode(int who, demand_mode mode) {
  stage& here = at(who);
  if (plan(who).kind != actor_kind::producer) return;
  if (mode == demand_mode::accumulate) {
    if (!here.held) here.held.emplace();
    return;
  }
  if (!here.held) return;
  std::vector<accumulated> held = std::move(*here.held);
  here.held.reset();
  for (accumulated& each : held) {
    if (!is_running(who)) return;
    if (!each.batch.empty()) {
      emit(who, std::move(each.batch));
      continue;
    }
    std::int64_t count = each.demand;
    take_from_buffer(who, count);
    if (count > 0) produce(who, count);
  }
}

}  // namespace genstage::conformance
