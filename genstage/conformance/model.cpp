#include <algorithm>
#include <genstage/conformance/model.hpp>

namespace genstage::conformance {

std::string listed(const events& batch) {
  std::string text;
  for (const event each : batch) text += " " + std::to_string(each);
  return text;
}

model::stage::stage(const actor& as, const defects& with)
    : dispatch{as, with},
      accumulates{as.kind == actor_kind::producer && as.demand == demand_mode::accumulate} {
  if (as.dispatcher == dispatch_kind::partition && !with.partitions_share_demand) {
    partitions.emplace(as);
  }
}

std::size_t model::chances(const scenario& of) {
  constexpr std::size_t orders_of_four = 24;
  return has(of.actors, true, &actor::shuffles) ? orders_of_four : 1;
}

model::model(const scenario& of, const defects& with, std::size_t chance) : of_{&of}, with_{&with} {
  for (const actor& each : of.actors) {
    stage& added = stages_.emplace_back(each, with);
    if (with.size_zero_crashes && each.buffer == 0) added.is_alive = false;
    if (each.shuffles) added.dispatch.shuffle_as(chance);
  }
  for (const step& commands : of.steps) {
    for (const command& each : commands) {
      if (each.what != verb::subscribe && each.what != verb::resubscribe) continue;
      peers_.resize(std::max(peers_.size(), index(each.tag) + 1), {driver, driver});
      made_.resize(peers_.size());
      peers_[index(each.tag)] = {each.actor, each.peer};
    }
  }
}

void model::begin(const step& commands) {
  for (const command& each : commands) {
    switch (each.what) {
      case verb::cancel:
        if (!made_[index(each.tag)]) break;
        send(peers_[index(each.tag)].second,
             {.kind = message_kind::cancel, .tag = each.tag, .reason = each.reason});
        break;
      case verb::ask:
        send(peers_[index(each.tag)].first, {.kind = message_kind::command, .told = each});
        break;
      case verb::send:
      case verb::finish:
        send(peers_[index(each.tag)].second, {.kind = message_kind::command, .told = each});
        break;
      default:
        send(each.actor, {.kind = message_kind::command, .told = each});
    }
  }
}

std::vector<model::choice> model::choices() const {
  std::vector<choice> all;
  std::vector<choice> fewest;
  for (int who = 0; who < std::ssize(stages_); ++who) {
    std::vector<choice> here;
    for (const message& each : stages_[index(who)].mailbox) {
      if (!has(here, each.from, &choice::sender)) here.push_back({who, each.from});
      if (each.is_rest) break;
    }
    if (here.empty()) continue;
    all.insert(all.end(), here.begin(), here.end());
    if ((fewest.empty() || here.size() < fewest.size()) && is_independent(here)) {
      fewest = std::move(here);
      if (fewest.size() == 1) break;
    }
  }
  return fewest.empty() ? all : fewest;
}

/// Whether `from` knows `to`, so that it could send it something in this step.
bool model::may_send(int from, int to) const {
  const stage& one = stages_[index(from)];
  const auto names = [&](const message& each) {
    if (each.from == to || each.told.peer == to) return true;
    return each.told.tag >= 0 &&
           (peers_[index(each.told.tag)].first == to || peers_[index(each.told.tag)].second == to);
  };
  return has(one.upstreams, to, &upstream::producer) ||
         has(one.downstreams, to, &downstream::consumer) || has(one.watchers, to, &watcher::who) ||
         std::ranges::any_of(one.mailbox, names);
}

/// Whether handling `who`'s next message could make `other`'s life matter: it begins to watch it.
bool model::may_watch(int who, int other) const {
  return std::ranges::any_of(stages_[index(who)].mailbox, [&](const message& each) {
    return (each.kind == message_kind::subscribe && each.from == other) || each.told.peer == other;
  });
}

/// Whether nothing that others may still do before matters to these choices, which are all that one
/// receiver has: nobody but those senders can send it anything, and neither it nor they begin to
/// watch somebody who may end. Then they stand for all choices.
bool model::is_independent(const std::vector<choice>& of) const {
  const int receiver = of.front().receiver;
  std::vector<bool> active(stages_.size());
  std::vector<int> unseen;
  const auto add = [&](int who) {
    if (who == receiver || active[index(who)]) return;
    active[index(who)] = true;
    unseen.push_back(who);
  };
  for (int who = 0; who < std::ssize(stages_); ++who) {
    if (!stages_[index(who)].mailbox.empty()) add(who);
  }
  while (!unseen.empty()) {
    const int from = unseen.back();
    unseen.pop_back();
    if (may_watch(receiver, from) || may_watch(from, receiver)) return false;
    if (!has(of, from, &choice::sender) && may_send(from, receiver)) return false;
    for (int to = 0; to < std::ssize(stages_); ++to) {
      if (may_send(from, to)) add(to);
    }
  }
  return true;
}

void model::handle(choice next) {
  std::deque<message>& mailbox = at(next.receiver).mailbox;
  const auto found = std::ranges::find(mailbox, next.sender, &message::from);
  message taken = std::move(*found);
  mailbox.erase(found);
  if (plan(next.receiver).kind == actor_kind::probe) {
    handle_probe(next.receiver, taken);
  } else {
    handle_message(next.receiver, taken);
  }
}

observed model::take_seen() {
  observed taken;
  for (stage& each : stages_) taken.push_back(std::exchange(each.seen, {}));
  return taken;
}

void model::send(int to, message sent) {
  if (to >= 0 && is_running(to)) at(to).mailbox.push_back(std::move(sent));
}

void model::watch(int who, int watched, int tag, bool as_consumer) {
  if (is_alive(watched)) {
    at(watched).watchers.push_back({who, tag, as_consumer});
  } else {
    send(who, {.kind = message_kind::down,
               .from = watched,
               .tag = tag,
               .reason = "noproc",
               .of_producer = as_consumer});
  }
}

void model::unwatch(int who, int watched, int tag, bool as_consumer) {
  std::erase(at(watched).watchers, watcher{who, tag, as_consumer});
  std::erase_if(at(who).mailbox, [&](const message& each) {
    return each.kind == message_kind::down && each.tag == tag && each.of_producer == as_consumer;
  });
}

/// Between its decision and its end others may go on, and still find it; and a kill that is on its
/// way may strike, before it terminates or after.
void model::stop(int who, const std::string& reason) {
  if (!is_running(who)) return;
  stage& stopping = at(who);
  stopping.is_stopping = true;
  std::erase_if(stopping.mailbox, [](const message& each) {
    return each.kind != message_kind::command || each.told.what != verb::kill;
  });
  if (stopping.mailbox.empty()) return terminate(who, reason);
  stopping.mailbox.push_back({.kind = message_kind::terminate, .from = who, .reason = reason});
}

void model::terminate(int who, const std::string& reason) {
  note(who, "terminate " + reason);
  at(who).mailbox.push_back({.kind = message_kind::end, .from = who, .reason = reason});
}

void model::end(int who, const std::string& reason) {
  note(who, "exit " + reason);
  stage& gone = at(who);
  gone.is_alive = false;
  gone.mailbox.clear();
  for (const watcher& each : std::exchange(gone.watchers, {})) {
    send(each.who, {.kind = message_kind::down,
                    .from = who,
                    .tag = each.tag,
                    .reason = reason,
                    .of_producer = each.as_consumer});
  }
  for (const upstream& each : std::exchange(gone.upstreams, {})) {
    std::erase(at(each.producer).watchers, watcher{who, each.tag, true});
  }
  for (const downstream& each : std::exchange(gone.downstreams, {})) {
    std::erase(at(each.consumer).watchers, watcher{who, each.tag, false});
  }
}

void model::handle_message(int who, message& received) {
  const actor_kind kind = plan(who).kind;
  const bool emits = kind != actor_kind::consumer;
  const bool receives = kind != actor_kind::producer;
  switch (received.kind) {
    case message_kind::command:
      handle_command(who, received.told);
      break;
    case message_kind::subscribe:
      if (emits) {
        take_subscribe(who, received);
      } else if (!with_->consumers_are_subscribed_to) {
        send(received.from, {.kind = message_kind::cancelled,
                             .from = who,
                             .tag = received.tag,
                             .reason = "not_a_producer"});
      }
      break;
    case message_kind::ask:
      if (emits) take_ask(who, received);
      break;
    case message_kind::cancel:
      if (!emits) break;
      if (with_->unknown_cancel_is_confirmed &&
          !has(at(who).downstreams, received.tag, &downstream::tag)) {
        send(peers_[index(received.tag)].first, {.kind = message_kind::cancelled,
                                                 .from = who,
                                                 .tag = received.tag,
                                                 .reason = "unknown_subscription"});
        break;
      }
      end_downstream(who, received.tag, "cancel", received.reason);
      break;
    case message_kind::deliver:
      if (receives) take_events(who, received);
      break;
    case message_kind::cancelled:
      if (receives) end_upstream(who, received.tag, "cancel", received.reason);
      break;
    case message_kind::down:
      if (received.of_producer) {
        end_upstream(who, received.tag, "down", received.reason);
      } else {
        end_downstream(who, received.tag, "down", received.reason);
      }
      break;
    case message_kind::info:
      note(who, "info " + std::to_string(received.count));
      break;
    case message_kind::ask_again:
      ask_again(who);
      break;
    case message_kind::terminate:
      terminate(who, received.reason);
      break;
    case message_kind::end:
      end(who, received.reason);
      break;
  }
}

void model::handle_command(int who, const command& told) {
  switch (told.what) {
    case verb::subscribe:
    case verb::resubscribe:
      subscribe(who, told);
      break;
    case verb::ask: {
      if (told.count == 0 || !made_[index(told.tag)]) break;
      note(who, "ask t" + std::to_string(told.tag) + " " + std::to_string(told.count));
      send(peers_[index(told.tag)].second,
           {.kind = message_kind::ask, .from = who, .tag = told.tag, .count = told.count});
      break;
    }
    case verb::emit:
      emit(who, next_events(who, told.count));
      ask_again_if_needed(who);
      break;
    case verb::stop:
      stop(who, told.reason);
      break;
    case verb::raise:
      stop(who, "error");
      break;
    case verb::kill:
      end(who, "killed");
      break;
    case verb::mode:
      set_mode(who, told.mode);
      break;
    case verb::info:
      if (at(who).inq.empty()) {
        queue_info(who, told.count);
      } else {
        at(who).inq.push_back({.kind = intake_kind::info, .info = told.count});
      }
      break;
    case verb::estimate:
      note(who, "buffered " + std::to_string(buffered_count(who)));
      break;
    case verb::query:
      if (plan(who).kind == actor_kind::producer_consumer && with_->mode_query_crashes) {
        stop(who, "error");
      } else {
        note(who, at(who).accumulates ? "mode accumulate" : "mode forward");
      }
      break;
    case verb::cancel:
    case verb::send:
    case verb::finish:
      break;
  }
}

void model::tell_probe(int who, const command& told) {
  const int producer = told.tag < 0 ? driver : peers_[index(told.tag)].second;
  const int consumer = told.tag < 0 ? driver : peers_[index(told.tag)].first;
  if (told.what == verb::subscribe) made_[index(told.tag)] = true;
  switch (told.what) {
    case verb::subscribe:
      send(producer, {.kind = message_kind::subscribe, .from = who, .tag = told.tag, .told = told});
      break;
    case verb::ask:
      send(producer,
           {.kind = message_kind::ask, .from = who, .tag = told.tag, .count = told.count});
      break;
    case verb::send:
      send(consumer, {.kind = message_kind::deliver,
                      .from = who,
                      .tag = told.tag,
                      .batch = next_events(who, told.count)});
      break;
    case verb::finish:
      send(consumer,
           {.kind = message_kind::cancelled, .from = who, .tag = told.tag, .reason = told.reason});
      break;
    case verb::kill:
      end(who, "killed");
      break;
    default:
      break;
  }
}

void model::handle_probe(int who, const message& received) {
  const std::string tag = " t" + std::to_string(received.tag);
  switch (received.kind) {
    case message_kind::command:
      tell_probe(who, received.told);
      break;
    case message_kind::subscribe:
      note(who, "got subscribe" + tag);
      break;
    case message_kind::ask:
      note(who, "got ask" + tag + " " + std::to_string(received.count));
      break;
    case message_kind::cancel:
    case message_kind::cancelled:
      note(who, "got cancel" + tag + " " + received.reason);
      break;
    case message_kind::deliver:
      note(who, "got deliver" + tag + listed(received.batch));
      break;
    case message_kind::down:
    case message_kind::info:
    case message_kind::ask_again:
    case message_kind::terminate:
    case message_kind::end:
      break;
  }
}

}  // namespace genstage::conformance
