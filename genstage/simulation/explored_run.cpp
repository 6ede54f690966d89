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

template <class... Values>
std::uint64_t number_of(const Values&... values) {
  state_digest sum;
  sum.add(values...);
  return sum.value();
}

/// A signal is what it says, whoever sent it when; of other messages only the cause is known.
std::uint64_t identity_of(const message& sent, std::uint64_t cause, std::size_t position) {
  const std::uint64_t kind = number_of(sent.kind, describe(sent));
  if (sent.kind == message_kind::exit) {
    return number_of(kind, static_cast<const exit_message&>(sent).origin);
  }
  return sent.kind == message_kind::down ? kind : number_of(kind, cause, position);
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

template <class Told>
std::optional<state_digest> explored_run::description(const Told& of, state_digest so_far) const {
  if (options_.identity == state_identity::history) return std::nullopt;
  if constexpr (std::derived_from<Told, process>) {
    if (simulated::is_suspended(of)) return std::nullopt;
  }
  of.digest(so_far);
  if (!so_far.is_whole()) return std::nullopt;
  return so_far;
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
    cause = number_of(cause, timers_.at(world_.armed().front().second));
    world_.take(chosen);
  } else {
    const std::uint64_t before = residents_.at(next.who).identity;
    world_.take(chosen);
    cause = number_of(before, next.who, handled_);
    // A step that finds nothing to handle changes nothing.
    if (const process_ref still = world_.home().find(next.who); still && handled_ != 0) {
      const auto described = description(*simulated::find(*still.cell()), state_digest{});
      residents_.at(next.who).identity = described ? described->value() : cause;
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
    look_at(*cell, cause, touched);
  }
  touched.everything = !gone.empty() || alive != before;
  touched.timers = look_at_timers(cause);
  touched.chance = world_.count_drawn() != std::exchange(drawn_, world_.count_drawn());
  return touched;
}

/// What was there before keeps its identity; what is new has come by this cause.
void explored_run::look_at(process_cell& cell, std::uint64_t cause, footprint& touched) {
  const auto [found, is_born] = residents_.try_emplace(cell.id());
  resident& here = found->second;
  if (is_born) here.identity = number_of(cause, "born", cell.id());
  const auto message_of = &std::pair<const message*, std::uint64_t>::first;
  const std::vector<const message*> waiting = simulated::waiting(cell);
  if (std::ranges::equal(waiting, here.mail, {}, {}, message_of)) return;
  auto before = std::exchange(here.mail, {});
  std::size_t fresh = 0;
  for (const message* const each : waiting) {
    const auto known = std::ranges::find(before, each, message_of);
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
    now[order] = known != timers_.end() ? known->second : number_of(cause, "timer", fresh++);
  }
  const bool has_changed = now != timers_;
  timers_ = std::move(now);
  return has_changed;
}

std::uint64_t explored_run::fingerprint() {
  state_digest sum{state_digest::unique_ids::by_appearance};
  sum.add(program_->state(), kills_, world_.now().time_since_epoch().count(), drawn_);
  for (const auto& [who, here] : residents_) {
    const process_ref alive = world_.home().find(who);
    if (!alive) continue;
    const process& body = *simulated::find(*alive.cell());
    sum.add(who);
    simulated::digest_circumstances(body, sum);
    if (auto described = description(body, sum)) {
      sum = *std::move(described);
    } else {
      sum.add(here.identity);
    }
    add_mail(sum, here);
  }
  std::vector<pid> ready;
  for (std::size_t index = 0; index < world_.choices(); ++index) {
    if (const process_cell* const next = world_.choice(index)) ready.push_back(next->id());
  }
  std::ranges::sort(ready);
  for (const pid each : ready) sum.add(each);
  for (const auto& [when, order] : world_.armed()) {
    sum.add(when.time_since_epoch().count(), timers_.at(order));
  }
  return sum.value();
}

void explored_run::add_mail(state_digest& sum, const resident& receiver) const {
  sum.add(receiver.mail.size());
  for (const auto& [waiting, identity] : receiver.mail) {
    if (auto described = description(*waiting, sum)) {
      sum = *std::move(described);
    } else {
      sum.add(identity);
    }
  }
}

void explored_run::starts(const process&) {
  handled_ = number_of(handled_, "start");
}

void explored_run::handles(const process& receiver, const message& next) {
  handle(receiver, next);
}

void explored_run::terminates(const process&) {
  handled_ = number_of(handled_, "terminate");
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
  handled_ = number_of(handled_, known->second);
  mail.erase(known);
}

}  // namespace genstage::inline v0
