#include <fmt/format.h>

#include <algorithm>
#include <genstage/core/contract.hpp>
#include <genstage/core/type_name.hpp>
#include <genstage/process/debug.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/process_extras.hpp>
#include <genstage/process/runtime.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

// Messages that one activation handles before others get their turn.
constexpr int activation_budget = 128;

thread_local process* running_process = nullptr;

recorded_process as_recorded(pid who) noexcept {
  return {who.index, static_cast<std::uint16_t>(who.generation)};
}

/// Makes the process that a driver runs current on its thread. A driver runs none inside of
/// another, so there is nothing to restore.
class [[nodiscard]] running_scope {
 public:
  running_scope(process& next, suspension& place) noexcept {
    running_process = &next;
    detail::this_threads_suspension = &place;
  }
  ~running_scope() {
    running_process = nullptr;
    detail::this_threads_suspension = nullptr;
  }
  running_scope(const running_scope&) = delete;
  running_scope& operator=(const running_scope&) = delete;
};

}  // namespace

process::process() = default;

process::~process() = default;

[[gnu::noinline]] process* process::current() noexcept {
  return running_process;
}

process* process::make_current(process* next) noexcept {
  return std::exchange(running_process, next);
}

process_ref process::self() const noexcept {
  cell_->retain();
  return process_ref{cell_};
}

void monitor_message::tell(pid ended, const exit_reason& reason) const {
  if (outcome) {
    outcome->complete(reason);
  } else {
    watcher.send(std::make_unique<down_message>(monitor, ended, reason));
  }
}

namespace detail {

completion<exit_reason> when_ended(std::move_only_function<void(const exit_reason&)> told) {
  auto state = std::make_shared<operation_state<exit_reason>>();
  completion<exit_reason> far{state};
  // The outcome is written before this is called, and whoever completes holds the state.
  far.on_settled([seen = state.get(), told = std::move(told)]() mutable noexcept {
    told(seen->outcome && *seen->outcome ? **seen->outcome : exit_reason::noproc());
  });
  return far;
}

}  // namespace detail

runnable::verdict process_cell::run_observed(runnable& base) noexcept {
  process& body = *static_cast<process_cell&>(base).body_;
  const running_scope scope{body, body.suspension_};
  return process_extras::activate_observed(body);
}

/// False if the notice comes after a demonitor.
bool process::forget_monitor(const message& down) noexcept {
  const auto known = std::ranges::find(monitors_, static_cast<const down_message&>(down).monitor,
                                       &monitored::monitor);
  if (known == monitors_.end()) return false;
  monitors_.erase(known);
  return true;
}

void process::callback_threw() noexcept {
  tell_callback_done(callback_end::threw);
  const char* const where = callback();
  fail(exit_reason::exception(std::current_exception(), where != nullptr ? where : "a callback"));
}

void process::check_after_callback() const {
#ifndef NDEBUG
  if (!is_suspended()) check_invariants();
#endif
}

/// What is of no monitor, so that it needs no look whether that is still set. Like `guarded`, but
/// every message of a conversation passes here.
[[gnu::always_inline]] inline void process::handle(message* next) noexcept {
  try {
    receive(message_ptr{next});
  } catch (...) {
    callback_threw();
  }
  if (!is_suspended()) enter(nullptr);
  check_after_callback();
}

/// A message that comes to a process with nothing else to do is the rule in a conversation of
/// stages. It is no control message, and need not be sorted.
[[gnu::always_inline]] inline runnable::verdict process::activate() noexcept {
  message* const first = has_nothing_to_do() ? cell_->mail_.take_first() : nullptr;
  if (first == nullptr) [[unlikely]]
    return go_on(activation_budget);
  handle(first);
  if (has_nothing_to_do() && cell_->mail_.release()) [[likely]]
    return runnable::verdict::idle;
  return go_on(activation_budget - 1);
}

