#include <algorithm>
#include <condition_variable>
#include <genstage/record/coarse_clock.hpp>
#include <genstage/scheduler/gathered_wakes.hpp>
#include <genstage/scheduler/hand_over.hpp>
#include <genstage/scheduler/ready_queue.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <genstage/scheduler/timer_queue.hpp>
#include <genstage/scheduler/worker.hpp>
#include <mutex>
#include <random>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

namespace {

// After so many activations straight from the slot, the queue gets its turn.
constexpr int slot_streak_limit = 64;
// Every so many activations the queue shared by all is looked at first; a heavy one counts as many
// as it takes microseconds, so that what comes from outside waits as long behind few as behind
// many.
constexpr std::uint32_t shared_queue_turn = 61;

thread_local worker* this_worker = nullptr;

}  // namespace

class thread_pool::implementation final : public gathered_wakes::sleepers {
 public:
  implementation(thread_pool& owner, thread_pool_options options)
      : options_{std::move(options)},
        base_count_{worker_threads(options_)},
        workers_(base_count_ + options_.replacement_workers.value_or(base_count_)) {
    idle_.reserve(workers_.size());
    for (std::size_t index = 0; index < workers_.size(); ++index) {
      workers_[index].pool = &owner;
      workers_[index].index = index;
    }
    timer_thread_ = std::thread{[this] { fire_timers(); }};
    for (std::size_t index = 0; index < base_count_; ++index) start(workers_[index]);
  }

  void stop() noexcept {
    {
      const std::scoped_lock both{parking_, timers_mutex_};
      if (stopping_.exchange(true)) return;
      wake_all();
      timers_changed_.notify_all();
    }
    timer_thread_.join();  // First, since it starts threads.
    for (worker& each : workers_) {
      if (each.thread.joinable()) each.thread.join();
    }
    // What they hold must not outlive what the pool's owner destroys next.
    timers_ = {};
  }

  void make_ready(runnable& ready) noexcept {
    worker* const here = this_worker;
    if (here == nullptr || here->pool != workers_.front().pool) {
      const bool is_woken_later = gathered_wakes::include(*this);
      shared_.push(ready);
      if (!is_woken_later) wake_one_if_parked();
      return;
    }
    runnable* displaced = &ready;
    if (hand_over::is_open()) {
      // Only this thread fills the slot, so an empty one needs no exchange.
      if (here->slot.load(std::memory_order_relaxed) == nullptr) {
        here->slot.store(&ready, std::memory_order_release);
        return;
      }
      displaced = here->slot.exchange(&ready, std::memory_order_acq_rel);
    }
    if (displaced == nullptr) return;
    here->queue.push(*displaced);
    offer(*here);
  }

  void wake_for(std::size_t runnables) noexcept override {
    const std::int64_t each = options_.wake_worth.count();
    wake_one_if_parked();
    for (auto worth = shared_.worth(); --runnables > 0 && worth > each; worth -= each)
      wake_one_if_parked();
  }

  [[nodiscard]] instant now() const noexcept {
    return instant{std::chrono::steady_clock::now() - started_};
  }

  timer_id arm(instant when, timer_queue::callback fire) {
    const std::scoped_lock lock{timers_mutex_};
    const timer_id timer = timers_.arm(when, std::move(fire));
    // Most timers are deadlines far beyond the next time at which the timer thread looks anyway.
    if (when < sleeps_until_) timers_changed_.notify_one();
    return timer;
  }

  bool disarm(timer_id timer) noexcept {
    std::optional<timer_queue::callback> cancelled;
    const std::scoped_lock lock{timers_mutex_};
    cancelled = timers_.cancel(timer);
    return cancelled.has_value();
  }

  std::uint64_t random() noexcept {
    thread_local std::mt19937_64 generator{std::random_device{}()};
    return generator();
  }

  [[nodiscard]] std::vector<running_now> running() const {
    std::vector<running_now> all;
    const instant at = now();
    for (const worker& each : workers_) {
      runnable* const what = each.running.load(std::memory_order_acquire);
      if (what == nullptr) continue;
      const std::int64_t stalled = each.stalled_since.load(std::memory_order_relaxed);
      const instant since{
          duration{stalled != 0 ? stalled : each.running_since.load(std::memory_order_relaxed)}};
      // What runs for longer than two checks is known as a stall; the other figure is sampled, and
      // may be of an activation before.
      const duration lasts = at - since;
      all.push_back({what, stalled != 0 ? lasts : std::min(lasts, 2 * options_.stall_check)});
    }
    return all;
  }

