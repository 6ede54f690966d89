#include <algorithm>
#include <atomic>
#include <genstage/core/type_name.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/process/process_extras.hpp>
#include <genstage/stage/protocol.hpp>
#include <genstage/supervision/supervising.hpp>
#include <mutex>
#include <typeindex>
#include <unordered_map>
#include <utility>

namespace genstage::inline v0 {

namespace {

/// What a process says of itself.
struct answer {
  process_summary summary;
  const std::type_info* type;
  std::optional<stage_status> stage{};
  std::optional<std::uint64_t> restarts{};  ///< of a supervisor
};

answer ask(process& asked) {
  answer told{process_extras::summary_of(asked), &asked.type()};
  if (auto* const stage = dynamic_cast<stage_requests*>(&asked)) told.stage = stage->describe();
  if (const auto* const parent = dynamic_cast<const supervising*>(&asked)) {
    told.restarts = parent->restarts();
  }
  return told;
}

/// The names of types, each made once: that costs more than all else about a process.
class type_names {
 public:
  const std::string& of(const std::type_info& type) {
    const auto [found, is_new] = short_.try_emplace(type);
    if (is_new) found->second = short_type_name(type);
    return found->second;
  }
  const std::string& of(const event_type& type) {
    const auto [found, is_new] = events_.try_emplace(type.key);
    if (is_new) found->second = type.name();
    return found->second;
  }

 private:
  std::unordered_map<std::type_index, std::string> short_;
  std::unordered_map<const void*, std::string> events_;
};

/// Puts the two ends of each subscription together.
class edges {
 public:
  void add(pid producer, const stage_status::downstream& end) {
    subscription_view& seen = at(end.from.tag);
    seen.producer = producer;
    seen.consumer = end.from.peer.id();
    seen.seen_by_producer = true;
    seen.asked = end.asked.count();
    seen.delivered = end.sent;
    seen.outstanding = end.outstanding;
    seen.since_ask = end.since_ask;
    seen.since_event = end.since_sent;
    if (!end.handled) return;
    seen.handled = std::max(seen.handled, *end.handled);
    // Both were read by the producer, who sent nothing meanwhile; a peer that is no stage may have
    // said that it has handled more.
    seen.in_flight = end.sent - std::min(end.sent, *end.handled);
    seen.since_handled = end.since_handled;
  }
  void add(pid consumer, const stage_status::upstream& end) {
    subscription_view& seen = at(end.to.tag);
    seen.producer = end.to.peer.id();
    seen.consumer = consumer;
    seen.seen_by_consumer = true;
    seen.mode = end.mode;
    seen.max_demand = end.most;
    seen.min_demand = end.least;
    seen.handled = std::max(seen.handled, end.handled);
    if (!seen.since_handled) seen.since_handled = end.since_handled;
    if (seen.seen_by_producer) return;
    seen.outstanding = end.left;
  }

  [[nodiscard]] std::vector<subscription_view> take() {
    for (subscription_view& each : all_) each.delivered = std::max(each.delivered, each.handled);
    std::ranges::sort(all_, {}, &subscription_view::tag);
    return std::move(all_);
  }

 private:
  subscription_view& at(unique_id tag) {
    const auto [found, is_new] = positions_.try_emplace(tag, all_.size());
    if (is_new) all_.push_back({.tag = tag});
    return all_[found->second];
  }

  std::vector<subscription_view> all_;
  std::unordered_map<unique_id, std::size_t> positions_;
};

stage_view view_of(const stage_status& told, type_names& names) {
  return {.kind = told.kind,
          .takes = told.takes ? names.of(*told.takes) : "",
          .emits = told.emits ? names.of(*told.emits) : "",
          .dispatcher = told.dispatcher,
          .buffered = told.buffered,
          .buffer_size = told.buffer_size,
          .queued = told.queued,
          .emitted = told.emitted,
          .discarded = told.discarded,
          .room = told.room,
          .owed = told.owed,
          .told = told.told,
          .mode = told.mode};
}

/// A process that has not answered.
process_view view_from_outside(const runtime::known_process& known) {
  process_view seen;
  seen.id = known.who.id();
  seen.name = known.name;
  seen.label = known.name.empty() ? to_string(seen.id) : known.name;
  seen.parent = known.parent;
  seen.answered = false;
  if (known.callback != nullptr) seen.callback = known.callback;
  return seen;
}

/// One snapshot on its way: what is known from outside, and the answers that have come.
///
/// Threads: `note` by each process, `end` by whoever comes last or by the timer; `mutex_` keeps
/// what comes too late away.
class gathering {
 public:
  gathering(runtime& where, completion<snapshot> reply)
      : where_{where},
        reply_{std::move(reply)},
        begun_{where.scheduler().now()},
        known_{where.processes()},
        answers_(known_.size()),
        left_{known_.size()} {}