[[gnu::noinline]] runnable::verdict process::go_on(int budget) noexcept {
  if (phase_ == phase::unborn) {
    phase_ = phase::starting;
    guarded<&process::begin>(nullptr);
  }
  for (;;) {
    hand_over::let_others_run();
    if (std::exchange(gives_way_, false)) return runnable::verdict::again;
    message* const newest = cell_->mail_.drain();
    if (newest != nullptr && comes_next(newest) && budget > 0) {
      --budget;
      handle(newest);
      continue;
    }
    if (newest != nullptr && sort(newest)) return runnable::verdict::again;
    if (is_ending() && !is_suspended()) {
      if (phase_ != phase::running) return finish();
      guarded<&process::run_terminate>(nullptr);
    } else if (is_suspended() || inbox_.is_empty()) {
      if (cell_->mail_.release()) return runnable::verdict::idle;
    } else if (budget-- == 0) {
      return runnable::verdict::again;
    } else {
      guarded<&process::step>(take_next());
      check_after_callback();
    }
  }
}

runnable::verdict process_cell::run_process(runnable& base) noexcept {
  process& body = *static_cast<process_cell&>(base).body_;
  const running_scope scope{body, body.suspension_};
  return body.activate();
}

/// Sorts what was drained, in order. Control messages act at once; the others wait their turn. True
/// if the activation has to end, because a system message may have changed what comes next.
bool process::sort(message* newest) {
  if (newest == mailbox::closed_mark()) {
    // Another thread has told the others: only the memory is left to free.
    end_by_signal(exit_reason::killed());
    return false;
  }
  bool was_system = false;
  message* oldest = nullptr;
  while (newest != nullptr) {
    message* const older = newest->next;
    newest->next = std::exchange(oldest, newest);
    newest = older;
  }
  const coarse_stamp now = coarse_stamp::now();
  while (oldest != nullptr) {
    oldest->queued_at = now;
    message_ptr taken{std::exchange(oldest, oldest->next)};
    if (taken->kind < message_kind::user && taken->kind != message_kind::down) {
      was_system |= taken->kind == message_kind::system;
      guarded<&process::handle_control>(std::move(taken));
    } else {
      put(std::move(taken));
    }
  }
  return was_system;
}

void process::fail(exit_reason reason) noexcept {
  if (handling_ && handling_->kind == message_kind::user) {
    blame(static_cast<const user_message&>(*handling_));
  }
  cancel_callback();
  if (phase_ != phase::terminating) end_for(std::move(reason));
}

/// Of its begin and its end, with its name.
void process::note_life(record_kind kind, std::uint64_t about) noexcept {
  recorder* const there = records();
  if (there == nullptr) return;
  note(*there, kind, about, there->names().number_of(name_));
}

void process::begin(message_ptr) {
  note_life(record_kind::spawned, as_word(parent()));
  start();
  if (!is_suspended()) started();
}

void process::started() {
  if (ending_) return;
  phase_ = phase::running;
  telemetry().emit_made([&] { return process_started{identity(), type_name(type()), parent()}; });
  std::optional<completion<std::optional<exit_reason>>> waiting;
  {
    const process_cell::guard held{*cell_};
    waiting.swap(started_);
  }
  if (waiting) waiting->complete(std::nullopt);
  continue_start();
}

void process::handle_control(message_ptr control) {
  hand_over::let_others_run();
  if (control->kind != message_kind::resume && extras_) {
    process_extras::note_control(*this, *control);
  }
  switch (control->kind) {
    case message_kind::resume:
      resume_callback(static_cast<resume_message&>(*control).ticket);
      return;
    case message_kind::exit:
      handle_exit(std::unique_ptr<exit_message>{static_cast<exit_message*>(control.release())});
      return;
    case message_kind::link:
    case message_kind::unlink: {
      const process_cell::guard held{*cell_};
      auto& from = static_cast<link_message&>(*control).from;
      const auto known = std::ranges::find(links_, from);
      if (control->kind == message_kind::link && known == links_.end()) links_.push_back(from);
      if (control->kind == message_kind::unlink && known != links_.end()) links_.erase(known);
      return;
    }
    case message_kind::monitor: {
      const process_cell::guard held{*cell_};
      watchers_.emplace_back(static_cast<monitor_message*>(control.release()));
      return;
    }
    case message_kind::demonitor: {
      const process_cell::guard held{*cell_};
      std::erase_if(watchers_, [&](const auto& each) {
        return each->monitor == static_cast<demonitor_message&>(*control).monitor;
      });
      return;
    }
    case message_kind::system:
      process_extras::handle(*this, std::move(control));
      return;
    default:
      GENSTAGE_ASSERT(false);
  }
}

