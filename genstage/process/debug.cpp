#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <genstage/process/debug.hpp>
#include <genstage/process/process_extras.hpp>
#include <genstage/process/runtime.hpp>
#include <string_view>
#include <utility>

namespace genstage::inline v0 {

/// What observes one process. Threads: those of that process, one at a time.
class process_debug {
 public:
  using named_hook = std::pair<std::string, trace_hook>;

  explicit process_debug(const process& observed) : observed_{observed} {}

  [[nodiscard]] instant now() const { return observed_.owner().scheduler().now(); }

  void note(trace_kind kind, std::string text) {
    hand_over::let_others_run();  // Hooks are the user's.
    const trace_event event{now(), observed_.id(), kind, std::move(text)};
    if (statistics) {
      statistics->messages_in += kind == trace_kind::in ? 1U : 0U;
      statistics->replies += kind == trace_kind::out ? 1U : 0U;
    }
    if (kept_events > 0) {
      if (log.size() == kept_events) log.pop_front();
      log.push_back(event);
    }
    try {
      if (trace) trace(event);
    } catch (...) {
      trace = nullptr;
    }
    std::erase_if(hooks, [&](named_hook& each) {
      try {
        return each.second(event) == hook_verdict::remove;
      } catch (...) {
        return true;
      }
    });
  }

  void begin(const debug_options& options) {
    trace = options.trace;
    kept_events = options.log;
    if (options.statistics) begin_statistics();
    hooks = options.hooks;
  }
  void begin_statistics() { statistics.emplace(process_statistics{now(), now()}); }
  [[nodiscard]] bool is_idle() const noexcept {
    return !trace && kept_events == 0 && !statistics && hooks.empty();
  }

  trace_sink trace;
  std::size_t kept_events = 0;
  std::deque<trace_event> log;
  std::optional<process_statistics> statistics;
  std::vector<named_hook> hooks;
  /// The callback that waits, as a call or not; null for none.
  const char* waiting = nullptr;
  bool has_told_end = false;

