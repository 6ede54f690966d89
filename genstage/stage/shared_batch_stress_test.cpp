#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/shared_batch.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <ranges>
#include <thread>
#include <vector>

// Batches that several threads read, and cancels that several threads send, for the thread and
// address sanitizers. Nothing here depends on how fast it runs.
namespace genstage {
namespace {

using numbers = shared_batch<std::int64_t>;

/// Gets references to batches, each through one atomic pointer, and reads them. It tells nobody
/// that it has read but by letting go, so nothing else orders its reading before the next writing.
class reading_thread {
 public:
  ~reading_thread() {
    give(nullptr);
    thread_.join();
  }

  /// Null for the last one.
  void give(const numbers* lent) {
    while (slot_.load(std::memory_order_relaxed) != nullptr) std::this_thread::yield();
    slot_.store(lent == nullptr ? &last_ : new numbers{*lent}, std::memory_order_release);
  }
  [[nodiscard]] std::size_t torn() const noexcept { return torn_.load(); }

 private:
  void read() {
    for (;;) {
      numbers* const taken = slot_.exchange(nullptr, std::memory_order_acquire);
      if (taken == &last_) return;
      if (taken == nullptr) {
        std::this_thread::yield();
        continue;
      }
      const std::unique_ptr<numbers> owned{taken};
      for (const std::int64_t event : owned->events()) {
        if (event != owned->events().front()) torn_.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }

  numbers last_;
  std::atomic<numbers*> slot_{nullptr};
  std::atomic<std::size_t> torn_{0};
  std::thread thread_{[this] { read(); }};
};

// RS-2.11
TEST(shared_batch_stress_test, a_batch_is_written_again_only_when_all_have_read_it) {
  std::array<reading_thread, 3> readers;
  std::array<numbers, 2> pool{numbers::make(), numbers::make()};

  for (std::int64_t round = 0; round < 200; ++round) {
    numbers& filled = pool[static_cast<std::size_t>(round) % pool.size()];
    while (!filled.is_sole()) std::this_thread::yield();
    filled.writable().clear();
    for (int event = 0; event < 64; ++event) filled.writable().emplace(round);
    for (reading_thread& each : readers) each.give(&filled);
  }

  for (const reading_thread& each : readers) EXPECT_EQ(each.torn(), 0U);
}

/// Broadcasts the numbers up to an end, once it is told to.
class tower final : public producer<std::int64_t> {
 public:
  explicit tower(std::int64_t end) : end_{end} {}
  auto dispatcher() const { return broadcast_dispatcher{}; }
  demand_mode initial_demand() const override { return demand_mode::accumulate; }
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    const std::int64_t last = next_ + std::min(end_ - next_, static_cast<std::int64_t>(asked));
    out.append(std::views::iota(next_, last));
    next_ = last;
  }

 private:
  std::int64_t end_;
  std::int64_t next_ = 0;
};

/// What all readers of one kind have seen; each of them reports its own sum when it has all.
struct findings {
  std::int64_t end;
  std::atomic<int> left;
  completion<void> done;
  std::atomic<int> gaps{0};
};

template <class Event>
class listener final : public consumer<Event> {
 public:
  /// `next` is the first event that is to come; -1 if that is not known.
  listener(std::shared_ptr<findings> into, std::int64_t next)
      : into_{std::move(into)}, next_{next} {}
  void handle_events(std::span<Event> events) override {
    for (const std::int64_t event : events) {
      if (next_ != -1 && event != next_) into_->gaps.fetch_add(1);
      next_ = event + 1;
    }
    if (next_ == into_->end && into_->left.fetch_sub(1) == 1) into_->done.complete({});
  }

 private:
  std::shared_ptr<findings> into_;
  std::int64_t next_;
};

// RS-1.11, RS-2.11
TEST(shared_batch_stress_test,
     readers_and_owners_of_a_broadcast_come_and_go_and_nobody_misses_any) {
  for (const std::size_t workers : {1U, 2U, 4U}) {
    runtime home{{.log = silent_log(), .workers = workers}};
    constexpr std::int64_t end = 20'000;
    auto [far, near] = make_operation<void>();
    const auto stayers = std::make_shared<findings>(end, 3, std::move(far));
    auto [unheard, unused] = make_operation<void>();
    const auto passers = std::make_shared<findings>(INT64_MAX, 0, std::move(unheard));
    const auto from = *spawn<tower>(home, {}, end);
    const subscription_options in_small_steps{.max_demand = 20, .cancel = cancel_mode::temporary};
    for (int each = 0; each < 2; ++each) {
      const auto to = *spawn<listener<const std::int64_t>>(home, {}, stayers, 0);
      ASSERT_TRUE(sync_wait(subscribe(to, from, in_small_steps)).has_value());
    }
    const auto owner = *spawn<listener<std::int64_t>>(home, {}, stayers, 0);
    ASSERT_TRUE(sync_wait(subscribe(owner, from, in_small_steps)).has_value());

    set_demand(from, demand_mode::forward);
    for (int round = 0; round < 40; ++round) {
      const auto passer = *spawn<listener<const std::int64_t>>(home, {}, passers, -1);
      (void)sync_wait(subscribe(passer, from, in_small_steps));
      home.exit(passer.process(), exit_reason::kill());
    }
    (void)sync_wait(std::move(near));

    EXPECT_EQ(stayers->gaps.load(), 0);
    EXPECT_EQ(passers->gaps.load(), 0);
  }
}

struct get_ends {};

/// Counts how often it was told of the end of a subscription.
class counting_producer final : public producer<std::int64_t> {
 public:
  void handle_demand(demand, output<std::int64_t>&) override {}
  void handle_cancel(const cancellation&) override { ++ends_; }
  int handle_call(get_ends) { return ends_; }

 private:
  int ends_ = 0;
};
class counting_consumer final : public consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
  void handle_cancel(const cancellation&) override { ++ends_; }
  int handle_call(get_ends) { return ends_; }

 private:
  int ends_ = 0;
};

// RS-3.5
TEST(cancel_stress_test, cancels_from_many_threads_end_a_subscription_once) {
  runtime home{{.log = silent_log(), .workers = 2}};
  for (int round = 0; round < 50; ++round) {
    const auto from = *spawn<counting_producer>(home, {});
    const auto to = *spawn<counting_consumer>(home, {});
    const auto tag = *sync_wait(subscribe(to, from, {.cancel = cancel_mode::temporary}));

    {
      std::vector<std::jthread> threads;
      for (int each = 0; each < 8; ++each) {
        threads.emplace_back([&] { cancel(from, tag, exit_reason::normal()); });
      }
    }

    // What the producer confirms is on its way to the consumer when it answers.
    EXPECT_EQ(*sync_wait(call(from, get_ends{})), 1);
    EXPECT_EQ(*sync_wait(call(to, get_ends{})), 1);
  }
}

}  // namespace
}  // namespace genstage
