#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <genstage/observe/blame.hpp>
#include <genstage/observe/wait_graph.hpp>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace genstage::inline v0 {

namespace {

/// From so many events made of each one on, a stage is worth naming to whom has to handle them.
constexpr double much_amplification = 10;
/// How many of those who wait are named.
constexpr std::size_t named_waiters = 5;

std::string text_of(duration span) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>{span}.count());
}

std::string count_of(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// What keeps a process busy so far, in words.
std::string occupation(const process_view& seen) {
  const std::string callback = seen.callback.empty() ? "a callback" : seen.callback;
  if (seen.blocked) {
    return fmt::format("{} has not returned for {}", callback, text_of(*seen.blocked));
  }
  if (seen.activity == process_activity::suspended && seen.waits) {
    return fmt::format("it was suspended {} ago and not resumed", text_of(*seen.waits));
  }
  if (seen.waits) return fmt::format("{} has been waiting for {}", callback, text_of(*seen.waits));
  return "it is between two callbacks";
}

/// Follows who waits for whom, and says what is wrong where that ends.
class inquiry {
 public:
  inquiry(const snapshot& now, const snapshot* before, const blame_options& options)
      : now_{now}, before_{before}, options_{options}, graph_{now} {}

  std::vector<finding> run() {
    look_at_ends();
    for (const subscription_view& each : now_.subscriptions) look_at(each);
    for (const observed_process& each : graph_.all()) look_at(each);
    for (std::size_t index = 0; index < found_.size(); ++index) {
      add_supervisor(found_[index].stage);
      name_waiters(index);
    }
    return std::move(found_);
  }

 private:
  using wait = wait_graph::wait;
  /// A step of the way from who waits; none leads to the first.
  struct step {
    const observed_process* at;
    const wait* by;
  };

  [[nodiscard]] bool is_long(duration span) const noexcept { return span >= options_.patience; }
  [[nodiscard]] const std::string& label_of(pid process) const {
    static const std::string unknown = "a process that has ended";
    const process_view* const seen = now_.find(process);
    return seen != nullptr ? seen->label : unknown;
  }
  [[nodiscard]] const process_view* earlier(const process_view& seen) const {
    return before_ != nullptr ? before_->find(seen.id) : nullptr;
  }

  // Who waits.

  /// Its events wait too long for its consumer, or its consumer for events.
  void look_at(const subscription_view& asked) {
    const observed_process* const consumer = graph_.find(asked.consumer);
    const observed_process* const producer = graph_.find(asked.producer);
    if (consumer == nullptr || producer == nullptr) return;
    if (asked.in_flight > 0) {
      if (!holds_up(asked, *consumer, *producer)) return;
      const duration still = std::max(stuck_for(*consumer->view), still_for(asked));
      if (!is_long(still) && !is_slow(asked, *producer)) return;
      const wait events{consumer, &asked, waits_for::demand};
      begin({{producer, nullptr}, {consumer, &events}});
    } else if (!asked.outstanding.is_zero() && is_long(still_for(asked))) {
      begin({{consumer, nullptr}});
    }
  }

  /// Something waits until the consumer has handled what it has, or would have to. Otherwise it
  /// only has a long job.
  [[nodiscard]] static bool holds_up(const subscription_view& asked,
                                     const observed_process& consumer,
                                     const observed_process& producer) {
    const demand one_batch = asked.max_demand - asked.min_demand;
    const bool is_more = asked.seen_by_consumer && asked.in_flight > one_batch.count();
    if (is_more || consumer.view->queue_length > 0) return true;
    if (consumer.view->stage && consumer.view->stage->queued > 0) return true;
    const std::optional<stage_view>& from = producer.view->stage;
    return !from || from->room.is_zero() || from->buffered > 0;
  }

  /// At the rate at which its events are handled now, those that wait will wait for long.
  [[nodiscard]] bool is_slow(const subscription_view& asked,
                             const observed_process& producer) const {
    if (before_ == nullptr) return false;
    const subscription_view* const then = before_->find(asked.tag);
    if (then == nullptr || then->in_flight == 0 || asked.handled <= then->handled) return false;
    const bool is_only_one = producer.down.size() == 1 && producer.view->stage;
    const std::uint64_t buffered = is_only_one ? producer.view->stage->buffered : 0;
    const auto handled = static_cast<double>(asked.handled - then->handled);
    const auto between = static_cast<double>((now_.at - before_->at).count());
    const double takes = static_cast<double>(asked.in_flight + buffered) / handled * between;
    return takes >= static_cast<double>(options_.slow_after.count());
  }

  void look_at(const observed_process& asked) {
    const process_view& seen = *asked.view;
    if (seen.blocked && is_long(*seen.blocked)) convict(asked, illness::blocked_callback);
    if (seen.is_supervisor) look_for_restarts(seen);
    if (seen.stage) look_at_buffer(asked);
    const bool has_mail = seen.oldest_message && is_long(*seen.oldest_message);
    if (seen.activity == process_activity::suspended && has_mail) {
      convict(asked, illness::suspended);
    } else if (has_mail && !is_convicted(seen.id)) {
      convict(asked, illness::starved_timer);
    }
  }

  void look_at_buffer(const observed_process& asked) {
    const stage_view& stage = *asked.view->stage;
    const process_view* const then = earlier(*asked.view);
    const bool was_there = then != nullptr && then->stage;
    const std::uint64_t dropped_before = was_there ? then->stage->discarded : 0;
    const std::size_t size = stage.buffer_size.value_or(SIZE_MAX);
    // Otherwise they were dropped on purpose: by a hash, for instance.
    const bool is_full = stage.buffered >= size / 2 || stage.dispatcher == "partition_dispatcher";
    if (stage.discarded > dropped_before && is_full) convict(asked, illness::discarding_buffer);
    if (stage.buffered == 0) return;
    if (asked.down.empty()) {
      if (was_there && then->stage->buffered > 0) convict(asked, illness::late_subscriber);
    } else if (stage.room.is_zero() && std::ranges::all_of(asked.down, [&](const auto* each) {
                 return is_long(still_for(*each));
               })) {
      begin({{&asked, nullptr}});
    }
  }

  void look_for_restarts(const process_view& supervisor) {
    const process_view* const then = earlier(supervisor);
    if (then == nullptr || supervisor.restarts < then->restarts + options_.restarts) return;
    const process_view* child = nullptr;
    for (const process_view& each : now_.processes) {
      if (each.parent == supervisor.id && earlier(each) == nullptr) child = &each;
    }
    const process_view& named = child != nullptr ? *child : supervisor;
    add(named, illness::restart_loop,
        fmt::format("{} has restarted its children {} times in {}", supervisor.label,
                    supervisor.restarts - then->restarts, text_of(now_.at - before_->at)),
        {fmt::format("{} times in all", supervisor.restarts)});
  }

  /// What was told to end. A supervisor that ends waits for its children.
  void look_at_ends() {
    for (const observed_process& each : graph_.all()) {
      const process_view& seen = *each.view;
      if (!is_ending(seen)) continue;
      const bool waits_for_children =
          seen.is_supervisor &&
          std::ranges::count(now_.processes, seen.id, &process_view::parent) > 0;
      if (!waits_for_children) convict(each, illness::hanging_drain);
    }
  }
  [[nodiscard]] bool is_ending(const process_view& seen) const {
    const bool is_told = seen.activity == process_activity::terminating ||
                         (seen.blocked && seen.callback == "terminate");
    return is_told && is_long(stuck_for(seen));
  }

  // Whom they wait for.

  void begin(std::vector<step> way) {
    visited_.clear();
    follow(way);
  }
  /// Goes on from the last step to whoever waits for nobody, by every way.
  void follow(std::vector<step>& way) {
    const observed_process& here = *way.back().at;
    const auto begins = std::ranges::find(way, &here, &step::at);
    if (begins != std::prev(way.end())) {
      return judge_cycle({begins, way.end()}, way.front().at->view->label);
    }
    if (is_convicted(here.view->id) && way.size() > 1) {
      return add_waiter(here.view->id, way.front().at->view->label);
    }
    const std::vector<wait> next = graph_.waits_of(here);
    if (next.empty()) return judge(way);
    for (const wait& each : next) {
      if (!visited_.insert(each.over->tag).second) continue;
      way.push_back({each.to, &each});
      follow(way);
      way.pop_back();
    }
  }

  /// The last of the way waits for nobody.
  void judge(const std::vector<step>& way) {
    const observed_process& last = *way.back().at;
    const process_view& seen = *last.view;
    const subscription_view* const over = way.back().by != nullptr ? way.back().by->over : nullptr;
    std::optional<illness> what;
    if (seen.blocked) {
      what = illness::blocked_callback;
    } else if (seen.activity == process_activity::suspended) {
      what = illness::suspended;
    } else if (last.is_idle() && has_no_consumer(last)) {
      what = illness::late_subscriber;
    } else if (last.has_events() || seen.waits) {
      const bool is_hot = over != nullptr && is_hot_partition(*over);
      what = is_hot ? illness::hot_partition : illness::slow_sink;
    } else if (last.is_idle() && seen.stage) {
      what = idle_illness(last);
    }
    if (!what) return;
    convict(last, *what, over);
    add_waiter(seen.id, way.front().at->view->label);
  }

  [[nodiscard]] static bool has_no_consumer(const observed_process& asked) {
    const std::optional<stage_view>& stage = asked.view->stage;
    return stage && stage->kind == stage_kind::producer_consumer && asked.down.empty();
  }

  /// It has nothing to do and the others wait for it. Found out once, though each of many may wait.
  [[nodiscard]] std::optional<illness> idle_illness(const observed_process& idle) {
    const auto [known, is_new] = idle_.try_emplace(&idle);
    if (is_new) known->second = find_idle_illness(idle);
    return known->second;
  }
  [[nodiscard]] std::optional<illness> find_idle_illness(const observed_process& idle) const {
    const stage_view& stage = *idle.view->stage;
    const auto is_still = [&](const auto* each) { return is_long(still_for(*each)); };
    if (stage.kind != stage_kind::producer) {
      if (idle.view->is_supervisor) return illness::slow_sink;
      if (!std::ranges::all_of(idle.up, is_still)) return std::nullopt;
      return illness::stopped_consumer;
    }
    if (!std::ranges::all_of(idle.down, is_still)) return std::nullopt;
    if (stage.mode == demand_mode::accumulate) return illness::late_subscriber;
    if (stage.owed.is_zero() || stage.emitted == 0) return std::nullopt;
    // Only asks can make it emit, and it will not be asked again for what it owes.
    if (stage.told == 0) return illness::lost_demand;
    const process_view* const then = earlier(*idle.view);
    const bool makes_nothing_of_it = then != nullptr && then->stage &&
                                     then->stage->told < stage.told &&
                                     then->stage->emitted == stage.emitted;
    if (options_.sources == idle_producers::are_suspected && makes_nothing_of_it) {
      return illness::lost_demand;
    }
    return std::nullopt;
  }

  /// The consumers of other partitions could take events.
  [[nodiscard]] bool is_hot_partition(const subscription_view& over) const {
    const observed_process* const producer = graph_.find(over.producer);
    if (producer == nullptr || !producer->view->stage) return false;
    if (producer->view->stage->dispatcher != "partition_dispatcher") return false;
    const auto could_take = std::ranges::count_if(producer->down, [&](const auto* each) {
      return each->tag != over.tag && each->in_flight == 0 && !each->outstanding.is_zero();
    });
    return could_take > 0 && 2 * static_cast<std::size_t>(could_take) >= producer->down.size() - 1;
  }

  /// From a stage back to itself. The first step's own `by` leads there from outside.
  void judge_cycle(std::vector<step> round, const std::string& waiter) {
    const std::span<const step> steps = std::span{round}.subspan(1);
    const auto is_still = [&](const step& each) { return is_long(still_for(*each.by->over)); };
    if (!std::ranges::all_of(steps, is_still)) return;
    // Who waits for events and is waited for because it does not ask: where two ways meet.
    const observed_process* join = nullptr;
    for (std::size_t at = 0; at < steps.size(); ++at) {
      const step& next = steps[(at + 1) % steps.size()];
      const bool turns =
          steps[at].by->what == waits_for::demand && next.by->what == waits_for::events;
      if (turns) join = steps[at].at;
    }
    std::vector<std::string> labels;
    for (const step& each : round) labels.push_back(each.at->view->label);
    const std::string circle = fmt::format("each waits for the next: {}", fmt::join(labels, ", "));
    if (join != nullptr) {
      add(*join->view, illness::starving_diamond,
          "waits for events of one way and asks for none of the other, which holds back the first",
          {circle});
      add_waiter(join->view->id, waiter);
      return;
    }
    const step& first =
        *std::ranges::min_element(steps, {}, [](const step& each) { return each.at->view->id; });
    add(*first.at->view, illness::cycle_without_buffer,
        steps.front().by->what == waits_for::demand
            ? "is part of a cycle in which nobody asks, since all have events that nobody takes"
            : "is part of a cycle in which all wait for events, and nobody has any",
        {circle});
    add_waiter(first.at->view->id, waiter);
  }

  // What is said of them.

  void convict(const observed_process& guilty, illness what,
               const subscription_view* over = nullptr) {
    add(*guilty.view, what, text_for(guilty, what), evidence_for(guilty, what, over));
  }

  [[nodiscard]] std::string text_for(const observed_process& guilty, illness what) const {
    const process_view& seen = *guilty.view;
    std::uint64_t waiting = 0;
    for (const subscription_view* each : guilty.up) waiting += each->in_flight;
    std::uint64_t wanted = 0;
    for (const subscription_view* each : guilty.down) wanted += each->outstanding.count();
    switch (what) {
      case illness::slow_sink:
      case illness::hot_partition:
        if (seen.is_supervisor) return "asks for more events when one of its children has ended";
        return fmt::format("has {} to handle; {}", count_of(waiting, "event"), occupation(seen));
      case illness::blocked_callback:
        return fmt::format("{}, and holds a thread", occupation(seen));
      case illness::hanging_drain:
        return fmt::format("was told to end and has not; {}", occupation(seen));
      case illness::suspended:
        return fmt::format("{}; {} waiting", occupation(seen),
                           count_of(seen.queue_length, "message"));
      case illness::lost_demand:
        return fmt::format(
            "owes {} that it was asked for, and only another ask, which will not "
            "come, could make it emit; if it has no more, it has to stop",
            count_of(seen.stage->owed.count(), "event"));
      case illness::stopped_consumer:
        return "has handled what it was sent and asks for nothing";
      case illness::late_subscriber:
        return guilty.down.empty()
                   ? fmt::format("keeps {} for consumers, and nobody has subscribed",
                                 count_of(seen.stage->buffered + seen.stage->queued, "event"))
                   : fmt::format("holds back the demand for {} until its mode is set to forward",
                                 count_of(wanted, "event"));
      case illness::discarding_buffer:
        return fmt::format("has discarded {}; its buffer keeps {}",
                           count_of(seen.stage->discarded, "event"),
                           seen.stage->buffer_size.value_or(0));
      default:
        return fmt::format("has left a message for {}, {} in its queue; {}",
                           text_of(seen.oldest_message.value_or(duration::zero())),
                           seen.queue_length, occupation(seen));
    }
  }

  [[nodiscard]] std::vector<std::string> evidence_for(const observed_process& guilty, illness what,
                                                      const subscription_view* over) const {
    std::vector<std::string> lines;
    if (over != nullptr) {
      lines.push_back(fmt::format("of {}: asked for {}, sent {}, handled {}; nothing for {}",
                                  label_of(over->producer), over->asked, over->delivered,
                                  over->handled, text_of(still_for(*over))));
    }
    const process_view& seen = *guilty.view;
    if (const auto busy = before_ != nullptr ? busy_share(now_, *before_, seen.id) : std::nullopt;
        busy && *busy > 0) {
      lines.push_back(fmt::format("in callbacks for {:.0f} % of the time", *busy * 100));
    }
    if (what == illness::slow_sink || what == illness::hot_partition) {
      std::unordered_set<const observed_process*> known;
      add_amplification(guilty, known, lines);
    }
    return lines;
  }

  /// Who makes many events of each, on all the ways to a stage.
  void add_amplification(const observed_process& to,
                         std::unordered_set<const observed_process*>& known,
                         std::vector<std::string>& lines) const {
    for (const subscription_view* each : to.up) {
      const observed_process* const maker = graph_.find(each->producer);
      if (maker == nullptr || !known.insert(maker).second) continue;
      if (const double made = amplification(*maker); made >= much_amplification) {
        lines.push_back(fmt::format("{} makes {:.0f} events of each", maker->view->label, made));
      }
      add_amplification(*maker, known, lines);
    }
  }
  /// Events made of each one that was handled; 0 if that is not known.
  [[nodiscard]] static double amplification(const observed_process& maker) {
    std::uint64_t taken = 0;
    for (const subscription_view* each : maker.up) taken += each->handled;
    if (taken == 0 || !maker.view->stage) return 0;
    return static_cast<double>(maker.view->stage->emitted) / static_cast<double>(taken);
  }

  [[nodiscard]] bool is_convicted(pid process) const {
    return std::ranges::count(found_, process, &finding::stage) > 0;
  }
  void add(const process_view& guilty, illness what, std::string text,
           std::vector<std::string> evidence) {
    const bool is_known = std::ranges::any_of(
        found_, [&](const finding& each) { return each.what == what && each.stage == guilty.id; });
    if (is_known) return;
    found_.push_back({what, guilty.id, guilty.label, std::move(text), std::move(evidence)});
    waiters_.emplace_back();
    known_waiters_.emplace_back();
  }
  void add_waiter(pid guilty, const std::string& waiter) {
    for (std::size_t index = 0; index < found_.size(); ++index) {
      if (found_[index].stage != guilty || found_[index].label == waiter) continue;
      if (known_waiters_[index].insert(waiter).second) waiters_[index].push_back(waiter);
    }
  }
  /// A supervisor does one thing at a time: one that has been at it for long waits for its child.
  void add_supervisor(pid guilty) {
    const process_view* const parent = now_.find(now_.find(guilty)->parent);
    const bool waits = parent != nullptr && parent->is_supervisor && parent->waits;
    if (waits && is_long(*parent->waits)) add_waiter(guilty, parent->label);
  }
  void name_waiters(std::size_t index) {
    const std::vector<std::string>& all = waiters_[index];
    if (all.empty()) return;
    const std::span<const std::string> named{all.data(), std::min(all.size(), named_waiters)};
    std::string line = fmt::format("waited for by {}", fmt::join(named, ", "));
    if (named.size() < all.size()) {
      line += fmt::format(" and {} more", all.size() - named.size());
    }
    found_[index].evidence.push_back(std::move(line));
  }

  const snapshot& now_;
  const snapshot* before_;
  const blame_options& options_;
  const wait_graph graph_;
  std::vector<finding> found_;
  std::vector<std::vector<std::string>> waiters_;  ///< Of each finding, in the order found.
  std::vector<std::unordered_set<std::string>> known_waiters_;
  std::unordered_map<const observed_process*, std::optional<illness>> idle_;
  std::unordered_set<unique_id> visited_;  ///< Subscriptions of the way that is followed.
};

}  // namespace

std::string_view to_string(illness what) noexcept {
  switch (what) {
    case illness::slow_sink:
      return "slow_sink";
    case illness::lost_demand:
      return "lost_demand";
    case illness::cycle_without_buffer:
      return "cycle_without_buffer";
    case illness::stopped_consumer:
      return "stopped_consumer";
    case illness::hot_partition:
      return "hot_partition";
    case illness::restart_loop:
      return "restart_loop";
    case illness::blocked_callback:
      return "blocked_callback";
    case illness::starved_timer:
      return "starved_timer";
    case illness::discarding_buffer:
      return "discarding_buffer";
    case illness::starving_diamond:
      return "starving_diamond";
    case illness::late_subscriber:
      return "late_subscriber";
    case illness::hanging_drain:
      return "hanging_drain";
    case illness::suspended:
      return "suspended";
  }
  return "unknown";
}

std::string to_string(const finding& found) {
  std::string text = fmt::format("{}: {} ({})", found.label, found.text, to_string(found.what));
  for (const std::string& each : found.evidence) text += "\n  " + each;
  return text;
}

std::vector<finding> blame(const snapshot& now, const snapshot* before,
                           const blame_options& options) {
  return inquiry{now, before, options}.run();
}

}  // namespace genstage::inline v0