/// The table A8, and the parent rule A19.
void process::handle_exit(std::unique_ptr<exit_message> signal) {
  const bool from_link = signal->origin == exit_origin::link;
  const auto is_sender = [&](const process_ref& each) { return each.id() == signal->from; };
  // A link that was removed before has no effect any more (A10).
  if (from_link) {
    const process_cell::guard held{*cell_};
    if (std::erase_if(links_, is_sender) == 0) return;
  }
  if (!from_link && signal->reason.kind() == exit_kind::kill) {
    end_by_signal(exit_reason::killed());
  } else if (phase_ == phase::terminating) {
    return;
  } else if (trapping_ == exit_signals::end_the_process) {
    const bool is_own = signal->from == id();
    if (signal->reason.kind() != exit_kind::normal || is_own) end_by_signal(signal->reason);
  } else if (signal->from == parent() && trapping_ == exit_signals::arrive_as_messages) {
    // For a process without a parent, the world outside of processes stands in for one.
    cancel_callback();
    if (!is_ending()) end_for(signal->reason);
  } else {
    put(std::move(signal));
  }
}

void process::end_by_signal(exit_reason reason) {
  cancel_callback();
  end_for(std::move(reason));
  phase_ = phase::terminating;
  was_ended_by_signal_ = true;
}

void process::run_terminate(message_ptr) {
  phase_ = phase::terminating;
  enter("terminate");
  terminate(*ending_);
}

void process::cancel_callback() noexcept {
  if (callback_) tell_callback_done(callback_end::cancelled);
  // Destroying the frame cancels what it waits for.
  suspension_.resume = nullptr;
  if (callback_) static_cast<void>(take_callback());
  handling_.reset();
}

bool process::run_callback(const char* name, task<> body) {
  GENSTAGE_ASSERT(!callback_);
  enter(name);
  hold_callback(std::move(body));
  if (telemetry().is_wanted<callback_began>()) [[unlikely]]
    tell_callback_began(name);
  callback_->start();
  if (!callback_->is_done()) {
    waits_since_ = coarse_clock::now();
    return false;
  }
  task<> done = take_callback();
  done.take();
  tell_callback_done(callback_end::returned);
  return true;
}

void process::resume_callback(std::uint64_t ticket) {
  if (!suspension_.resume || suspension_.ticket != ticket) return;
  std::exchange(suspension_.resume, nullptr).resume();
  if (callback_->is_done()) callback_finished();
}

void process::callback_finished() {
  {
    task<> done = take_callback();
    done.take();
  }
  tell_callback_done(callback_end::returned);
  handling_.reset();
  if (phase_ == phase::terminating) return;
  if (extras_) process_extras::callback_is_over(*this);
  callback_ended();
  if (phase_ == phase::starting && !is_suspended()) started();
}

/// In this order: the name is free, what the process owned is released, the others are told; so
/// whoever is told finds name and resources free (A12).
runnable::verdict process::finish() noexcept {
  const exit_reason reason = *ending_;
  note_life(record_kind::ended, static_cast<std::uint64_t>(reason.kind()));
  if (!reason.is_orderly() && !was_ended_by_signal_) report_crash(reason);
  if (extras_ && extras_->span_) end_span(to_string(reason));
  telemetry().emit_made([&] { return process_exited{identity(), type_name(type()), reason}; });
  process_cell& cell = *cell_;
  cell.owner().forget(name_, id());
  parting left = [&] {
    const process_cell::guard held{cell};
    cell.body_ = nullptr;
    return part();
  }();
  left.free_held();
  if (extras_) cell.run = &process_cell::run_process;
  delete this;
  cell.owner().ended();
  left.tell_processes(reason);
  // Closed only now: who learns by sending that the process is gone, has been told of its end.
  left.unread = cell.mail_.close().left;
  left.tell_unread(exit_reason::noproc());
  left.tell_outside(reason);
  cell.release();
  return runnable::verdict::idle;
}

