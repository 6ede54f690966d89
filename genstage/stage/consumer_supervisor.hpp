#pragma once

#include <concepts>
#include <genstage/dispatch/dispatcher.hpp>
#include <genstage/stage/child_ledger.hpp>
#include <genstage/stage/consumer_requests.hpp>
#include <genstage/stage/consumer_side.hpp>
#include <genstage/stage/event_child.hpp>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

template <class T>
struct consumer_supervisor_spec {
  event_child<T> child;
  restart_limits limits{};
  supervising_options options{};
};

namespace detail {

/// Why a supervisor cannot start such children for events, or nothing.
[[nodiscard]] std::optional<std::string> refuse_child(const std::string& supervisor,
                                                      const child_spec& child);
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
/// Failure: a start that fails is reported and frees the event's place; restarts that come too
/// often end the supervisor.
/// Threads, Ordering: events of a message are started in order, each when the one before it has
/// started; whatever else comes waits.
/// Source: G-369 to G-406.
template <class T>
  requires std::copy_constructible<T>
class consumer_supervisor final : public dynamic_supervisor, public detail::consumer_requests {
 public:
  using input_event = const T;

  explicit consumer_supervisor(consumer_supervisor_spec<T> spec)
      : dynamic_supervisor{{.limits = spec.limits, .options = spec.options}},
        detail::consumer_requests{*static_cast<process*>(this)},
        child_{std::move(spec.child)} {}

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

  /// A child that is charged to no producer; see `start_child`.
  task<result<process_ref>> add_child_for(const T& event) { return add_child(spec_for(event)); }

 protected:
  void start() override {
    dynamic_supervisor::start();
    if (const auto refusal = detail::refuse_child(label(), spec_for(std::nullopt))) {
      stop(exit_reason::user(*refusal));
    }
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
    const auto charge = charges_.find(last);
    if (charge == charges_.end()) return;
    const unique_id tag = charge->second;
    charges_.erase(charge);
    if (const auto owner = accounts_.find(tag); owner != accounts_.end()) {
      ask(owner->second, owner->second.ledger.ended());
    }
  }
  void child_moved(pid before, pid now) override {
    if (auto charge = charges_.extract(before)) {
      charge.key() = now;
      charges_.insert(std::move(charge));
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

  child_spec spec_for(std::optional<T> event) const {
    child_spec made{.id = child_.id, .start = {}};
    if (child_.start) {
      made.start = [start = child_.start, event = std::move(event)](runtime& where,
                                                                    spawn_options how) {
        return start(where, std::move(how), *event);
      };
    }
    made.restart = child_.restart;
    made.shutdown = child_.shutdown;
    made.type = child_.type;
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
    const std::span<const T> events = up_.next_batch();
    const demand excess = from.ledger.excess(demand{events.size()});
    if (!excess.is_zero()) detail::log_excess(*this, to_string(from.from.peer.id()), excess);
    demand started;
    demand failed;
    for (const T& event : events) {
      child_spec child = spec_for(event);
      task<start_outcome> starting = start_process(child);
      start_outcome outcome = co_await std::move(starting);
      if (outcome.verdict == start_verdict::started) {
        charges_.emplace(outcome.process.id(), from.from.tag);
        keep(std::move(child), std::move(outcome.process), 0);
        started += demand{1};
        continue;
      }
      if (outcome.verdict == start_verdict::failed) {
        report(child, pid{}, report_context::start_error, outcome.reason);
      }
      failed += demand{1};
    }
    up_.finish_batch();
    ask(from, from.ledger.handled(started, failed));
  }

  void ask(const account& to, demand count) {
    if (count.is_zero()) return;
    auto asked = std::make_unique<batch_message<T>>(message_kind::ask, to.from.tag, id());
    asked->asked = count;
    to.from.peer.send(std::move(asked));
  }

  void upstream_ended(unique_id tag, const exit_reason& reason) {
    if (up_.find(tag) == nullptr) return;
    const auto ended = up_.remove(tag);
    accounts_.erase(tag);
    if (!ends_consumer(ended->options.cancel, reason)) return;
    detail::log_stop_after_cancel(*this, ended->label, reason);
    run_callback("stop_children", leave(reason));
  }

  event_child<T> child_;
  std::vector<subscription_plan> plans_;
  consumer_side<const T> up_{*this};
  std::map<unique_id, account> accounts_;
  /// The subscription that a child's event came by; none for those of `start_child`.
  std::map<pid, unique_id> charges_;
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

/// Starts a child that is charged to no producer: its end causes no ask (G-390). Otherwise as with
/// a `ref<dynamic_supervisor>`.
template <class T>
[[nodiscard]] operation<process_ref> start_child(const ref<consumer_supervisor<T>>& asked,
                                                 std::type_identity_t<T> event) {
  using asked_type = consumer_supervisor<T>;
  return detail::ask_supervisor<asked_type, process_ref>(
      asked, "start_child",
      [event = std::move(event)](asked_type& here) { return here.add_child_for(event); });
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