  [[nodiscard]] std::size_t worker_count() const noexcept { return base_count_; }
  [[nodiscard]] std::size_t lent_count() const noexcept { return lent_.load(); }

 private:
  static std::size_t worker_threads(const thread_pool_options& options) {
    if (options.workers > 0) return options.workers;
    return std::max<std::size_t>(1, std::thread::hardware_concurrency());
  }

  [[nodiscard]] bool is_stopping() const noexcept {
    return stopping_.load(std::memory_order_relaxed);
  }

  void work(worker& self) {
    this_worker = &self;
    hand_over::open(self.pool);
    keep_time(now());
    bool was_parked = false;
    while (!is_stopping()) {
      runnable* next = find_work(self);
      if (next == nullptr &&
          self.for_more.may_look(self.activations.load(std::memory_order_relaxed))) {
        next = look_for_a_while(self);
      }
      if (next == nullptr) {
        if (is_dispensable(self)) return;
        park(self);
        was_parked = true;
        continue;
      }
      // If this was the one who looks again by himself, somebody else has to for what is left.
      if (std::exchange(was_parked, false) && !watched_.load(std::memory_order_seq_cst) &&
          any_queue()) {
        wake_one_if_parked();
      }
      run_streak(self, *next);
      // Now and then is enough, even for one that is never idle.
      if (is_dispensable(self)) return;
    }
  }

  /// Runs `first`, and what is made ready meanwhile and comes next by the slot, for a while.
  void run_streak(worker& self, runnable& first) noexcept {
    runnable* next = &first;
    for (int left = slot_streak_limit; next != nullptr && left > 0 && !is_stopping(); --left) {
      activate(self, *next);
      next = next_of(self);
    }
    self.running.store(nullptr, std::memory_order_relaxed);
    if (next != nullptr) self.queue.push(*next);
  }

  /// What the activation that has ended has handed over, or else made ready last; the rest goes to
  /// the queue.
  runnable* next_of(worker& self) noexcept {
    runnable* const handed = hand_over::take();
    runnable* const other = self.take_slot();
    if (handed == nullptr || other == nullptr) [[likely]]
      return handed != nullptr ? handed : other;
    self.queue.push(*other);
    offer(self);
    return handed;
  }

  runnable* find_work(worker& self) noexcept {
    const std::uint32_t activations = self.activations.load(std::memory_order_relaxed);
    if (activations - self.shared_turn_at >= shared_queue_turn) {
      self.shared_turn_at = activations;
      if (runnable* const next = shared_.pop()) return next;
    }
    if (runnable* const next = self.queue.pop()) return next;
    if (runnable* const next = shared_.pop()) return next;
    return steal(self);
  }

  /// Waits for work that others make, for about as long as a wake-up takes, so at worst it costs
  /// twice what parking at once would. Source: Karlin, Li, Manasse, Owicki, "Empirical studies of
  /// competitive spinning for a shared-memory multiprocessor", 1991.
  [[gnu::noinline]] runnable* look_for_a_while(worker& self) noexcept {
    const auto until = std::chrono::steady_clock::now() + options_.patience;
    runnable* found = nullptr;
    looking_.fetch_add(1, std::memory_order_relaxed);
    while (found == nullptr && !is_stopping() && anyone_else_runs() &&
           std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();  // Somebody else may need the processor more.
      found = find_work(self);
    }
    looking_.fetch_sub(1, std::memory_order_relaxed);
    self.for_more.looked(found != nullptr, self.activations.load(std::memory_order_relaxed));
    return found;
  }

  /// Asked by one that looks.
  [[nodiscard]] bool anyone_else_runs() const noexcept {
    return parked_.load(std::memory_order_relaxed) + looking_.load(std::memory_order_relaxed) <
           base_count_ + lent_.load(std::memory_order_relaxed);
  }

  runnable* steal(worker& self) noexcept {
    const std::size_t count = used_.load(std::memory_order_relaxed);
    for (std::size_t step = 1; step < count; ++step) {
      worker& victim = workers_[(self.index + step) % count];
      if (victim.queue.is_empty()) continue;
      // A cheap queue is left to its owner, as long as the owner makes progress.
      if (victim.queue.worth() < options_.steal_worth.count() && makes_progress(victim)) continue;
      if (runnable* const stolen = victim.queue.pop()) return stolen;
    }
    return nullptr;
  }

  [[nodiscard]] bool makes_progress(const worker& victim) const noexcept {
    const std::uint32_t before = victim.activations.load(std::memory_order_relaxed);
    const auto patience = std::chrono::steady_clock::now() + options_.steal_worth;
    while (std::chrono::steady_clock::now() < patience) {
      if (victim.activations.load(std::memory_order_relaxed) != before) return true;
    }
    return false;
  }

