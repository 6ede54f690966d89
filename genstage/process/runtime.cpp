#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <genstage/process/process.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <mutex>
#include <unordered_map>

namespace genstage::inline v0 {

namespace {

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

/// Whatever it interrupts: an activation that has handled it gives others their turn.
struct hurry_message final : system_message {
  hurry_message() noexcept : system_message{moment::at_once} {}
  void act(process&) override {}
};

std::string milliseconds(duration span) {
  return fmt::format("{} ms", std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}

}  // namespace

class runtime::implementation {
 public:
  implementation(driver* given, telemetry_handlers& to, runtime_options chosen)
      : options{std::move(chosen)},
        telemetry{to},
        pool{given == nullptr ? std::make_unique<thread_pool>(thread_pool_options{
                                    .workers = options.workers,
                                    .replacement_workers = options.replacement_workers,
                                    .stall_report_after = options.stall_report_after,
                                    .stalled = [this](const stall& seen) { handle_stall(seen); }})
                              : nullptr},
        scheduler{given != nullptr ? *given : *pool} {
    if (options.records == nullptr && options.kept_records > 0) {
      records = &own_records.emplace(options.kept_records);
    }
  }

  struct registered {
    pid who;
    const void* user_type;
  };

  /// The registered name of a process, or its pid as text.
  [[nodiscard]] std::string label_of(pid process) const {
    const std::scoped_lock lock{mutex};
    const auto named =
        std::ranges::find_if(names, [&](const auto& each) { return each.second.who == process; });
    return named != names.end() ? named->first : to_string(process);
  }

  /// On the monitor's thread, while the callback runs: only the cell is safe to look at.
  void handle_stall(const stall& seen) noexcept;

  [[nodiscard]] process_ref find(pid process) {
    const std::scoped_lock lock{mutex};
    if (!process || process.index >= cells.size()) return {};
    process_cell& cell = cells[process.index];
    // Who refers to a dead process keeps its cell, so a cell alone says nothing about life.
    if (cell.mail_.is_closed() || !cell.try_retain(process.generation)) return {};
    return process_ref{&cell};
  }

  void log(log_record line) const {
    options.log(line);
    telemetry.emit(line);
  }
  void tell(const incident& met) const {
    if (options.on_incident) options.on_incident(met);
    telemetry.emit(met);
  }

  const runtime_options options;
  telemetry_handlers& telemetry;
  std::optional<recorder> own_records;
  recorder* records = options.records;
  const std::unique_ptr<thread_pool> pool;
  driver& scheduler;
  std::atomic<std::uint64_t> last_id{0};
  std::atomic<std::size_t> alive{0};

