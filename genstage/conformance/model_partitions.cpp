#include <algorithm>
#include <genstage/conformance/model_partitions.hpp>

namespace genstage::conformance {

std::int64_t model_partitions::partition::wanted() const {
  std::int64_t sum = 0;
  for (const consumer& each : consumers) sum += each.asked;
  return sum;
}

std::int64_t model_partitions::partition::size() const {
  return std::ranges::count(queue, false, &waiting::is_info);
}

model_partitions::model_partitions(const actor& owner)
    : discard_{owner.discard},
      keep_{owner.keep},
      queue_size_{owner.buffer.value_or(1'000)},
      bound_{owner.buffer},
      partitions_(static_cast<std::size_t>(owner.partitions)) {
  if (!bound_ && owner.kind == actor_kind::producer) bound_ = 10'000;
}

/// Behind those with as much, before those with less.
void model_partitions::insert(partition& into, consumer entry) {
  const auto less = [&](const consumer& other) { return other.asked < entry.asked; };
  into.consumers.insert(std::ranges::find_if(into.consumers, less), entry);
}

bool model_partitions::subscribe(int tag, const terms& with) {
  const std::int64_t wanted = with.partition.value_or(-1);
  if (wanted < 0 || wanted >= std::ssize(partitions_)) return false;
  insert(partitions_[static_cast<std::size_t>(wanted)], {tag, 0});
  return true;
}

void model_partitions::cancel(int tag) {
  for (partition& each : partitions_) {
    std::erase_if(each.consumers, [&](const consumer& one) { return one.tag == tag; });
  }
}

void model_partitions::ask(int tag, std::int64_t count) {
  for (partition& each : partitions_) {
    const auto asker = std::ranges::find(each.consumers, tag, &consumer::tag);
    if (asker == each.consumers.end()) continue;
    const consumer entry{tag, asker->asked + count};
    each.consumers.erase(asker);
    insert(each, entry);
  }
}

void model_partitions::send(partition& from, const events& batch, dispatched& done) {
  auto next = batch.begin();
  while (next != batch.end()) {
    consumer head = from.consumers.front();
    from.consumers.erase(from.consumers.begin());
    const std::int64_t given = std::min<std::int64_t>(batch.end() - next, head.asked);
    done.sent.push_back({head.tag, {next, next + given}});
    next += given;
    head.asked -= given;
    insert(from, head);
  }
}

dispatched model_partitions::place(const events& batch, placing how) {
  dispatched done;
  std::vector<events> sorted(partitions_.size());
  std::vector<std::size_t> touched;
  for (const event each : batch) {
    if (discard_ != 0 && each % discard_ == 0) {
      ++done.discarded;
      continue;
    }
    const auto at = static_cast<std::size_t>(each) % partitions_.size();
    if (sorted[at].empty()) touched.push_back(at);
    sorted[at].push_back(each);
  }
  for (const std::size_t at : touched) {
    partition& into = partitions_[at];
    const events& part = sorted[at];
    std::int64_t now = 0;
    if (how == placing::send && into.size() == 0) {
      now = std::min<std::int64_t>(into.wanted(), std::ssize(part));
    }
    keep(into, {part.begin() + now, part.end()}, done);
    send(into, {part.begin(), part.begin() + now}, done);
  }
  return done;
}

void model_partitions::keep(partition& in, const events& batch, dispatched& done) {
  for (const event each : batch) {
    if (bound_ && in.size() >= *bound_) {
      if (keep_ == keep_kind::first || *bound_ == 0) continue;
      in.queue.pop_front();
      // Its infos go out once the new event is in.
      in.queue.push_back({false, each});
      release(in, done);
      continue;
    }
    in.queue.push_back({false, each});
  }
}

dispatched model_partitions::drain() {
  dispatched done;
  for (partition& each : partitions_) {
    while (each.size() > 0 && each.wanted() > 0) {
      events taken;
      while (!each.queue.empty() && !each.queue.front().is_info &&
             std::ssize(taken) < each.wanted()) {
        taken.push_back(each.queue.front().value);
        each.queue.pop_front();
      }
      send(each, taken, done);
      release(each, done);
    }
  }
  return done;
}

/// Infos that are in front now. One that waits in another queue, too, comes when it is in front
/// there.
void model_partitions::release(partition& from, dispatched& done) {
  while (!from.queue.empty() && from.queue.front().is_info) {
    const std::int64_t number = from.queue.front().value;
    from.queue.pop_front();
    if (!is_queued(number)) done.infos.push_back(number);
  }
}

bool model_partitions::is_queued(std::int64_t info) const {
  return std::ranges::any_of(partitions_, [&](const partition& each) {
    return std::ranges::find(each.queue, waiting{true, info}) != each.queue.end();
  });
}

dispatched model_partitions::info(std::int64_t number) {
  dispatched done;
  for (partition& each : partitions_) {
    if (each.size() > 0) each.queue.push_back({true, number});
  }
  if (!is_queued(number)) done.infos.push_back(number);
  return done;
}

std::int64_t model_partitions::queued() const {
  std::int64_t sum = 0;
  for (const partition& each : partitions_) sum += each.size();
  return sum;
}

std::int64_t model_partitions::room() const {
  std::int64_t wanted = 0;
  for (const partition& each : partitions_) wanted += each.wanted();
  std::int64_t least = wanted;
  if (queued() == 0 && wanted <= queue_size_) return wanted;
  for (const partition& each : partitions_) {
    const std::int64_t free = std::max<std::int64_t>(queue_size_ - each.size(), 0);
    least = std::min(least, each.wanted() + free);
  }
  return least;
}

}  // namespace genstage::conformance