void process::blame(const user_message& handled) {
  extras().blamed_ = handled.type();
}

/// Source: A38.
void process::report_crash(const exit_reason& reason) const {
  const char* const request = extras_ ? extras_->blamed_ : nullptr;
  std::string text =
      fmt::format("ended with {}{}{}", to_string(reason), request != nullptr ? ", handling " : "",
                  request != nullptr ? demangled(request) : "");
  log(log_level::error, text);
  owner().tell({incident_kind::crash, id(), label(), std::move(text)});
}

/// What the end of this process leaves to do. The cell's guard is held.
parting process::part() noexcept {
  parting left{.ended = id()};
  left.links.swap(links_);
  left.watchers.swap(watchers_);
  left.started.swap(started_);
  if (extras_) left.releases.swap(extras_->releases_);
  return left;
}

void parting::free_held() noexcept {
  for (auto& release : std::exchange(releases, {})) release();
}

void parting::tell_processes(const exit_reason& reason) noexcept {
  for (const process_ref& linked : links) {
    linked.send(std::make_unique<exit_message>(ended, reason, exit_origin::link));
  }
  for (const auto& watcher : watchers) {
    if (!watcher->outcome) watcher->tell(ended, reason);
  }
}

void parting::tell_unread(const exit_reason& reason) noexcept {
  while (unread != nullptr) {
    const message_ptr taken{std::exchange(unread, unread->next)};
    if (taken->kind == message_kind::monitor) {
      static_cast<monitor_message&>(*taken).tell(ended, reason);
    } else if (taken->kind == message_kind::link) {
      static_cast<link_message&>(*taken).from.send(
          std::make_unique<exit_message>(ended, reason, exit_origin::link));
    }
  }
}

void parting::tell_outside(const exit_reason& reason) noexcept {
  for (const auto& watcher : watchers) {
    if (watcher->outcome) watcher->tell(ended, reason);
  }
  if (started) started->complete(reason);
}

/// Does what `finish` would do, but leaves the body to the callback that still runs in it.
bool process_cell::abandon() noexcept {
  parting left;
  std::string name;
  bool was_idle = false;
  {
    const guard held{*this};
    if (body_ == nullptr || mail_.is_closed()) return false;
    const mailbox::closed mail = mail_.close();
    was_idle = mail.was_idle;
    left = body_->part();
    left.unread = mail.left;
    name = body_->name_;
  }
  if (recorder* const there = owner_.records(); there != nullptr) {
    there->note(record_kind::ended, as_recorded(left.ended),
                static_cast<std::uint64_t>(exit_kind::killed), there->names().number_of(name));
  }
  owner_.telemetry().emit_made(
      [&] { return process_exited{{left.ended, name}, {}, exit_reason::killed()}; });
  owner_.forget(name, left.ended);
  left.free_held();
  left.tell_processes(exit_reason::killed());
  left.tell_unread(exit_reason::killed());
  left.tell_outside(exit_reason::killed());
  // One that had nothing to do has to be run once more to end.
  if (was_idle) scheduler_.make_ready(*this);
  return true;
}

bool process_cell::has_ended() noexcept {
  const guard held{*this};
  return body_ == nullptr;
}

process_extras& process::extras() {
  if (!extras_) {
    auto made = std::make_unique<process_extras>();
    const process_cell::guard held{*cell_};
    extras_ = std::move(made);
  }
  return *extras_;
}

