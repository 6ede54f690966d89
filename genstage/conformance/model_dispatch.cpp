#include <algorithm>
#include <genstage/conformance/model_dispatch.hpp>
#include <numeric>

namespace genstage::conformance {

model_dispatch::model_dispatch(const actor& owner, const defects& with)
    : kind_{owner.dispatcher},
      discard_{owner.discard},
      drops_queue_{with.leaver_drops_its_partition},
      third_is_accepted_{with.third_subscription_is_accepted},
      latest_first_{with.latest_asker_comes_first},
      asks_again_by_message_{with.broadcast_keeps_its_buffer},
      empty_messages_{with.empty_messages},
      infos_wait_{with.infos_wait_for_empty_queues},
      zero_blocks_{with.shuffled_zero_blocks} {
  if (kind_ == dispatch_kind::partition) {
    partitions_.resize(static_cast<std::size_t>(owner.partitions));
  }
}

std::vector<model_dispatch::consumer>::iterator model_dispatch::find(int tag) {
  return std::ranges::find(consumers_, tag, &consumer::tag);
}

std::size_t model_dispatch::partition_of(int tag) const {
  const auto found = std::ranges::find(partitions_, tag, &partition::tag);
  return static_cast<std::size_t>(found - partitions_.begin());
}

/// Behind those with as much, before those with less (G-234).
void model_dispatch::insert_by_demand(consumer entry) {
  const auto less = [&](const consumer& other) { return other.asked < entry.asked; };
  consumers_.insert(std::ranges::find_if(consumers_, less), entry);
}

void model_dispatch::add_to_all(std::int64_t count) {
  for (consumer& each : consumers_) each.asked += count;
}

/// What everybody has asked for may be sent, and is asked for if it was not (G-256).
std::int64_t model_dispatch::synchronise() {
  const auto least = std::ranges::min_element(consumers_, {}, &consumer::asked);
  const std::int64_t common =
      least == consumers_.end() ? 0 : std::max<std::int64_t>(least->asked, 0);
  add_to_all(-common);
  waiting_ += common;
  const std::int64_t request = std::max<std::int64_t>(0, waiting_ - requested_);
  requested_ += request;
  return request;
}

model_dispatch::answer model_dispatch::subscribe(int tag, int who, const terms& with) {
  switch (kind_) {
    case dispatch_kind::demand:
      consumers_.push_back({tag, who, 0, with.selector});
      return answer::accepted;
    case dispatch_kind::broadcast:
      if (has(subscribed_, who)) return answer::already_subscribed;
      subscribed_.push_back(who);
      add_to_all(waiting_);
      waiting_ = 0;
      consumers_.insert(latest_first_ ? consumers_.begin() : consumers_.end(),
                        {tag, who, 0, with.selector});
      return answer::accepted;
    case dispatch_kind::partition: {
      const std::int64_t wanted = with.partition.value_or(-1);
      if (wanted < 0 || wanted >= std::ssize(partitions_)) return answer::crash;
      partition& taken = partitions_[static_cast<std::size_t>(wanted)];
      if (taken.tag >= 0) return answer::crash;
      taken.tag = tag;
      return answer::accepted;
    }
  }
  return answer::crash;
}

dispatched model_dispatch::cancel(int tag, int who) {
  dispatched done;
  if (kind_ == dispatch_kind::partition) return cancel_partition(tag);
  const auto leaver = find(tag);
  if (kind_ == dispatch_kind::demand) {
    if (leaver == consumers_.end()) return done;
    pending_ += leaver->asked;
    consumers_.erase(leaver);
    return done;
  }
  const bool was_accepted = leaver != consumers_.end();
  if (was_accepted || third_is_accepted_) std::erase(subscribed_, who);
  if (was_accepted) consumers_.erase(leaver);
  if (consumers_.empty()) {
    waiting_ = 0;
  } else {
    done.upstream = synchronise();
  }
  return done;
}

dispatched model_dispatch::ask(int tag, std::int64_t count) {
  dispatched done;
  if (kind_ == dispatch_kind::partition) return ask_partition(tag, count);
  const auto asker = find(tag);
  if (asker == consumers_.end()) return done;
  if (kind_ == dispatch_kind::broadcast && !latest_first_) {
    asker->asked += count;
    done.upstream = synchronise();
    return done;
  }
  consumer entry = *asker;
  consumers_.erase(asker);
  entry.asked += count;
  if (kind_ == dispatch_kind::demand) {
    insert_by_demand(entry);
    const std::int64_t used = std::min(pending_, count);
    pending_ -= used;
    done.upstream = count - used;
    return done;
  }
  consumers_.insert(consumers_.begin(), entry);
  done.upstream = synchronise();
  return done;
}

dispatched model_dispatch::dispatch(const events& batch) {
  switch (kind_) {
    case dispatch_kind::demand:
      return dispatch_by_demand(batch);
    case dispatch_kind::broadcast:
      return dispatch_to_all(batch);
    case dispatch_kind::partition:
      return dispatch_by_key(batch);
  }
  return {};
}

/// The original leaves whoever wants nothing at the head, if chance puts it there (G-244).
void model_dispatch::shuffle() {
  std::ranges::sort(consumers_, {}, &consumer::tag);
  for (std::size_t left = consumers_.size(); left > 1; --left) {
    std::swap(consumers_[left - 1], consumers_[*shuffle_ % left]);
    *shuffle_ /= left;
  }
  shuffle_.reset();
  if (zero_blocks_) return;
  for (const consumer& each : std::exchange(consumers_, {})) insert_by_demand(each);
}

dispatched model_dispatch::dispatch_by_demand(const events& batch) {
  dispatched done;
  if (shuffle_) shuffle();
  auto next = batch.begin();
  while (next != batch.end() && !consumers_.empty() && consumers_.front().asked > 0) {
    consumer head = consumers_.front();
    consumers_.erase(consumers_.begin());
    const std::int64_t given = std::min<std::int64_t>(batch.end() - next, head.asked);
    done.sent.push_back({head.tag, {next, next + given}});
    next += given;
    head.asked -= given;
    insert_by_demand(head);
  }
  done.left.assign(next, batch.end());
  pending_ = std::max<std::int64_t>(pending_ - std::ssize(done.left), 0);
  return done;
}

dispatched model_dispatch::dispatch_to_all(const events& batch) {
  dispatched done;
  const std::int64_t count = std::min<std::int64_t>(std::ssize(batch), waiting_);
  done.left.assign(batch.begin() + count, batch.end());
  if (waiting_ == 0) return done;
  waiting_ -= count;
  requested_ -= count;
  for (consumer& each : consumers_) {
    dispatched::delivery sent{each.tag, {}, 0};
    std::copy_if(batch.begin(), batch.begin() + count, std::back_inserter(sent.batch),
                 [&](event offered) { return wants(each.selector, offered); });
    const std::int64_t withheld = count - std::ssize(sent.batch);
    if (asks_again_by_message_) {
      sent.withheld = withheld;
    } else {
      each.asked += withheld;
    }
    done.sent.push_back(std::move(sent));
  }
  if (!asks_again_by_message_) synchronise();
  return done;
}

dispatched model_dispatch::dispatch_by_key(const events& batch) {
  dispatched done;
  std::vector<events> sorted(partitions_.size());
  auto next = batch.begin();
  for (; next != batch.end() && waiting_ > 0; ++next) {
    if (discard_ != 0 && *next % discard_ == 0) {
      ++done.discarded;
      continue;
    }
    --waiting_;
    sorted[static_cast<std::size_t>(*next) % partitions_.size()].push_back(*next);
  }
  done.left.assign(next, batch.end());
  for (std::size_t index = 0; index < partitions_.size(); ++index) {
    if (sorted[index].empty()) continue;
    partition& into = partitions_[index];
    dispatched::delivery sent{into.tag, {}, 0};
    for (const event each : sorted[index]) {
      if (!into.is_backed_up && into.asked == 0) into.is_backed_up = true;
      if (into.is_backed_up) {
        into.queue.push_back({false, each});
      } else {
        --into.asked;
        sent.batch.push_back(each);
      }
    }
    // The original regards a partition as backed up once its demand is used up exactly (G-301).
    if (into.asked == 0) into.is_backed_up = infos_wait_ || !into.queue.empty();
    if (!sent.batch.empty()) done.sent.push_back(std::move(sent));
  }
  return done;
}

dispatched model_dispatch::cancel_partition(int tag) {
  dispatched done;
  const std::size_t at = partition_of(tag);
  if (at == partitions_.size()) return done;
  partition& freed = partitions_[at];
  freed.tag = -1;
  if (!freed.is_backed_up) {
    pending_ += std::exchange(freed.asked, 0);
    return done;
  }
  if (!drops_queue_) return done;
  for (const queued& each : std::exchange(freed.queue, {})) {
    if (each.is_info) {
      settle(each.value, at, done);
    } else {
      ++done.upstream;
    }
  }
  freed.is_backed_up = false;
  waiting_ += done.upstream;
  return done;
}

dispatched model_dispatch::ask_partition(int tag, std::int64_t count) {
  dispatched done;
  const std::size_t at = partition_of(tag);
  if (at == partitions_.size()) return done;
  partition& asker = partitions_[at];
  std::int64_t left = count;
  if (!asker.is_backed_up) {
    asker.asked += count;
  } else {
    dispatched::delivery sent{tag, {}, 0};
    const auto send = [&] {
      if (!sent.batch.empty()) done.sent.push_back(std::exchange(sent, {tag, {}, 0}));
    };
    while (left > 0 && !asker.queue.empty()) {
      const queued next = asker.queue.front();
      asker.queue.pop_front();
      if (next.is_info) {
        send();
        settle(next.value, at, done);
      } else {
        sent.batch.push_back(next.value);
        --left;
      }
    }
    send();
    if (left > 0 || (!infos_wait_ && asker.queue.empty())) {
      asker.is_backed_up = false;
      asker.asked = left;
    }
  }
  const std::int64_t used = std::min(pending_, count);
  pending_ -= used;
  done.upstream = count - used;
  waiting_ += done.upstream;
  return done;
}

dispatched model_dispatch::info(std::int64_t number) {
  if (kind_ == dispatch_kind::partition) return info_by_partition(number);
  dispatched done;
  done.infos.push_back(number);
  return done;
}

dispatched model_dispatch::info_by_partition(std::int64_t number) {
  dispatched done;
  held_info held{marks_++, number, {}};
  for (std::size_t index = 0; index < partitions_.size(); ++index) {
    if (!partitions_[index].is_backed_up) continue;
    partitions_[index].queue.push_back({true, held.number});
    held.waits_for.push_back(index);
  }
  if (held.waits_for.empty()) {
    done.infos.push_back(number);
  } else {
    infos_.push_back(std::move(held));
  }
  return done;
}

void model_dispatch::settle(std::int64_t mark, std::size_t at, dispatched& done) {
  const auto found = std::ranges::find(infos_, mark, &held_info::number);
  std::erase(found->waits_for, at);
  if (!found->waits_for.empty()) return;
  done.infos.push_back(found->value);
  infos_.erase(found);
}

std::int64_t model_dispatch::deliverable() const {
  if (kind_ != dispatch_kind::demand) return waiting_;
  return std::accumulate(consumers_.begin(), consumers_.end(), std::int64_t{0},
                         [](std::int64_t sum, const consumer& each) { return sum + each.asked; });
}

}  // namespace genstage::conformance
