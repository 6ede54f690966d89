#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <genstage/stage/child_ledger.hpp>
#include <genstage/stage/consumer_requests.hpp>
#include <genstage/stage/consumer_side.hpp>
#include <genstage/stage/event_child.hpp>
#include <genstage/stage/stage_events.hpp>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

template <class T>
struct consumer_supervisor_spec {
  event_child<T> child;
  restart_limits limits{};
  supervising_options options{};
};

/// Decides how children are started: at the start of the supervisor, and again at each
/// `reconfigure`. Nothing means at the start that there is nothing to run, and later that all
/// stays.
template <class T>
using consumer_supervisor_init = std::function<std::optional<consumer_supervisor_spec<T>>()>;

namespace detail {

enum class event_copies : std::uint8_t { possible, impossible };

/// Why a supervisor cannot start such children for events, or nothing.
[[nodiscard]] std::optional<std::string> refuse_child(const std::string& supervisor,
                                                      const child_spec& child, event_copies copies);
/// Stands for a start whose event has not come yet.
[[nodiscard]] result<process_ref> no_event_yet(runtime& where, spawn_options how);
[[nodiscard]] error no_change(const process& owner, const std::string& why);
void log_excess(const process& owner, const std::string& producer, demand excess);

}  // namespace detail

/// A consumer whose handling of an event is to start a supervised process for it.
///
///     inline constexpr gs::name<gs::consumer_supervisor<job>> workers{"workers"};
///     const gs::consumer_supervisor_spec<job> one_each{.child =
///         gs::event_child<job>::of<worker>()};
///     gs::child(workers, one_each).subscribe_to(jobs, {.max_demand = 50})
///
/// At most max_demand children run for one producer at a time, those that are being started again
/// included. When min_demand of them have ended for good, that many events are asked for. When a
/// subscription ends its children stay, unless its `cancel` ends the supervisor.
///
/// Events that can be copied are read, so a broadcast shares them, and kept while their children
/// may be started again. Others are moved into their children, which then must be temporary.
///
/// Failure: a start that fails is reported and frees the event's place; restarts that come too
/// often end the supervisor.
/// Threads, Ordering: events of a message are started in order, each when the one before it has
/// started; whatever else comes waits.
/// Source: G-369 to G-406.
template <std::move_constructible T>
class consumer_supervisor final : public dynamic_supervisor, public detail::consumer_requests {
  static constexpr bool copies = std::copy_constructible<T>;

 public:
  using input_event = std::conditional_t<copies, const T, T>;

  explicit consumer_supervisor(consumer_supervisor_spec<T> spec)
      : consumer_supervisor{consumer_supervisor_init<T>{
            [spec = std::move(spec)] { return std::optional{spec}; }}} {}
  explicit consumer_supervisor(consumer_supervisor_init<T> init)
      : dynamic_supervisor{{}},
        detail::consumer_requests{*static_cast<process*>(this)},
        init_{std::move(init)} {}

  /// To be made when it starts.
  void subscribe_to(std::vector<subscription_plan> plans) { plans_ = std::move(plans); }

  /// Subscribes the supervisor; what `gs::subscribe` does.
  result<unique_id> subscribe(const subscription_plan& plan) override {
    auto added = up_.add(plan);
    if (!added) {
      if (added.error().code == errc::not_found) {
        is_orphaned_ = plan.options.cancel != cancel_mode::temporary;
        return owner().mint();
      }
      log(log_level::error, added.error().message);
      return std::unexpected{std::move(added.error())};
    }
    auto& upstream = **added;
    up_.open(upstream, subscription_mode::manual);
    const demand_range range = *checked(plan.options, label(), upstream.label);
    account& opened =
        accounts_.emplace(upstream.to.tag, account{upstream.to, {range.most, range.least}})
            .first->second;
    ask(opened, opened.ledger.first_ask());
    return upstream.to.tag;
  }

  void* user() noexcept override { return this; }
  [[nodiscard]] const void* user_type() const noexcept override {
    return detail::type_key<consumer_supervisor>();
  }

  [[nodiscard]] stage_status describe() override {
    stage_status now{.kind = stage_kind::consumer};
    up_.describe(now);
    return now;
  }

  /// A child that is charged to no producer; see `start_child`.
  task<result<process_ref>> add_child_for(T event) { return add_child(spec_for(std::move(event))); }
  /// Calls the init function again; see `reconfigure`.
  task<result<void>> init_again() {
    std::optional<consumer_supervisor_spec<T>> chosen;
    try {
      chosen = init_();
    } catch (...) {
      const auto thrown = exit_reason::exception(std::current_exception(), "init");
      co_return std::unexpected{detail::no_change(*this, to_string(thrown))};
    }
    if (!chosen) co_return result<void>{};
    if (const auto refusal = refuse(*chosen)) {
      co_return std::unexpected{detail::no_change(*this, *refusal)};
    }
    adopt(std::move(*chosen));
    co_return result<void>{};
  }

