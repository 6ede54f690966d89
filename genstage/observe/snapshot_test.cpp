#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/task/sync_wait.hpp>
#include <latch>
#include <string_view>

// Snapshots of programs on the thread pool, whose callbacks cannot be interrupted.
namespace genstage {
namespace {

using namespace std::chrono_literals;

/// Answers demand in full, until it is told to block.
class blocking_source final : public producer<int> {
 public:
  explicit blocking_source(std::latch* gate) : gate_{gate} {}
  void handle_demand(demand asked, output<int>& out) override {
    if (gate_ != nullptr && ++calls_ == 2) gate_->wait();
    for (std::uint64_t left = asked.count(); left > 0; --left) out.emit(1);
  }

 private:
  std::latch* gate_;
  int calls_ = 0;
};

class blocking_sink final : public consumer<int> {
 public:
  explicit blocking_sink(std::latch* gate) : gate_{gate} {}
  void handle_events(std::span<int>) override {
    if (gate_ != nullptr) gate_->wait();
  }

 private:
  std::latch* gate_;
};

class snapshot_test : public ::testing::Test {
 protected:
  ~snapshot_test() override { gate_.count_down(); }

  /// A snapshot in which `stuck` runs that callback and has not answered, and the other one has.
  /// How soon the threads get so far is not known, so it looks until they have.
  snapshot look_until(pid stuck, std::string_view callback, pid other) {
    for (;;) {
      snapshot seen = *sync_wait(take_snapshot(home_));
      const process_view& told = *seen.find(stuck);
      const bool is_stuck = told.blocked && told.callback == callback;
      if (is_stuck && seen.find(other)->answered) return seen;
    }
  }

  std::latch gate_{1};
  runtime home_{{.log = silent_log(), .workers = 2}};
};

TEST_F(snapshot_test, a_consumer_whose_callback_does_not_return_is_told_by_its_producer) {
  const auto from = *spawn<blocking_source>(home_, {}, nullptr);
  const auto to = *spawn<blocking_sink>(home_, {.name = "stuck"}, &gate_);
  const unique_id tag = *sync_wait(subscribe(to, from, {.max_demand = 8, .min_demand = 7}));

  const snapshot seen = look_until(to.id(), "handle_events", from.id());

  const process_view& stuck = *seen.find(to.id());
  EXPECT_FALSE(stuck.answered);
  EXPECT_EQ(stuck.label, "stuck");
  EXPECT_GE(*stuck.blocked, duration::zero());
  const subscription_view& told = *seen.find(tag);
  EXPECT_FALSE(told.seen_by_consumer);
  EXPECT_EQ(told.consumer, to.id());
  EXPECT_EQ(told.in_flight, told.delivered);
}

TEST_F(snapshot_test, a_producer_whose_callback_does_not_return_is_told_by_its_consumer) {
  const auto from = *spawn<blocking_source>(home_, {}, &gate_);
  const auto to = *spawn<blocking_sink>(home_, {}, nullptr);
  const unique_id tag = *sync_wait(subscribe(to, from, {.max_demand = 8, .min_demand = 0}));

  const snapshot seen = look_until(from.id(), "handle_demand", to.id());

  const subscription_view& told = *seen.find(tag);
  EXPECT_FALSE(told.seen_by_producer);
  EXPECT_TRUE(told.seen_by_consumer);
  EXPECT_EQ(told.producer, from.id());
  EXPECT_EQ(told.delivered, told.handled);
  EXPECT_EQ(told.outstanding, demand{8});
}

}  // namespace
}  // namespace genstage
