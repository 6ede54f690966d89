#include "genstage/inspector/detail/looking.hpp"

#include <algorithm>
#include <chrono>
#include <genstage/observe/blame.hpp>
#include <genstage/record/coarse_clock.hpp>

#include "genstage/inspector/last_known.hpp"
#include "genstage/inspector/record_json.hpp"
#include "genstage/inspector/snapshot_json.hpp"

namespace genstage::inline v0::detail {

namespace {

/// A look may cost this part of the time between two.
constexpr int share_of_time = 20;

void append_event(std::string& to, std::string_view name, std::string_view data) {
  to += "event: ";
  to += name;
  to += "\ndata: ";
  to += data;
  to += "\n\n";
}

}  // namespace

std::uint64_t begin_of_records(const runtime& home) {
  const duration of_program = home.scheduler().now().time_since_epoch();
  // A simulation notes them on the program's own time, whose zero is 1.
  constexpr std::uint64_t own_zero = 1;
  const auto own = static_cast<std::uint64_t>(of_program.count()) + own_zero;
  if (coarse_clock::kept() == own) return own_zero;
  // The thread pool notes them on the clock of the system, which the program's is counted from.
  const duration of_system = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>((of_system - of_program).count());
}

void inspector_looks::init() {
  if (measures_latencies_) measured_.emplace(home().telemetry());
}

task<subscription_mode> inspector_looks::handle_subscribe(peer_role, const subscription&,
                                                          const subscription_options&) {
  ++pages_;
  arm();
  co_return subscription_mode::automatic;
}

task<> inspector_looks::handle_cancel(const cancellation&) {
  --pages_;
  co_return;
}

task<> inspector_looks::handle_demand(demand asked, output<look>&) {
  owed_ += asked;
  arm();
  co_return;
}

void inspector_looks::arm() {
  if (is_armed_ || owed_.is_zero() || pages_ == 0) return;
  is_armed_ = true;
  cast_after(std::max(due_ - now(), duration::zero()), ref<inspector_looks>{self()},
             time_to_look{});
}

task<> inspector_looks::handle_cast(time_to_look, output<look>& out) {
  is_armed_ = false;
  const instant begun = now();
  operation<snapshot> asked = take_patient_snapshot(home());
  result<snapshot> seen = co_await std::move(asked);
  if (!seen) {
    log(log_level::warning, "no look at the program: " + seen.error().message);
    due_ = now() + interval_;
    arm();
    co_return;
  }
  std::string events;
  const snapshot* const before = before_ ? &*before_ : nullptr;
  const std::vector<finding> findings = blame(*seen, before);
  if (before != nullptr) keep_last_known(*seen, *before);
  append_event(events, "snapshot", write_snapshot(*seen, {before, findings, interval_}));
  const recorded_trace told = take_trace(home());
  const record_choice chosen = choose(told, {.after = heard_});
  append_event(events, "records",
               write_records(chosen, trace_names{told}, begin_of_records(home())));
  heard_ = chosen.next;
  before_ = *std::move(seen);
  due_ = begun + std::max(interval_, share_of_time * (now() - begun));
  const look taken = std::make_shared<const std::string>(std::move(events));
  const std::uint64_t count = std::min(owed_.count(), pages_);
  for (std::uint64_t each = 0; each < count; ++each) out.emit(taken);
  owed_ -= demand{count};
  arm();
}

void inspector_page::init() {
  // A page that is closed ends its stage, also while that waits for the browser.
  to_->on_closed([me = self(), &where = home()](http::exchange_end) {
    where.exit(me, exit_reason::shutdown());
  });
}

task<> inspector_page::handle_events(std::span<look> events) {
  for (const look& each : events) {
    std::string text = *each;
    for (;;) {
      // Asked for before the attempt, so that no notice comes between the two.
      auto [far, near] = make_operation<void>();
      to_->on_drained([drained = far] { drained.complete(result<void>{}); });
      if (to_->write(std::move(text)) != http::stream_write::full) break;
      operation<void> room = std::move(near);
      (void)co_await std::move(room);
    }
  }
}

}  // namespace genstage::inline v0::detail