 protected:
  void start() override {
    enter("init");
    std::optional<consumer_supervisor_spec<T>> chosen = init_();
    if (!chosen) return ignore();
    if (const auto refusal = refuse(*chosen)) return stop(exit_reason::user(*refusal));
    adopt(std::move(*chosen));
    dynamic_supervisor::start();
    for (const subscription_plan& plan : std::exchange(plans_, {})) {
      if (is_ending()) return;
      const result<unique_id> made = subscribe(plan);
      if (!made) stop(exit_reason::user(made.error().message));
      if (is_orphaned_) stop(exit_reason::noproc());
    }
  }

  void receive_other(message_ptr received) override {
    switch (received->kind) {
      case message_kind::events:
        take_events(std::move(received));
        break;
      case message_kind::cancelled: {
        const auto& notice = static_cast<cancel_message&>(*received);
        upstream_ended(notice.tag, notice.reason);
        break;
      }
      case message_kind::down: {
        const auto& notice = static_cast<down_message&>(*received);
        upstream_ended(notice.monitor, notice.reason);
        break;
      }
      case message_kind::request:
        static_cast<stage_request&>(*received).act(*this);
        if (is_orphaned_) run_callback("stop_children", leave(exit_reason::noproc()));
        break;
      case message_kind::subscribe:
        refuse(static_cast<subscribe_message&>(*received));
        break;
      default:
        dynamic_supervisor::receive_other(std::move(received));
    }
  }

  void child_gone(pid last) override {
    const auto found = charges_.extract(last);
    if (!found) return;
    const charge& paid = found.mapped();
    const auto owner = accounts_.find(paid.tag);
    if (owner == accounts_.end()) return;
    if (paid.came) detail::tell_handled(*this, paid.tag, 1, *paid.came, now());
    ask_again(owner->second, owner->second.ledger.ended());
  }
  void child_moved(pid before, pid now) override {
    if (auto moved = charges_.extract(before)) {
      moved.key() = now;
      charges_.insert(std::move(moved));
    }
  }
  /// All children have one declaration (G-395).
  [[nodiscard]] child_counts count() const override {
    child_counts counts = dynamic_supervisor::count();
    counts.specs = 1;
    return counts;
  }

 private:
  struct account {
    subscription from;
    child_ledger ledger;
  };
  /// An event that has a child.
  struct charge {
    unique_id tag;                              ///< the subscription that it came by
    std::optional<detail::batch_journey> came;  ///< if somebody measures
  };

  [[nodiscard]] std::optional<std::string> refuse(const consumer_supervisor_spec<T>& chosen) const {
    child_spec seen = declaration(chosen.child);
    if (chosen.child.start) seen.start = detail::no_event_yet;
    const auto can_restart =
        copies ? detail::event_copies::possible : detail::event_copies::impossible;
    if (auto refusal = detail::refuse_child(label(), seen, can_restart)) return refusal;
    return refuse_start(chosen.limits);
  }
  void adopt(consumer_supervisor_spec<T> chosen) {
    child_ = std::move(chosen.child);
    restart_within(chosen.limits);
    supervise_with(std::move(chosen.options));
  }

  static child_spec declaration(const event_child<T>& child) {
    return {.id = child.id,
            .start = {},
            .restart = child.restart,
            .shutdown = child.shutdown,
            .type = child.type};
  }
  child_spec spec_for(T event) const {
    child_spec made = declaration(child_);
    if constexpr (copies) {
      made.start = [start = child_.start, event = std::move(event)](runtime& where,
                                                                    spawn_options how) {
        return start(where, std::move(how), event);
      };
    } else {
      // A declaration is copyable; this one is used once.
      auto held = std::make_shared<T>(std::move(event));
      made.start = [start = child_.start, held = std::move(held)](runtime& where,
                                                                  spawn_options how) {
        return start(where, std::move(how), std::move(*held));
      };
    }
    return made;
  }

  void refuse(const subscribe_message& wish) {
    log(log_level::error, "is a consumer and cannot be subscribed to; refused");
    wish.from.peer.send(std::make_unique<cancel_message>(message_kind::cancelled, wish.from.tag,
                                                         exit_reason::user("not_a_producer")));
  }

  void take_events(message_ptr received) {
    const unique_id tag = static_cast<stream_message&>(*received).tag;
    if (!up_.accept(std::move(received))) return;
    run_callback("start_children", start_children(accounts_.at(tag)));
  }