void process::on_release(std::move_only_function<void() noexcept> release) {
  process_extras& kept = extras();
  const process_cell::guard held{*cell_};
  kept.releases_.push_back(std::move(release));
}

/// Everything that a process has to know before anybody can send to it.
void process::move_in(process_cell& home, const spawn_options& options) {
  cell_ = &home;
  id_ = home.id();
  recorded_as_ = as_recorded(id_).did({});
  suspension_.who = &home;
  name_ = options.name;
  started_ = options.started;
  home.parent_ = options.parent.id();
  if (options.parent) links_.push_back(options.parent);
  if (options.ended) watchers_.push_back(std::make_unique<monitor_message>(*options.ended));
  home.killed_at_.store(-1, std::memory_order_relaxed);
  home.busy.store(0, std::memory_order_relaxed);
  if (options.debug) process_extras::start_debug(*this, *options.debug);
}

/// Destroys a process that has not ended. Its suspended callback goes first, since it refers to
/// what the derived classes own.
void process::discard(process* left) noexcept {
  process* const before = make_current(left);
  left->cancel_callback();
  delete left;
  make_current(before);
}

void process::stop(exit_reason reason) {
  if (!is_ending()) end_for(std::move(reason));
}

std::optional<exit_reason> process::take_exit(pid from) {
  std::optional<exit_reason> taken;
  for (std::size_t left = inbox_.size(); left > 0; --left) {
    message_ptr each = take_next();
    const bool is_exit = each->kind == message_kind::exit && !taken;
    if (is_exit && static_cast<exit_message&>(*each).from == from) {
      taken = static_cast<exit_message&>(*each).reason;
    } else {
      put(std::move(each));
    }
  }
  return taken;
}

void process::link(const process_ref& other) {
  {
    const process_cell::guard held{*cell_};
    if (std::ranges::find(links_, other) != links_.end()) return;
    links_.push_back(other);
  }
  if (!other.send(std::make_unique<link_message>(message_kind::link, self()))) {
    cell_->send(
        std::make_unique<exit_message>(other.id(), exit_reason::noproc(), exit_origin::link));
  }
}

void process::unlink(const process_ref& other) {
  {
    const process_cell::guard held{*cell_};
    std::erase(links_, other);
  }
  other.send(std::make_unique<link_message>(message_kind::unlink, self()));
}

unique_id process::monitor(const process_ref& other) {
  const unique_id fresh = owner().mint();
  monitor(other, fresh);
  return fresh;
}

void process::monitor(const process_ref& other, unique_id as) {
  monitors_.push_back({as, other.id()});
  if (!other.send(std::make_unique<monitor_message>(as, self()))) {
    cell_->send(std::make_unique<down_message>(as, other.id(), exit_reason::noproc()));
  }
}

void process::demonitor(const process_ref& other, unique_id which) {
  std::erase_if(monitors_, [&](const monitored& each) { return each.monitor == which; });
  other.send(std::make_unique<demonitor_message>(which));
}

void process::exit(const process_ref& other, exit_reason reason) const {
  if (reason.kind() == exit_kind::kill && other) other.cell()->note_kill();
  other.send(std::make_unique<exit_message>(id(), std::move(reason), exit_origin::sent));
}

timer_id process::send_after(duration delay, message_ptr sent) {
  driver& scheduler = owner().scheduler();
  note_timer(delay);
  return scheduler.arm(
      scheduler.now() + delay,
      [to = self(), late = std::move(sent)]() mutable noexcept { to.send(std::move(late)); });
}

void process::note_timer(duration delay) noexcept {
  if (recorder* const there = records(); there != nullptr) {
    note(*there, record_kind::timer, 0,
         static_cast<std::uint64_t>(std::max(delay, duration::zero()).count()));
  }
}

recorder* process::records() const noexcept {
  return owner().records();
}

void process::log(log_level level, std::string text) const {
  hand_over::let_others_run();  // The sink is the user's.
  owner().log(level, label(), std::move(text));
}

}  // namespace genstage::inline v0