  void activate(worker& self, runnable& next) noexcept {
    self.running.store(&next, std::memory_order_release);
    const std::uint32_t activations = self.activations.load(std::memory_order_relaxed) + 1;
    // One comparison for those that are heavy and those that are new.
    const bool is_special =
        next.cost.load(std::memory_order_relaxed) - runnable::no_longer_new > heavy_;
    const runnable::verdict verdict =
        is_special || self.sampled.is_due(activations) ? measure(self, next) : next.run(next);
    self.activations.store(activations, std::memory_order_relaxed);
    if (verdict == runnable::verdict::again) [[unlikely]] {
      self.queue.push(next);
      offer(self);
    }
  }

  [[gnu::noinline]] runnable::verdict measure(worker& self, runnable& next) noexcept {
    const std::uint32_t known = next.cost.load(std::memory_order_relaxed);
    const bool is_heavy = known > heavy_ + runnable::no_longer_new;
    if (known < runnable::no_longer_new) {
      next.cost.store(known + 1, std::memory_order_relaxed);
      // What a new one costs matters if others could help.
      if (parked_.load(std::memory_order_relaxed) == 0) return next.run(next);
    }
    const instant begun = now();
    keep_time(begun);
    const std::uint32_t before = self.activations.load(std::memory_order_relaxed);
    if (is_heavy) {
      self.for_more.ran_something_heavy(before);
      hand_over::open(nullptr);
    }
    self.running_since.store(begun.time_since_epoch().count(), std::memory_order_relaxed);
    const runnable::verdict verdict = next.run(next);
    hand_over::open(self.pool);
    const instant ended = now();
    const duration took = ended - begun;
    std::uint32_t stands_for = 1;
    if (is_heavy) {
      self.sampled.measured_heavy(took);
      self.shared_turn_at -= static_cast<std::uint32_t>(
          std::min<std::int64_t>(took / std::chrono::microseconds{1}, shared_queue_turn));
    } else {
      stands_for = self.sampled.measured(before + 1, ended, options_.heavy_activation);
    }
    next.busy.fetch_add(static_cast<std::uint64_t>(took.count()) * stands_for,
                        std::memory_order_relaxed);
    note_cost(next, took);
    return verdict;
  }

