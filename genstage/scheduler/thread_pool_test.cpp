#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <genstage/scheduler/hand_over.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <latch>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace genstage {
namespace {

struct counting_runnable : runnable {
  explicit counting_runnable(int turns) : runnable{&turn}, left{turns} {}

  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<counting_runnable&>(base);
    if (--self.left > 0) return verdict::again;
    self.done.count_down();
    return verdict::idle;
  }

  std::atomic<int> left;
  std::latch done{1};
};

/// How one runnable makes another ready.
enum class way : std::uint8_t { as_any_thread, by_hand_over };

void make_ready(driver& pool, runnable& next, way how) {
  if (how == way::by_hand_over) return hand_over::to(next, pool);
  pool.make_ready(next);
}

/// Two of these make each other ready, as a producer and a consumer do.
struct partner final : runnable {
  partner(driver& pool, way with) : runnable{&turn}, scheduler{pool}, how{with} {}

  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<partner&>(base);
    if (self.rallies->fetch_sub(1) > 0) {
      make_ready(self.scheduler, *self.other, self.how);
    } else {
      self.finished->count_down();
    }
    return verdict::idle;
  }

  driver& scheduler;
  way how;
  partner* other = nullptr;
  std::atomic<int>* rallies = nullptr;
  std::latch* finished = nullptr;
};

TEST(thread_pool_test, what_is_made_ready_from_outside_runs_until_it_is_idle) {
  std::vector<std::unique_ptr<counting_runnable>> all;  // Must outlive the pool.
  thread_pool pool{{.workers = 2}};

  for (int number = 0; number < 1000; ++number) {
    all.push_back(std::make_unique<counting_runnable>(3));
    pool.make_ready(*all.back());
  }

  for (const auto& each : all) each->done.wait();
}

TEST(thread_pool_test, no_rally_between_two_runnables_is_ever_lost) {
  std::vector<std::unique_ptr<partner>> all;  // Must outlive the pool.
  thread_pool pool{{.workers = 2}};
  for (int round = 0; round < 300; ++round) {
    std::atomic<int> rallies{100};
    std::latch finished{1};
    const way how = round % 2 == 0 ? way::as_any_thread : way::by_hand_over;
    partner& left = *all.emplace_back(std::make_unique<partner>(pool, how));
    partner& right = *all.emplace_back(std::make_unique<partner>(pool, how));
    left.other = &right;
    right.other = &left;
    left.rallies = right.rallies = &rallies;
    left.finished = right.finished = &finished;

    pool.make_ready(left);

    finished.wait();
  }
}

/// Keeps its worker until it is let go.
struct holder final : runnable {
  holder() : runnable{&turn} {}

  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<holder&>(base);
    self.held.count_down();
    self.let_go.wait();
    return verdict::idle;
  }

  std::latch held{1};
  std::latch let_go{1};
};

TEST(thread_pool_test, a_worker_that_hopes_for_more_runs_what_comes_and_stops_when_told) {
  holder busy;
  counting_runnable heavy{100};  // Heavy as soon as it has been measured.
  counting_runnable next{1};
  thread_pool pool{
      {.workers = 2, .heavy_activation = duration::zero(), .patience = std::chrono::hours{1}}};
  pool.make_ready(busy);
  busy.held.wait();
  pool.make_ready(heavy);
  heavy.done.wait();

  pool.make_ready(next);
  next.done.wait();

  busy.let_go.count_down();
  pool.stop();
}

/// Hands over to several at once, and is done.
struct forker final : runnable {
  explicit forker(driver& pool) : runnable{&turn}, scheduler{pool} {}

  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<forker&>(base);
    for (const auto& each : self.all) hand_over::to(*each, self.scheduler);
    return verdict::idle;
  }

  driver& scheduler;
  std::vector<std::unique_ptr<counting_runnable>> all;
};

TEST(thread_pool_test, all_that_one_activation_hands_over_to_run) {
  std::unique_ptr<forker> fork;  // Must outlive the pool.
  thread_pool pool{{.workers = 2}};
  fork = std::make_unique<forker>(pool);
  for (int number = 0; number < 10; ++number) {
    fork->all.push_back(std::make_unique<counting_runnable>(1));
  }

  pool.make_ready(*fork);

  for (const auto& each : fork->all) each->done.wait();
}

