#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <genstage/core/contract.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/simulation/explored_run.hpp>
#include <ranges>
#include <string_view>

namespace genstage::inline v0 {

namespace {

std::uint64_t mix(std::uint64_t sum, std::uint64_t added) noexcept {
  // The finaliser of splitmix64.
  std::uint64_t mixed = sum * 0x9e3779b97f4a7c15U + added;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}
std::uint64_t mix(std::uint64_t sum, std::string_view added) noexcept {
  return mix(sum, std::hash<std::string_view>{}(added));
}
std::uint64_t mix(std::uint64_t sum, pid added) noexcept {
  return mix(sum, (std::uint64_t{added.generation} << 32U) | added.index);
}

/// A signal is what it says, whoever sent it when; of other messages only the cause is known.
std::uint64_t identity_of(const message& sent, std::uint64_t cause, std::size_t position) {
  const std::uint64_t kind = mix(static_cast<std::uint64_t>(sent.kind), describe(sent));
  if (sent.kind == message_kind::exit) {
    return mix(kind, static_cast<std::uint64_t>(static_cast<const exit_message&>(sent).origin));
  }
  return sent.kind == message_kind::down ? kind : mix(mix(kind, cause), position);
}

constexpr std::uint64_t cause_of_begin = 1;
constexpr std::uint64_t cause_of_kill = 2;
constexpr std::uint64_t cause_of_timer = 3;

}  // namespace

std::string to_string(const transition& next) {
  switch (next.what) {
    case transition::kind::run:
      return "run " + to_string(next.who);
    case transition::kind::timer:
      return "timer";
    case transition::kind::kill:
      return "kill " + to_string(next.who);
  }
  return "unknown";
}

bool footprint::commutes_with(const footprint& other) const {
  if (everything || other.everything) return false;
  if ((timers && other.timers) || (chance && other.chance) || (kills && other.kills)) return false;
  return std::ranges::find_first_of(processes, other.processes) == processes.end();
}

explored_run::explored_run(std::unique_ptr<explored_program> program,
                           const exploration_options& options)
    : options_{options}, program_{std::move(program)}, world_{program_->world()} {
  world_.tell_too(this);
  look_around(cause_of_begin);
}

explored_run::~explored_run() {
  world_.tell_too(nullptr);
}

std::vector<transition> explored_run::enabled() {
  if (world_.choices() == 0) world_.pass_time();
  std::vector<transition> all;
  for (std::size_t index = 0; index < world_.choices(); ++index) {
    const process_cell* const next = world_.choice(index);
    all.push_back(next != nullptr ? transition{transition::kind::run, next->id()}
                                  : transition{transition::kind::timer});
  }
  if (kills_ < options_.kills) {
    for (const auto& [who, each] : residents_) {
      const process_ref victim = world_.home().find(who);
      if (victim && may_kill(*simulated::find(*victim.cell()))) {
        all.push_back({transition::kind::kill, who});
      }
    }
  }
  std::ranges::sort(all);
  return all;
}

bool explored_run::may_kill(const process& victim) const {
  return !options_.may_be_killed || options_.may_be_killed(victim.label());
}

footprint explored_run::take(const transition& next) {
  ++depth_;
  handled_ = 0;
  if (next.what == transition::kind::kill) {
    ++kills_;
    world_.home().exit(world_.home().find(next.who), exit_reason::kill());
    footprint touched = look_around(cause_of_kill);
    touched.kills = true;
    return touched;
  }
  std::size_t chosen = 0;
  while (world_.choice(chosen) != nullptr && world_.choice(chosen)->id() != next.who) ++chosen;
  GENSTAGE_ASSERT(chosen < world_.choices());
  std::uint64_t cause = cause_of_timer;
  if (next.what == transition::kind::timer) {
    cause = mix(cause, timers_.at(world_.armed().front().second));
    world_.take(chosen);
  } else {
    const std::uint64_t before = residents_.at(next.who).identity;
    world_.take(chosen);
    cause = mix(mix(before, next.who), handled_);
    // Its identity is what it was and has handled, unless its description replaces that.
    // A step that finds nothing to handle changes nothing.
    if (const auto still = residents_.find(next.who); handled_ != 0 && still != residents_.end()) {
      still->second.identity = cause;
    }
  }
  footprint touched = look_around(cause);
  if (next.what == transition::kind::run) touched.processes.push_back(next.who);
  return touched;
}

footprint explored_run::look_around(std::uint64_t cause) {
  footprint touched;
  std::size_t alive = 0;
  const std::size_t before = residents_.size();
  std::vector<pid> gone;
  for (const auto& [who, each] : residents_) {
    if (!world_.home().find(who)) gone.push_back(who);
  }
  for (const pid each : gone) residents_.erase(each);
  for (std::size_t index = 0; process_cell* const cell = simulated::cell(world_.home(), index);
       ++index) {
    const process* const body = simulated::find(*cell);
    if (body == nullptr) continue;
    ++alive;
    look_at(*cell, *body, cause, touched);
  }
  touched.everything = !gone.empty() || alive != before;
  touched.timers = look_at_timers(cause);
  touched.chance = world_.count_drawn() != std::exchange(drawn_, world_.count_drawn());
  return touched;
}

/// What was there before keeps its identity; what is new has come by this cause.
void explored_run::look_at(process_cell& cell, const process& body, std::uint64_t cause,
                           footprint& touched) {
  const auto [found, is_born] = residents_.try_emplace(cell.id());
  resident& here = found->second;
  if (is_born) here.identity = mix(mix(cause, "born"), cell.id());
  if (options_.identity == state_identity::description && !simulated::is_suspended(body)) {
    const std::string described = body.describe_state();
    if (!described.empty()) here.identity = mix(4, described);
  }
  auto before = std::exchange(here.mail, {});
  std::size_t fresh = 0;
  for (const message* const each : simulated::waiting(cell)) {
    const auto known =
        std::ranges::find(before, each, &std::pair<const message*, std::uint64_t>::first);
    here.mail.emplace_back(
        each, known != before.end() ? known->second : identity_of(*each, cause, fresh++));
  }
  if (fresh > 0) touched.processes.push_back(cell.id());
}

bool explored_run::look_at_timers(std::uint64_t cause) {
  std::map<std::uint64_t, std::uint64_t> now;
  std::uint64_t fresh = 0;
  for (const auto& [when, order] : world_.armed()) {
    const auto known = timers_.find(order);
    now[order] = known != timers_.end() ? known->second : mix(mix(cause, "timer"), fresh++);
  }
  const bool has_changed = now != timers_;
  timers_ = std::move(now);
  return has_changed;
}

std::uint64_t explored_run::fingerprint() {
  std::uint64_t sum = mix(0, program_->state());
  sum = mix(sum, kills_);
  sum = mix(sum, static_cast<std::uint64_t>(world_.now().time_since_epoch().count()));
  sum = mix(sum, drawn_);
  for (const auto& [who, here] : residents_) {
    const process_ref alive = world_.home().find(who);
    if (!alive) continue;
    sum = mix(mix(sum, who), here.identity);
    sum = mix(sum, simulated::circumstances(*simulated::find(*alive.cell())));
    for (const auto& [waiting, identity] : here.mail) sum = mix(sum, identity);
    sum = mix(sum, here.mail.size());
  }
  std::vector<pid> ready;
  for (std::size_t index = 0; index < world_.choices(); ++index) {
    if (const process_cell* const next = world_.choice(index)) ready.push_back(next->id());
  }
  std::ranges::sort(ready);
  for (const pid each : ready) sum = mix(sum, each);
  for (const auto& [when, order] : world_.armed()) {
    sum = mix(mix(sum, static_cast<std::uint64_t>(when.time_since_epoch().count())),
              timers_.at(order));
  }
  return sum;
}

void explored_run::starts(const process&) {
  handled_ = mix(handled_, "start");
}

void explored_run::handles(const process& receiver, const message& next) {
  handle(receiver, next);
}

void explored_run::terminates(const process&) {
  handled_ = mix(handled_, "terminate");
}

void explored_run::is_signalled(const process& receiver, const message& control) noexcept {
  handle(receiver, control);
}

void explored_run::handle(const process& receiver, const message& taken) noexcept {
  auto& mail = residents_.at(receiver.id()).mail;
  const auto known =
      std::ranges::find(mail, &taken, &std::pair<const message*, std::uint64_t>::first);
  // What it has sent itself in this step, its cause tells.
  if (known == mail.end()) return;
  handled_ = mix(handled_, known->second);
  mail.erase(known);
}

}  // namespace genstage::inline v0