  void note_cost(runnable& ran, duration took) const noexcept {
    const std::uint32_t before = ran.cost.load(std::memory_order_relaxed);
    const auto now_ns = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(took.count(), runnable::no_longer_new + 1, 1U << 30U));
    // One that is new may yet do something else than begin.
    if (before < runnable::no_longer_new && now_ns <= heavy_) return;
    ran.cost.store(before <= runnable::no_longer_new ? now_ns : before - before / 4 + now_ns / 4,
                   std::memory_order_relaxed);
  }

  /// The queue of `self` has grown: is it worth waking somebody?
  void offer(worker& self) noexcept {
    if (parked_.load(std::memory_order_seq_cst) == 0) return;
    const bool worth_it = self.queue.worth() > options_.wake_worth.count();
    // Somebody who looks again by himself must be there, or a cheap queue could wait for ever.
    if (worth_it || !watched_.load(std::memory_order_seq_cst)) wake_one_if_parked();
  }

  void wake_one_if_parked() noexcept {
    // Sequentially consistent with park(): either it sees the work or we see it parked.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (parked_.load(std::memory_order_seq_cst) == 0) return;
    worker* last = nullptr;
    {
      const std::scoped_lock lock{parking_};
      if (idle_.empty()) return;
      last = idle_.back();  // Its memory is the warmest.
      idle_.pop_back();
      parked_.fetch_sub(1, std::memory_order_seq_cst);
    }
    last->called.ring();
  }

  /// Under parking_.
  void wake_all() noexcept {
    for (worker* const each : idle_) each->called.ring();
    idle_.clear();
    parked_.store(0, std::memory_order_seq_cst);
  }

  [[gnu::noinline]] void park(worker& self) noexcept {
    std::unique_lock lock{parking_};
    const std::size_t already = parked_.fetch_add(1, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const bool all_idle = already + 1 == base_count_ + lent_.load();
    const bool has_to_leave = self.index >= base_count_ && is_too_many();
    if (stopping_.load() || has_to_leave || !shared_.is_empty() || (all_idle && any_queue())) {
      parked_.fetch_sub(1, std::memory_order_seq_cst);
      return;
    }
    idle_.push_back(&self);
    const bool watches = !all_idle && !watched_.load(std::memory_order_seq_cst);
    if (watches) watched_.store(true, std::memory_order_seq_cst);
    lock.unlock();
    wait_for_call(self, watches);
    const instant woken = now();
    keep_time(woken);
    self.sampled.idled(self.activations.load(std::memory_order_relaxed), woken);
  }

  void wait_for_call(worker& self, bool watches) noexcept {
    if (!watches) return self.called.wait();
    for (worker& each : in_use()) {
      each.seen_by_watcher = each.activations.load(std::memory_order_relaxed);
    }
    const bool was_called = self.called.wait_for(options_.look_again);
    if (!was_called) look_at_slow_workers();
    watched_.store(false, std::memory_order_seq_cst);
    if (was_called) return;
    {
      const std::scoped_lock lock{parking_};
      if (std::erase(idle_, &self) > 0) {
        parked_.fetch_sub(1, std::memory_order_seq_cst);
        return;
      }
    }
    self.called.wait();  // Whoever took it off is about to ring.
  }

  /// One whose activations take long on average may not know yet that they do, and so keeps what
  /// they make ready to itself.
  void look_at_slow_workers() noexcept {
    for (worker& each : in_use()) {
      const std::uint32_t before = each.activations.load(std::memory_order_relaxed);
      if (each.running.load(std::memory_order_acquire) == nullptr) continue;
      const std::int64_t ended = before - each.seen_by_watcher;
      if (ended * heavy_ >= options_.look_again.count()) continue;
      each.sampled.look_closer(before);
      if (runnable* const waiting = each.take_slot()) shared_.push(*waiting);
    }
  }

  /// For the records of what runs on this thread.
  void keep_time(instant now) const noexcept {
    const auto time = (started_ + now.time_since_epoch()).time_since_epoch();
    coarse_clock::keep(static_cast<std::uint64_t>(duration{time}.count()));
  }

  [[nodiscard]] bool any_queue() const noexcept {
    return std::ranges::any_of(in_use(), [](const worker& each) { return !each.queue.is_empty(); });
  }

  [[nodiscard]] std::span<worker> in_use() noexcept {
    return std::span{workers_}.first(used_.load(std::memory_order_relaxed));
  }
  [[nodiscard]] std::span<const worker> in_use() const noexcept {
    return std::span{workers_}.first(used_.load(std::memory_order_relaxed));
  }

  void start(worker& place) {
    place.thread = std::thread{[this, &place] { work(place); }};
  }

  [[nodiscard]] bool is_too_many() const noexcept { return lent_.load() > stuck_.load(); }

  /// Whether this thread is lent and not needed any more; it then has left the pool.
  bool is_dispensable(worker& self) noexcept {
    return self.index >= base_count_ && is_too_many() && leaves(self);
  }
  [[gnu::noinline]] bool leaves(worker& self) noexcept {
    {
      const std::scoped_lock lock{parking_};
      if (!is_too_many()) return false;
      lent_.fetch_sub(1);
    }
    if (runnable* const left = self.take_slot()) shared_.push(*left);
    while (runnable* const left = self.queue.pop()) shared_.push(*left);
    wake_one_if_parked();
    self.is_lent.store(false, std::memory_order_release);
    return true;
  }

  /// Looks for callbacks that do not return: gives what waits behind them to the other workers,
  /// lends workers in their stead, and tells of them.
  void look_for_stalls() noexcept {
    const instant at = now();
    std::size_t stuck = 0;
    for (worker& each : in_use()) {
      const std::uint32_t before =
          std::exchange(each.seen_progress, each.activations.load(std::memory_order_relaxed));
      const bool is_running = each.running.load(std::memory_order_acquire) != nullptr;
      const bool was_running = std::exchange(each.was_running, is_running);
      if (!is_running || !was_running || each.seen_progress != before) {
        each.stalled_since.store(0, std::memory_order_relaxed);
        each.is_reported = false;
        continue;
      }
      ++stuck;
      each.is_new_stall = each.stalled_since.load(std::memory_order_relaxed) == 0;
      if (each.is_new_stall) {
        each.stalled_since.store((at - options_.stall_check).time_since_epoch().count(),
                                 std::memory_order_relaxed);
      }
      if (runnable* const waiting = each.take_slot()) shared_.push(*waiting);
      if (!shared_.is_empty() || !each.queue.is_empty()) wake_one_if_parked();
    }
    lend(stuck);
    if (stuck > 0 && options_.stalled) tell_of_stalls(at);
  }

  /// Keeps as many threads that can work as there are workers, if places allow.
  void lend(std::size_t stuck) noexcept {
    const std::scoped_lock lock{parking_};
    stuck_.store(stuck);
    if (stopping_.load()) return;
    for (std::size_t index = base_count_; index < workers_.size() && lent_.load() < stuck;
         ++index) {
      worker& place = workers_[index];
      if (place.is_lent.load(std::memory_order_acquire)) continue;
      if (place.thread.joinable()) place.thread.join();  // It has left.
      place.is_lent.store(true, std::memory_order_relaxed);
      lent_.fetch_add(1);
      if (used_.load() <= index) used_.store(index + 1);
      try {
        start(place);
      } catch (...) {  // The system has no thread left; the next check tries again.
        place.is_lent.store(false, std::memory_order_relaxed);
        lent_.fetch_sub(1);
        break;
      }
    }
    if (is_too_many()) wake_all();
  }

  void tell_of_stalls(instant at) noexcept {
    for (worker& each : in_use()) {
      const std::int64_t since = each.stalled_since.load(std::memory_order_relaxed);
      runnable* const what = each.running.load(std::memory_order_acquire);
      if (since == 0 || what == nullptr) continue;
      const duration lasts = at - instant{duration{since}};
      const bool is_due = !each.is_reported && lasts >= options_.stall_report_after;
      each.is_reported |= is_due;
      options_.stalled(
          {what, lasts, each.is_new_stall, is_due, lent_.load(), workers_.size() - base_count_});
    }
  }

  void fire_timers() {
    std::unique_lock lock{timers_mutex_};
    instant next_check = now() + options_.stall_check;
    while (!stopping_.load()) {
      if (now() >= next_check) {
        lock.unlock();  // Whoever is told may use timers.
        look_for_stalls();
        lock.lock();
        next_check = now() + options_.stall_check;
      }
      if (auto due = timers_.take_due(now())) {
        lock.unlock();
        (*due)();
        due.reset();
        lock.lock();
      } else {
        sleeps_until_ = std::min(timers_.next().value_or(next_check), next_check);
        timers_changed_.wait_until(lock, started_ + sleeps_until_.time_since_epoch());
      }
    }
  }

  const thread_pool_options options_;
  /// Nanoseconds.
  const std::uint32_t heavy_ = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(options_.heavy_activation.count(), 0, 1U << 30U));
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  const std::size_t base_count_;
  /// The fixed ones, and after them places for those that are lent.
  std::vector<worker> workers_;
  /// Places from the first to the last that has ever been lent; the others have no work to steal.
  std::atomic<std::size_t> used_{base_count_};
  /// How many are stuck now, as the monitor saw, and how many are lent. Changed under parking_.
  std::atomic<std::size_t> stuck_{0};
  std::atomic<std::size_t> lent_{0};
  ready_queue shared_;
  std::atomic<bool> stopping_{false};

  std::mutex parking_;
  /// Who waits for a call, last comer last. Guarded by parking_.
  std::vector<worker*> idle_;
  /// How many; written under parking_, read without it by those who offer work.
  std::atomic<std::size_t> parked_{0};
  /// Workers that have nothing to run and look for it without parking.
  std::atomic<std::size_t> looking_{0};
  std::atomic<bool> watched_{false};

  std::mutex timers_mutex_;
  std::condition_variable timers_changed_;
  timer_queue timers_;
  instant sleeps_until_{};  ///< Of the timer thread.

  std::thread timer_thread_;
};

thread_pool::thread_pool(thread_pool_options options)
    : self_{std::make_unique<implementation>(*this, std::move(options))} {}

thread_pool::~thread_pool() {
  stop();
  self_->wait_for_wakers();
}

void thread_pool::make_ready(runnable& ready) noexcept {
  self_->make_ready(ready);
}

instant thread_pool::now() const noexcept {
  return self_->now();
}

timer_id thread_pool::arm(instant when, std::move_only_function<void() noexcept> fire) {
  return self_->arm(when, std::move(fire));
}

bool thread_pool::disarm(timer_id timer) noexcept {
  return self_->disarm(timer);
}

std::uint64_t thread_pool::random() noexcept {
  return self_->random();
}

std::vector<driver::running_now> thread_pool::running() const {
  return self_->running();
}

std::size_t thread_pool::lent_count() const noexcept {
  return self_->lent_count();
}

std::size_t thread_pool::worker_count() const noexcept {
  return self_->worker_count();
}

void thread_pool::stop() noexcept {
  self_->stop();
}

}  // namespace genstage::inline v0