TEST(thread_pool_test, a_thread_that_is_no_worker_hands_over_to_the_pool) {
  counting_runnable waiting{1};
  thread_pool pool{{.workers = 1}};

  hand_over::to(waiting, pool);

  waiting.done.wait();
}

/// Makes another runnable ready, and then spins until that one has run.
struct spinner final : runnable {
  spinner(driver& pool, runnable& waiting, way with)
      : runnable{&turn}, scheduler{pool}, after{waiting}, how{with} {}

  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<spinner&>(base);
    make_ready(self.scheduler, self.after, self.how);
    hand_over::let_others_run();
    while (!self.released.load()) {
    }
    self.done.count_down();
    return verdict::idle;
  }

  driver& scheduler;
  runnable& after;
  way how;
  std::atomic<bool> released{false};
  std::latch done{1};
};

TEST(thread_pool_test, what_waits_behind_a_callback_that_does_not_return_runs_elsewhere) {
  thread_pool pool{{.workers = 2, .stall_check = std::chrono::milliseconds{1}}};
  for (const way how : {way::as_any_thread, way::by_hand_over}) {
    counting_runnable waiting{1};
    spinner spins{pool, waiting, how};

    pool.make_ready(spins);

    waiting.done.wait();
    spins.released.store(true);
    spins.done.wait();
  }
}

/// Spins until it is released.
struct stuck final : runnable {
  stuck() : runnable{&turn} {}
  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<stuck&>(base);
    while (!self.released.load()) std::this_thread::yield();
    self.done.count_down();
    return verdict::idle;
  }
  std::atomic<bool> released{false};
  std::latch done{1};
};

// Nobody knows yet that it takes long, so what it makes ready goes into its slot.
TEST(thread_pool_test, what_waits_behind_a_long_callback_is_taken_by_a_worker_that_looks_again) {
  stuck other;  // As it runs too, the worker that parks after it is not the last one, and watches.
  counting_runnable waiting{1};
  thread_pool pool{{.workers = 2, .stall_check = std::chrono::hours{1}}};
  spinner spins{pool, waiting, way::as_any_thread};
  pool.make_ready(other);
  pool.make_ready(spins);

  other.released = true;

  waiting.done.wait();
  spins.released = true;
  spins.done.wait();
  other.done.wait();
}

TEST(thread_pool_test, workers_are_lent_while_all_are_stuck_and_leave_when_they_return) {
  stuck one;
  stuck two;
  counting_runnable waiting{3};
  thread_pool pool{{.workers = 2, .stall_check = std::chrono::milliseconds{1}}};
  pool.make_ready(one);
  pool.make_ready(two);

  pool.make_ready(waiting);

  waiting.done.wait();
  EXPECT_GE(pool.lent_count(), 1U);
  one.released = two.released = true;
  one.done.wait();
  two.done.wait();
  while (pool.lent_count() > 0) std::this_thread::yield();
}

TEST(thread_pool_test, no_more_workers_are_lent_than_is_allowed_and_each_stall_is_reported_once) {
  std::vector<std::unique_ptr<stuck>> all;
  for (int number = 0; number < 5; ++number) all.push_back(std::make_unique<stuck>());
  std::atomic<int> reports{0};
  std::atomic<int> checks{0};
  std::atomic<std::size_t> most{0};
  thread_pool pool{{.workers = 1,
                    .stall_check = std::chrono::milliseconds{1},
                    .replacement_workers = 2,
                    .stall_report_after = std::chrono::milliseconds{3},
                    .stalled = [&](const stall& seen) {
                      reports += seen.is_to_be_reported ? 1 : 0;
                      most = std::max(most.load(), seen.lent);
                      ++checks;
                    }}};

  for (const auto& each : all) pool.make_ready(*each);
  while (reports.load() < 3 || checks.load() < 50) std::this_thread::yield();

  EXPECT_EQ(reports.load(), 3);  // One worker and two lent ones are stuck, the others wait.
  EXPECT_EQ(most.load(), 2U);
  for (const auto& each : all) each->released = true;
  for (const auto& each : all) each->done.wait();
}