  task<> start_children(account& from) {
    const std::span<input_event> events = up_.next_batch();
    const demand excess = from.ledger.excess(demand{events.size()});
    if (!excess.is_zero()) detail::log_excess(*this, to_string(from.from.peer.id()), excess);
    demand started;
    demand failed;
    for (input_event& event : events) {
      const auto came = up_.notes() == nullptr ? std::optional<detail::batch_journey>{}
                                               : detail::journey_of(up_.notes(), now());
      child_spec child = spec_for(std::move(event));
      task<start_outcome> starting = start_process(child);
      start_outcome outcome = co_await std::move(starting);
      if (outcome.verdict == start_verdict::started) {
        charges_.emplace(outcome.process.id(), charge{from.from.tag, came});
        keep(std::move(child), std::move(outcome.process), 0);
        started += demand{1};
        continue;
      }
      if (outcome.verdict == start_verdict::failed) {
        report(child, pid{}, report_context::start_error, outcome.reason);
      }
      failed += demand{1};
      if (came) detail::tell_handled(*this, from.from.tag, 1, *came, now());
    }
    up_.finish_batch();
    ask_again(from, from.ledger.handled(started, failed));
  }

  void ask(const account& to, demand count) {
    if (count.is_zero()) return;
    auto asked = std::make_unique<batch_message<T>>(message_kind::ask, to.from.tag, id());
    asked->asked = count;
    to.from.peer.send(std::move(asked));
  }
  /// For others in place of those whose children have ended.
  void ask_again(const account& to, demand count) {
    ask(to, count);
    if (!count.is_zero()) detail::tell_returned(*this, to.from.tag, count);
  }

  void upstream_ended(unique_id tag, const exit_reason& reason) {
    if (up_.find(tag) == nullptr) return;
    const auto ended = up_.remove(tag);
    accounts_.erase(tag);
    if (!ends_consumer(ended->options.cancel, reason)) return;
    detail::log_stop_after_cancel(*this, ended->label, reason);
    run_callback("stop_children", leave(reason));
  }

  consumer_supervisor_init<T> init_;
  event_child<T> child_;
  std::vector<subscription_plan> plans_;
  consumer_side<input_event> up_{*this};
  std::map<unique_id, account> accounts_;
  /// By their children. Those of `start_child` are not among them.
  std::map<pid, charge> charges_;
  bool is_orphaned_ = false;  ///< A producer that matters was not there.
};

template <class T>
[[nodiscard]] result<ref<consumer_supervisor<T>>> start_supervisor(runtime& where,
                                                                   consumer_supervisor_spec<T> spec,
                                                                   spawn_options options = {}) {
  auto spawned =
      where.spawn(std::make_unique<consumer_supervisor<T>>(std::move(spec)), std::move(options));
  if (!spawned) return std::unexpected{std::move(spawned.error())};
  return ref<consumer_supervisor<T>>{std::move(*spawned)};
}

/// The same for one that an init function declares.
template <class T>
[[nodiscard]] result<ref<consumer_supervisor<T>>> start_supervisor(
    runtime& where, std::type_identity_t<consumer_supervisor_init<T>> init,
    spawn_options options = {}) {
  auto spawned =
      where.spawn(std::make_unique<consumer_supervisor<T>>(std::move(init)), std::move(options));
  if (!spawned) return std::unexpected{std::move(spawned.error())};
  return ref<consumer_supervisor<T>>{std::move(*spawned)};
}

/// Has the supervisor's init function called again. What it answers holds for later events and
/// restart limits; children that run keep running, and are started again as they were. Source:
/// G-404, where it comes with a new version of the code.
/// Failure: invalid_argument if it throws or answers what cannot be run; then nothing changes.
template <class T>
[[nodiscard]] operation<void> reconfigure(const ref<consumer_supervisor<T>>& asked) {
  return detail::ask_supervisor<consumer_supervisor<T>, void>(
      asked, "reconfigure", [](consumer_supervisor<T>& here) { return here.init_again(); });
}

/// Starts a child that is charged to no producer: its end causes no ask (G-390). Otherwise as with
/// a `ref<dynamic_supervisor>`.
template <class T>
[[nodiscard]] operation<process_ref> start_child(const ref<consumer_supervisor<T>>& asked,
                                                 std::type_identity_t<T> event) {
  using asked_type = consumer_supervisor<T>;
  return detail::ask_supervisor<asked_type, process_ref>(
      asked, "start_child", [event = std::move(event)](asked_type& here) mutable {
        return here.add_child_for(std::move(event));
      });
}
/// Ends a child and forgets it, and frees its event's place. Failure: not_found.
template <class T>
[[nodiscard]] operation<void> terminate_child(const ref<consumer_supervisor<T>>& asked, pid child) {
  return terminate_child(ref<dynamic_supervisor>{asked.process()}, child);
}
template <class T>
[[nodiscard]] operation<std::vector<child_info>> which_children(
    const ref<consumer_supervisor<T>>& asked) {
  return which_children(ref<dynamic_supervisor>{asked.process()});
}
template <class T>
[[nodiscard]] operation<child_counts> count_children(const ref<consumer_supervisor<T>>& asked) {
  return count_children(ref<dynamic_supervisor>{asked.process()});
}

}  // namespace genstage::inline v0