  /// Guards what follows.
  mutable std::mutex mutex;
  std::deque<process_cell> cells;  // Never moves its elements.
  std::vector<process_cell*> free_cells;
  std::unordered_map<std::string, registered, text_hash, std::equal_to<>> names;
};

void runtime::implementation::handle_stall(const stall& seen) noexcept {
  const process_ref stuck = find(static_cast<process_cell&>(*seen.what).id());
  if (!stuck) return;
  process_cell& cell = *stuck.cell();
  // It is only a long queue of short callbacks if this comes to be handled.
  if (seen.is_new) cell.send(std::make_unique<hurry_message>());
  const char* const runs = cell.callback_.load(std::memory_order_relaxed);
  const char* const callback = runs != nullptr ? runs : "a callback";
  if (seen.is_to_be_reported) {
    const std::string label = label_of(cell.id());
    std::string text = fmt::format(
        "{} has not returned for {}; {} of at most {} replacement "
        "workers {} lent",
        callback, milliseconds(seen.lasts), seen.lent, seen.lendable,
        seen.lent == 1 ? "is" : "are");
    log({log_level::warning, label, text});
    tell({incident_kind::stall, cell.id(), label, std::move(text)});
  }
  const std::int64_t killed_at = cell.killed_at_.load(std::memory_order_relaxed);
  if (killed_at < 0 || scheduler.now() - instant{duration{killed_at}} < options.abandon_after) {
    return;
  }
  const std::string label = label_of(cell.id());
  if (!cell.abandon()) return;
  log({log_level::error, label,
       fmt::format("{} has not returned {} after the process was killed; abandoned", callback,
                   milliseconds(options.abandon_after))});
}

runtime::runtime(runtime_options options)
    : telemetry_{options.log},
      self_{std::make_unique<implementation>(nullptr, telemetry_, std::move(options))} {}

runtime::runtime(driver& scheduler, runtime_options options)
    : telemetry_{options.log},
      self_{std::make_unique<implementation>(&scheduler, telemetry_, std::move(options))} {}

runtime::~runtime() {
  stop();
  // A body that is destroyed lets go of references, and thereby may recycle cells meanwhile.
  for (std::size_t index = 0; index < self_->cells.size(); ++index) {
    process_cell& cell = self_->cells[index];
    for (message* left = cell.mail_.close_alone(); left != nullptr;) {
      const message_ptr dropped{std::exchange(left, left->next)};
    }
    if (cell.body_ != nullptr) process::discard(std::exchange(cell.body_, nullptr));
  }
  telemetry_.detach_all();  // Handlers may refer to processes, whose cells go before them.
}

void runtime::stop() noexcept {
  if (self_->pool) self_->pool->stop();
}

result<process_ref> runtime::spawn(std::unique_ptr<process> body, spawn_options options) {
  if (process::current() == nullptr) {
    const outside_action here{self_->scheduler};
    return spawn_here(std::move(body), std::move(options));
  }
  return spawn_here(std::move(body), std::move(options));
}

result<process_ref> runtime::spawn_here(std::unique_ptr<process> body, spawn_options options) {
  process_cell* cell = nullptr;
  {
    const std::scoped_lock lock{self_->mutex};
    if (!options.name.empty()) {
      if (const auto holder = self_->names.find(options.name); holder != self_->names.end()) {
        return fail(errc::already_exists,
                    fmt::format("process {}: the name is held by {}; not started", options.name,
                                to_string(holder->second.who)));
      }
    }
    if (self_->free_cells.empty()) {
      const auto index = static_cast<std::uint32_t>(self_->cells.size());
      cell = &self_->cells.emplace_back(*this, self_->scheduler, index);
      cell->life_.store(std::uint64_t{1} << 32U);
    } else {
      cell = self_->free_cells.back();
      self_->free_cells.pop_back();
    }
    cell->life_.fetch_add(2);  // One of the process, one of the reference that is returned.
    body->move_in(*cell, options);
    const void* const user_type = body->user_type();
    cell->body_ = body.release();
    cell->mail_.open();
    // Last, since whoever finds the name may send at once.
    if (!options.name.empty()) {
      self_->names.emplace(std::move(options.name),
                           implementation::registered{cell->id(), user_type});
    }
  }
  self_->alive.fetch_add(1, std::memory_order_relaxed);
  process_ref spawned{cell};
  process* const here = process::current();
  if (options.parent && here != nullptr && here->id() == options.parent.id()) {
    const process_cell::guard held{*here->cell_};
    here->links_.push_back(spawned);
  } else if (options.parent &&
             !options.parent.send(std::make_unique<link_message>(message_kind::link, spawned))) {
    spawned.send(std::make_unique<exit_message>(options.parent.id(), exit_reason::noproc(),
                                                exit_origin::link));
  }
  self_->scheduler.make_ready(*cell);
  return spawned;
}

process_ref runtime::find(std::string_view name) const {
  const std::scoped_lock lock{self_->mutex};
  const auto found = self_->names.find(name);
  if (found == self_->names.end()) return {};
  process_cell& cell = self_->cells[found->second.who.index];
  return cell.try_retain(found->second.who.generation) ? process_ref{&cell} : process_ref{};
}

process_ref runtime::find(pid process) const {
  return self_->find(process);
}

process_ref runtime::find_orphan(std::string_view name) const {
  const process_ref found = find(name);
  for (process_ref each = found; each;) {
    const pid parent = each.cell()->parent_;
    if (!parent) return {};
    each = find(parent);
    if (!each || each.cell()->has_ended()) return found;
  }
  return {};
}

const void* runtime::user_type(std::string_view name) const {
  const std::scoped_lock lock{self_->mutex};
  const auto found = self_->names.find(name);
  return found != self_->names.end() ? found->second.user_type : nullptr;
}

void runtime::exit(const process_ref& receiver, exit_reason reason) const {
  if (reason.kind() == exit_kind::kill && receiver) receiver.cell()->note_kill();
  receiver.post(std::make_unique<exit_message>(pid{}, std::move(reason), exit_origin::sent));
}

bool runtime::abandon(const process_ref& lost) const noexcept {
  return lost && lost.cell()->abandon();
}

operation<exit_reason> runtime::down(const process_ref& watched) const {
  auto [far, near] = make_operation<exit_reason>();
  const unique_id monitor = mint();
  far.on_cancel([watched, monitor]() noexcept {
    watched.post(std::make_unique<demonitor_message>(monitor));
  });
  watched.post(std::make_unique<monitor_message>(std::move(far), monitor));
  return std::move(near);
}

driver& runtime::scheduler() const noexcept {
  return self_->scheduler;
}

recorder* runtime::records() const noexcept {
  return self_->records;
}

unique_id runtime::mint() const noexcept {
  return unique_id{self_->last_id.fetch_add(1, std::memory_order_relaxed) + 1};
}

void runtime::log(log_level level, std::string subject, std::string text) const {
  self_->log({level, std::move(subject), std::move(text)});
}

void runtime::tell(const incident& met) const {
  self_->tell(met);
}

std::size_t runtime::process_count() const noexcept {
  return self_->alive.load(std::memory_order_acquire);
}

std::vector<runtime::known_process> runtime::processes() const {
  // Outlives the lock, which is taken again by whoever lets go of a process last.
  std::vector<known_process> all;
  const std::scoped_lock lock{self_->mutex};
  std::vector<std::size_t> position(self_->cells.size());
  for (process_cell& cell : self_->cells) {
    if (cell.mail_.is_closed() || !cell.try_retain(cell.id().generation)) continue;
    position[cell.id().index] = all.size();
    all.push_back({process_ref{&cell},
                   {},
                   cell.parent_,
                   cell.callback_.load(std::memory_order_relaxed),
                   duration{static_cast<std::int64_t>(cell.busy.load(std::memory_order_relaxed))}});
  }
  for (const auto& [name, holder] : self_->names) {
    const std::size_t at = position[holder.who.index];
    if (at < all.size() && all[at].who.id() == holder.who) all[at].name = name;
  }
  return all;
}

std::vector<runtime::running_callback> runtime::running() const {
  std::vector<running_callback> all;
  for (const driver::running_now& each : self_->scheduler.running()) {
    // The process may be ending on its own thread; only its cell is safe to look at.
    const auto& cell = *static_cast<const process_cell*>(each.what);
    const char* const callback = cell.callback_.load(std::memory_order_relaxed);
    all.push_back(
        {cell.id(), self_->label_of(cell.id()), callback != nullptr ? callback : "", each.since});
  }
  return all;
}

void runtime::forget(const std::string& name, pid holder) noexcept {
  if (name.empty()) return;
  const std::scoped_lock lock{self_->mutex};
  const auto held = self_->names.find(name);
  if (held != self_->names.end() && held->second.who == holder) self_->names.erase(held);
}

void runtime::ended() noexcept {
  self_->alive.fetch_sub(1, std::memory_order_release);
}

process_cell* runtime::cell_at(std::size_t index) const noexcept {
  const std::scoped_lock lock{self_->mutex};
  return index < self_->cells.size() ? &self_->cells[index] : nullptr;
}

void runtime::recycle(process_cell& cell) noexcept {
  const std::scoped_lock lock{self_->mutex};
  // Generation 0 is skipped: it names no process.
  std::uint64_t next = (cell.life_.load(std::memory_order_relaxed) >> 32U) + 1;
  if (static_cast<std::uint32_t>(next) == 0) next = 1;
  cell.life_.store(next << 32U, std::memory_order_release);
  self_->free_cells.push_back(&cell);
}

}  // namespace genstage::inline v0