 private:
  const process& observed_;
};

namespace {

// As many as an activation that is not observed.
constexpr int observed_budget = 128;

bool answers(std::string_view callback) noexcept {
  return callback == "handle_call";
}

/// Changes what observes a process, and completes when it is changed.
template <class R, class Change>
operation<R> change_debug(const process_ref& observed, const char* what, Change change,
                          duration within) {
  auto act = [what, change = std::move(change)](process& receiver) mutable -> result<R> {
    if (process_extras::is_ending(receiver)) {
      return fail(errc::process_ended,
                  fmt::format("{}: process {} is about to end; not done", what, receiver.label()));
    }
    process_debug& debug = process_extras::debug(receiver);
    result<R> outcome = change(debug);
    if (debug.is_idle()) process_extras::stop_debug(receiver);
    return outcome;
  };
  return detail::ask_system<R>(observed, what, system_message::moment::at_once, std::move(act),
                               within);
}

}  // namespace

process_extras::process_extras() = default;

process_extras::~process_extras() {
  for (auto& release : releases_) release();
}

process_debug& process_extras::debug(process& observed) {
  process_extras& kept = observed.extras();
  if (!kept.debug_) {
    kept.debug_ = std::make_unique<process_debug>(observed);
    observed.cell_->run = &process_cell::run_observed;
  }
  return *kept.debug_;
}

void process_extras::start_debug(process& observed, const debug_options& options) {
  debug(observed).begin(options);
}

void process_extras::stop_debug(process& observed) noexcept {
  observed.extras_->debug_.reset();
  observed.cell_->run = &process_cell::run_process;
}

void process_extras::note_control(const process& observed, const message& control) {
  if (process_debug* const debug = observed.extras_->debug_.get()) {
    const bool is_system = control.kind == message_kind::system;
    debug->note(is_system ? trace_kind::system : trace_kind::signal, describe(control));
  }
}

void process_extras::note_end(const process& observed) {
  process_debug* const debug = observed.extras_->debug_.get();
  if (debug == nullptr || std::exchange(debug->has_told_end, true)) return;
  debug->note(trace_kind::terminate, to_string(*observed.ending_));
}

/// A callback that waited has ended.
void process_extras::note_resumed(const process& observed) {
  process_debug* const debug = observed.extras_->debug_.get();
  if (debug == nullptr || debug->waiting == nullptr || observed.is_suspended()) return;
  const char* const ended = std::exchange(debug->waiting, nullptr);
  debug->note(answers(ended) ? trace_kind::out : trace_kind::noreply, ended);
}

void process::observed_step(message_ptr next) {
  process_debug* const debug = extras_->debug_.get();
  if (debug == nullptr) {
    step(std::move(next));
    return;
  }
  debug->note(trace_kind::in, describe(*next));
  const instant begun = debug->now();
  step(std::move(next));
  if (debug->statistics) debug->statistics->busy += debug->now() - begun;
  const char* const ran = callback();
  if (ran == nullptr) return;
  if (is_suspended()) debug->waiting = ran;
  const trace_kind what = is_suspended() ? trace_kind::waits
                          : answers(ran) ? trace_kind::out
                                         : trace_kind::noreply;
  debug->note(what, ran);
}

/// The same as process::activate, with notes. A process that is not observed any more goes on here
/// until its next activation.
runnable::verdict process_extras::activate_observed(process& observed) noexcept {
  using phase = process::phase;
  if (observed.phase_ == phase::unborn) {
    observed.phase_ = phase::starting;
    observed.guarded<&process::begin>(nullptr);
  }
  for (int budget = observed_budget;;) {
    hand_over::let_others_run();
    message* const newest = observed.cell_->mail_.drain();
    const bool has_changed = newest != nullptr && observed.sort(newest);
    note_resumed(observed);
    if (has_changed) return runnable::verdict::again;
    if (observed.is_ending() && !observed.is_suspended()) {
      note_end(observed);
      if (observed.phase_ != phase::running) return observed.finish();
      observed.guarded<&process::run_terminate>(nullptr);
    } else if (observed.is_suspended() || observed.inbox_.is_empty()) {
      if (observed.cell_->mail_.release()) return runnable::verdict::idle;
    } else if (budget-- == 0) {
      return runnable::verdict::again;
    } else {
      observed.guarded<&process::observed_step>(observed.take_next());
    }
  }
}

operation<void> trace(const process_ref& observed, trace_sink sink, duration within) {
  auto change = [sink = std::move(sink)](process_debug& debug) mutable -> result<void> {
    debug.trace = std::move(sink);
    return {};
  };
  return change_debug<void>(observed, "trace", std::move(change), within);
}

operation<void> keep_log(const process_ref& observed, std::size_t count, duration within) {
  auto change = [count](process_debug& debug) -> result<void> {
    debug.kept_events = count;
    while (debug.log.size() > count) debug.log.pop_front();
    return {};
  };
  return change_debug<void>(observed, "keep_log", change, within);
}

operation<std::vector<trace_event>> get_log(const process_ref& observed, duration within) {
  using events = std::vector<trace_event>;
  auto change = [](process_debug& debug) -> result<events> {
    return events{debug.log.begin(), debug.log.end()};
  };
  return change_debug<events>(observed, "get_log", change, within);
}

operation<void> keep_statistics(const process_ref& observed, duration within) {
  auto change = [](process_debug& debug) -> result<void> {
    debug.begin_statistics();
    return {};
  };
  return change_debug<void>(observed, "keep_statistics", change, within);
}

operation<process_statistics> get_statistics(const process_ref& observed, duration within) {
  auto change = [](process_debug& debug) -> result<process_statistics> {
    if (!debug.statistics) {
      return fail(errc::not_found, "get_statistics: they are not kept; use keep_statistics first");
    }
    debug.statistics->until = debug.now();
    return *debug.statistics;
  };
  return change_debug<process_statistics>(observed, "get_statistics", change, within);
}

operation<void> install(const process_ref& observed, std::string id, trace_hook hook,
                        duration within) {
  auto change = [id = std::move(id),
                 hook = std::move(hook)](process_debug& debug) mutable -> result<void> {
    if (std::ranges::find(debug.hooks, id, &process_debug::named_hook::first) !=
        debug.hooks.end()) {
      return fail(errc::already_exists,
                  fmt::format("install: there is a hook \"{}\"; not installed", id));
    }
    debug.hooks.emplace_back(std::move(id), std::move(hook));
    return {};
  };
  return change_debug<void>(observed, "install", std::move(change), within);
}

operation<void> remove(const process_ref& observed, std::string id, duration within) {
  auto change = [id = std::move(id)](process_debug& debug) -> result<void> {
    const auto is_meant = [&](const auto& each) { return each.first == id; };
    if (std::erase_if(debug.hooks, is_meant) > 0) return {};
    return fail(errc::not_found, fmt::format("remove: there is no hook \"{}\"; not removed", id));
  };
  return change_debug<void>(observed, "remove", std::move(change), within);
}

operation<void> no_debug(const process_ref& observed, duration within) {
  auto change = [](process_debug& debug) -> result<void> {
    debug.begin({});
    debug.statistics.reset();
    debug.log.clear();
    return {};
  };
  return change_debug<void>(observed, "no_debug", change, within);
}

std::string_view to_string(trace_kind kind) noexcept {
  switch (kind) {
    case trace_kind::in:
      return "in";
    case trace_kind::out:
      return "out";
    case trace_kind::noreply:
      return "noreply";
    case trace_kind::waits:
      return "waits";
    case trace_kind::signal:
      return "signal";
    case trace_kind::system:
      return "system";
    case trace_kind::terminate:
      return "terminate";
  }
  return "unknown";
}

std::string to_string(const trace_event& event) {
  return fmt::format("{} {}: {}", to_string(event.process), to_string(event.kind), event.text);
}

}  // namespace genstage::inline v0
