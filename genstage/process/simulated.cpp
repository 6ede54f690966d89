#include <algorithm>
#include <exception>
#include <genstage/process/process_extras.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/process/simulated.hpp>
#include <genstage/process/state_digest.hpp>
#include <map>
#include <utility>

namespace genstage::inline v0 {

class simulated::current_scope {
 public:
  explicit current_scope(process* next) noexcept : before_{process::make_current(next)} {}
  ~current_scope() { process::make_current(before_); }
  current_scope(const current_scope&) = delete;
  current_scope& operator=(const current_scope&) = delete;

 private:
  process* before_;
};

/// What `process::guarded` does, for an action that tells the watch first.
template <class Action>
void simulated::guarded(process& body, Action action) noexcept {
  try {
    action();
  } catch (...) {
    body.callback_threw();
  }
  if (!body.is_suspended()) body.enter(nullptr);
}

/// What is next, if anything is.
void simulated::run_callback(process& body, simulation_watch& watch) noexcept {
  if (body.is_suspended()) return;
  if (body.ending_) {
    if (body.extras_) process_extras::note_end(body);
    guarded(body, [&] {
      watch.terminates(body);
      body.run_terminate(nullptr);
    });
  } else if (!body.inbox_.is_empty()) {
    message_ptr next = body.take_next();
    guarded(body, [&] {
      watch.handles(body, *next);
      if (body.extras_) {
        body.observed_step(std::move(next));
      } else {
        body.step(std::move(next));
      }
    });
  }
}

/// The same as process::activate, one callback at a time.
runnable::verdict simulated::run_once(process_cell& cell, simulation_watch& watch) noexcept {
  process& body = *cell.body_;
  const suspension_scope place{&body.suspension_};
  const current_scope scope{&body};
  if (body.phase_ == process::phase::unborn) {
    body.phase_ = process::phase::starting;
    guarded(body, [&] {
      watch.starts(body);
      body.begin(nullptr);
    });
  } else {
    tell_signals(cell, watch);
    message* const newest = cell.mail_.drain();
    const bool has_changed = newest != nullptr && body.sort(newest);
    if (body.extras_) process_extras::note_resumed(body);
    if (has_changed) return runnable::verdict::again;
    if (body.ending_ && !body.is_suspended() && body.phase_ != process::phase::running) {
      if (body.extras_) process_extras::note_end(body);
      return body.finish();
    }
    run_callback(body, watch);
  }
  if (!body.is_suspended()) body.check_invariants();
  const bool can_go_on = !body.is_suspended() && (body.ending_ || !body.inbox_.is_empty());
  if (can_go_on || !cell.mail_.release()) return runnable::verdict::again;
  return runnable::verdict::idle;
}

process_cell* simulated::cell(const runtime& home, std::size_t index) noexcept {
  return home.cell_at(index);
}

const process* simulated::find(const process_cell& cell) noexcept {
  return cell.body_;
}

/// Those that `process::sort` is about to act on.
void simulated::tell_signals(const process_cell& cell, simulation_watch& watch) {
  for (const message* each : unsorted(cell)) {
    const bool is_signal = each->kind < message_kind::user && each->kind != message_kind::down;
    if (is_signal) watch.is_signalled(*cell.body_, *each);
  }
}

std::vector<const message*> simulated::unsorted(const process_cell& cell) {
  std::vector<const message*> oldest_first;
  add_unsorted(cell, oldest_first);
  return oldest_first;
}

std::vector<const message*> simulated::waiting(const process_cell& cell) {
  std::vector<const message*> all;
  for (const message* each = cell.body_->inbox_.front(); each != nullptr; each = each->next) {
    all.push_back(each);
  }
  add_unsorted(cell, all);
  return all;
}

void simulated::add_unsorted(const process_cell& cell, std::vector<const message*>& to) {
  const auto before = static_cast<std::ptrdiff_t>(to.size());
  cell.mail_.peek([&to](const message& each) { to.push_back(&each); });
  std::reverse(to.begin() + before, to.end());
}

bool simulated::is_suspended(const process& asked) noexcept {
  return asked.is_suspended();
}

bool simulated::is_unborn(const process_cell& cell) noexcept {
  return cell.body_ != nullptr && cell.body_->phase_ == process::phase::unborn;
}

/// The order of what concerns different processes makes no difference to anybody.
void simulated::digest_circumstances(const process& asked, state_digest& into) {
  std::multimap<pid, unique_id> others;
  const auto add = [&] {
    into.add(others.size());
    for (const auto& [who, as] : others) into.add(who, as);
    others.clear();
  };
  into.add(asked.phase_, asked.trapping_, asked.is_suspended(), asked.ending_.has_value());
  if (asked.ending_) into.add(*asked.ending_);
  for (const process_ref& each : asked.links_) others.emplace(each.id(), unique_id::none);
  add();
  for (const auto& each : asked.monitors_) others.emplace(each.who, each.monitor);
  add();
  for (const auto& each : asked.watchers_) others.emplace(each->watcher.id(), each->monitor);
  add();
}

}  // namespace genstage::inline v0