  static void begin(const std::shared_ptr<gathering>& self, duration within);

  void note(std::size_t index, answer told) {
    const std::scoped_lock lock{mutex_};
    if (!is_over_) answers_[index] = std::move(told);
  }
  /// One less to wait for.
  void heard() {
    if (left_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    where_.scheduler().disarm(timer_);
    end();
  }
  void end() {
    {
      const std::scoped_lock lock{mutex_};
      if (std::exchange(is_over_, true)) return;
    }
    reply_.complete(assembled());
  }

 private:
  [[nodiscard]] snapshot assembled();

  runtime& where_;
  completion<snapshot> reply_;
  const instant begun_;
  const std::vector<runtime::known_process> known_;
  std::vector<std::optional<answer>> answers_;
  std::atomic<std::size_t> left_;
  timer_id timer_{};  ///< Written before anybody is asked.
  std::mutex mutex_;
  bool is_over_ = false;
};

class look final : public system_message {
 public:
  look(std::shared_ptr<gathering> whose, std::size_t index)
      : system_message{moment::at_once}, whose_{std::move(whose)}, index_{index} {}
  /// Answered, or the process has ended.
  ~look() override { whose_->heard(); }

  void act(process& receiver) override { whose_->note(index_, ask(receiver)); }

 private:
  std::shared_ptr<gathering> whose_;
  std::size_t index_;
};

void gathering::begin(const std::shared_ptr<gathering>& self, duration within) {
  if (self->known_.empty()) return self->end();
  driver& scheduler = self->where_.scheduler();
  self->timer_ = scheduler.arm(self->begun_ + within, [self]() noexcept { self->end(); });
  for (std::size_t index = 0; index < self->known_.size(); ++index) {
    self->known_[index].who.send(std::make_unique<look>(self, index));
  }
}

snapshot gathering::assembled() {
  snapshot seen{.at = begun_};
  seen.processes.reserve(known_.size());
  type_names names;
  edges between;
  std::vector<runtime::running_callback> running;
  for (std::size_t index = 0; index < known_.size(); ++index) {
    const runtime::known_process& known = known_[index];
    std::optional<answer>& told = answers_[index];
    if (!told) {
      if (running.empty()) running = where_.running();
      seen.processes.push_back(view_from_outside(known));
      const auto runs = std::ranges::find(running, known.who.id(), &runtime::running_callback::id);
      // What it runs now, which it may not have when the snapshot began.
      if (runs != running.end()) {
        seen.processes.back().blocked = runs->since;
        seen.processes.back().callback = runs->callback;
      }
    } else {
      process_view& view = seen.processes.emplace_back();
      static_cast<process_summary&>(view) = std::move(told->summary);
      view.type = names.of(*told->type);
      view.is_supervisor = told->restarts.has_value();
      view.restarts = told->restarts.value_or(0);
      if (told->stage) {
        view.stage = view_of(*told->stage, names);
        for (const auto& each : told->stage->consumers) between.add(view.id, each);
        for (const auto& each : told->stage->producers) between.add(view.id, each);
      }
    }
    seen.processes.back().busy = known.busy;
  }
  seen.subscriptions = between.take();
  where_.telemetry().emit(snapshot_assembled{seen});
  seen.took = where_.scheduler().now() - begun_;
  return seen;
}

}  // namespace

const process_view* snapshot::find(pid process) const noexcept {
  const auto found = std::ranges::lower_bound(processes, process, {}, &process_view::id);
  return found != processes.end() && found->id == process ? &*found : nullptr;
}

const subscription_view* snapshot::find(unique_id tag) const noexcept {
  const auto found = std::ranges::lower_bound(subscriptions, tag, {}, &subscription_view::tag);
  return found != subscriptions.end() && found->tag == tag ? &*found : nullptr;
}

std::optional<double> busy_share(const snapshot& now, const snapshot& before, pid process) {
  const process_view* const here = now.find(process);
  const process_view* const then = before.find(process);
  if (here == nullptr || then == nullptr || now.at <= before.at) return std::nullopt;
  const auto spent = [](const process_view& seen) {
    return seen.busy + seen.blocked.value_or(duration::zero());
  };
  const duration between = now.at - before.at;
  const auto share = static_cast<double>((spent(*here) - spent(*then)).count()) /
                     static_cast<double>(between.count());
  return std::clamp(share, 0.0, 1.0);
}

operation<snapshot> take_snapshot(runtime& where, duration within) {
  auto [far, near] = make_operation<snapshot>();
  gathering::begin(std::make_shared<gathering>(where, std::move(far)), within);
  return std::move(near);
}

}  // namespace genstage::inline v0