/// Keeps one worker busy for ever: itself from the queue, and in between a chain through the slot,
/// of a length that a worker which only counts activations could trip over.
struct busy_pair : runnable {
  explicit busy_pair(driver& pool) : runnable{&turn}, scheduler{pool}, link{*this} {}

  struct chain_link : runnable {
    explicit chain_link(busy_pair& of) : runnable{&turn}, owner{of} {}
    static verdict turn(runnable& base) noexcept {
      auto& self = static_cast<chain_link&>(base);
      if (--self.owner.left > 0) self.owner.scheduler.make_ready(*self.owner.next_link());
      return verdict::idle;
    }
    busy_pair& owner;
  };

  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<busy_pair&>(base);
    if (self.enough.load()) return verdict::idle;
    self.left = self.is_first ? 59 : 60;
    self.is_first = false;
    self.scheduler.make_ready(*self.next_link());
    return verdict::again;
  }
  chain_link* next_link() { return std::exchange(use_other, !use_other) ? &other : &link; }

  driver& scheduler;
  chain_link link;
  chain_link other{*this};
  bool use_other = false;
  bool is_first = true;
  int left = 0;
  std::atomic<bool> enough{false};
};

TEST(thread_pool_test, what_comes_from_outside_gets_its_turn_on_a_busy_worker) {
  std::unique_ptr<busy_pair> busy;  // Must outlive the pool.
  counting_runnable outsider{1};
  thread_pool pool{{.workers = 1}};
  busy = std::make_unique<busy_pair>(pool);
  pool.make_ready(*busy);

  pool.make_ready(outsider);
  outsider.done.wait();

  busy->enough = true;
}

/// Takes the time of a hundred ordinary activations each time, and in one of them has another
/// thread make `guest` ready.
struct heavy_host final : runnable {
  static constexpr int invites_at = 100;  // Long after it was first measured.

  heavy_host(driver& pool, runnable& other) : runnable{&turn}, scheduler{pool}, guest{other} {}

  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<heavy_host&>(base);
    while (++self.steps % 50'000 != 0) {
    }
    if (++self.turns == invites_at) {
      std::thread{[&self] { self.scheduler.make_ready(self.guest); }}.join();
    }
    return self.is_over ? verdict::idle : verdict::again;
  }

  driver& scheduler;
  runnable& guest;
  std::atomic<unsigned> steps = 0;
  std::atomic<int> turns = 0;
  std::atomic<bool> is_over = false;
};

struct guest final : runnable {
  guest() : runnable{&turn} {}

  static verdict turn(runnable& base) noexcept {
    auto& self = static_cast<guest&>(base);
    self.after = self.host->turns - heavy_host::invites_at;
    self.host->is_over = true;
    self.came.count_down();
    return verdict::idle;
  }

  heavy_host* host = nullptr;
  int after = -1;
  std::latch came{1};
};

TEST(thread_pool_test, what_comes_from_outside_does_not_wait_for_many_heavy_activations) {
  thread_pool pool{{.workers = 1, .replacement_workers = 0}};
  guest late;
  heavy_host busy{pool, late};
  late.host = &busy;

  pool.make_ready(busy);
  late.came.wait();
  pool.stop();

  EXPECT_LE(late.after, 2);
}

TEST(thread_pool_test, a_timer_fires_and_never_before_its_instant) {
  thread_pool pool{{.workers = 1}};
  std::latch fired{1};
  instant at{};
  const instant due = pool.now() + std::chrono::milliseconds{2};

  pool.arm(due, [&]() noexcept {
    at = pool.now();
    fired.count_down();
  });
  fired.wait();

  EXPECT_GE(at, due);
}

TEST(thread_pool_test, a_disarmed_timer_does_not_fire) {
  thread_pool pool{{.workers = 1}};
  const timer_id timer = pool.arm(pool.now() + std::chrono::hours{1}, []() noexcept { FAIL(); });

  EXPECT_TRUE(pool.disarm(timer));
  EXPECT_FALSE(pool.disarm(timer));
}

}  // namespace
}  // namespace genstage
