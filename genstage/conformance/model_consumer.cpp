#include <algorithm>
#include <genstage/conformance/model.hpp>

// The receiving half of a stage: sections 4, 6, 7 and 10 of the rules.
namespace genstage::conformance {

std::vector<model::upstream>::iterator model::find_upstream(int who, int tag) {
  return std::ranges::find(at(who).upstreams, tag, &upstream::tag);
}

void model::subscribe(int who, const command& told) {
  if (plan(who).kind == actor_kind::producer) return;
  const terms& with = told.with;
  if (with.max_demand < 1 || with.least() < 0 || with.least() >= with.max_demand) return;
  const std::string tag = "t" + std::to_string(told.tag);
  made_[index(told.tag)] = true;
  watch(who, told.peer, told.tag, true);
  note(who, "subscribe " + tag);
  send(told.peer, {.kind = message_kind::subscribe, .from = who, .tag = told.tag, .told = told});
  note(who, "join producer " + tag);
  const join_kind answer = plan(who).towards_producers;
  if (answer == join_kind::stop) return stop(who, "declined");
  const bool is_manual = answer == join_kind::manual;
  if (!is_manual) {
    note(who, "ask " + tag + " " + std::to_string(with.max_demand));
    send(told.peer,
         {.kind = message_kind::ask, .from = who, .tag = told.tag, .count = with.max_demand});
  }
  at(who).upstreams.push_back({told.tag, told.peer, with, is_manual, with.max_demand});
}

void model::take_events(int who, message& received) {
  if (find_upstream(who, received.tag) == at(who).upstreams.end()) {
    note(who, "cancel t" + std::to_string(received.tag) + " unknown_subscription");
    send(received.from, {.kind = message_kind::cancel,
                         .from = who,
                         .tag = received.tag,
                         .reason = "unknown_subscription"});
    return;
  }
  if (received.batch.empty() && !with_->empty_messages) return;
  if (plan(who).kind == actor_kind::consumer) {
    process(who, received.tag, std::move(received.batch));
    return;
  }
  at(who).inq.push_back(
      {.kind = intake_kind::batch, .tag = received.tag, .batch = std::move(received.batch)});
  work(who);
}

events model::transformed(transform_kind how, const events& batch) {
  events made;
  for (const event each : batch) {
    if (how == transform_kind::none || (how == transform_kind::evens && each % 2 != 0)) continue;
    made.push_back(each);
    if (how == transform_kind::twice) made.push_back(each + 500);
  }
  return made;
}

/// One call of handle_events and what it emits. False if the stage has ended.
bool model::handle_batch(int who, int tag, const events& batch) {
  const bool is_forgotten = find_upstream(who, tag) == at(who).upstreams.end();
  const bool is_unnamed = is_forgotten && with_->forgotten_producer_is_unnamed;
  note(who, "events t" + std::to_string(tag) + (is_unnamed ? "?" : "") + listed(batch));
  const actor& as = plan(who);
  const std::int64_t call = ++at(who).calls;
  if (call == as.stop_at) stop(who, "enough");
  if (call == as.raise_at) stop(who, "error");
  if (!is_running(who)) return false;
  if (as.kind == actor_kind::producer_consumer) emit(who, transformed(as.transform, batch));
  return is_running(who);
}

/// Cuts a message into batches; each is handled, then its ask goes out (G-120 to G-128).
void model::process(int who, int tag, events batch) {
  const auto found = find_upstream(who, tag);
  if (found == at(who).upstreams.end() || found->is_manual) {
    handle_batch(who, tag, batch);
    return;
  }
  const std::int64_t least = found->with.least();
  const std::int64_t most = found->with.max_demand;
  const int producer = found->producer;
  std::int64_t covered = found->left;
  std::vector<std::pair<events, std::int64_t>> cut;
  for (auto next = batch.begin(); next != batch.end();) {
    const std::int64_t size = std::min<std::int64_t>(most - least, batch.end() - next);
    const std::int64_t charged = std::min(size, covered);
    covered -= charged;
    found->left -= charged;
    std::int64_t ask = 0;
    if (found->left <= least) ask = most - std::exchange(found->left, most);
    cut.push_back({events{next, next + size}, ask});
    next += size;
  }
  for (const auto& [part, ask] : cut) {
    if (!handle_batch(who, tag, part)) return;
    if (ask == 0) continue;
    note(who, "ask t" + std::to_string(tag) + " " + std::to_string(ask));
    send(producer, {.kind = message_kind::ask, .from = who, .tag = tag, .count = ask});
  }
}

/// A producer_consumer begins what it has received while its consumers want more (G-171).
void model::work(int who) {
  stage& here = at(who);
  while (is_running(who) && !here.inq.empty() && room(who) > 0) {
    // Of several partitions one may have room while output of another one waits.
    const bool waits = here.partitions && here.partitions->queued() > 0;
    const intake& first = here.inq.front();
    if (waits && first.kind == intake_kind::end && stops(*first.ended, first.reason)) return;
    intake next = std::move(here.inq.front());
    here.inq.pop_front();
    switch (next.kind) {
      case intake_kind::batch:
        process(who, next.tag, std::move(next.batch));
        break;
      case intake_kind::end: {
        const std::int64_t before = here.room;
        tell_end(who, *next.ended, next.cause, next.reason);
        if (with_->room_forgets_what_ends_emit) here.room = before;
        break;
      }
      case intake_kind::info:
        queue_info(who, next.info);
        break;
    }
  }
}

void model::end_upstream(int who, int tag, const char* cause, const std::string& reason) {
  stage& here = at(who);
  const auto found = find_upstream(who, tag);
  if (found == here.upstreams.end()) return;
  const upstream ended = *found;
  here.upstreams.erase(found);
  unwatch(who, ended.producer, tag, true);
  const bool waits = !here.buffer.empty() || (here.partitions && here.partitions->queued() > 0);
  const bool has_output = !with_->ended_producer_loses_output && waits;
  if (plan(who).kind == actor_kind::producer_consumer && (!here.inq.empty() || has_output)) {
    here.inq.push_back(
        {.kind = intake_kind::end, .tag = tag, .ended = ended, .cause = cause, .reason = reason});
    if (here.partitions) work(who);
    return;
  }
  tell_end(who, ended, cause, reason);
}

void model::tell_end(int who, const upstream& ended, const std::string& cause,
                     const std::string& reason) {
  note(who, "gone producer t" + std::to_string(ended.tag) + " " + cause + " " + reason);
  const actor& as = plan(who);
  if (as.stop_when_left) return stop(who, "left");
  if (as.emit_when_left > 0 && as.kind == actor_kind::producer_consumer) {
    emit(who, next_events(who, as.emit_when_left));
  }
  const bool hints = as.hibernates == hibernate_kind::cancel;
  if (hints && with_->hibernating_changes_decisions) return;
  if (stops(ended, reason)) stop(who, reason);
}

bool model::stops(const upstream& ended, const std::string& reason) {
  if (reason == "already_subscribed") return false;
  const bool is_orderly = reason == "normal" || reason.starts_with("shutdown");
  return ended.with.cancel == ending::permanent ||
         (ended.with.cancel == ending::transient && !is_orderly);
}

}  // namespace genstage::conformance
