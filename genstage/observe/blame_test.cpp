#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/genstage.hpp>
#include <genstage/observe/blame.hpp>
#include <genstage/task/sync_wait.hpp>
#include <latch>
#include <vector>

// What only the thread pool has: a callback that does not give its thread back.
namespace genstage {
namespace {

using namespace std::chrono_literals;

class ones final : public producer<int> {
 public:
  void handle_demand(demand asked, output<int>& out) override {
    for (std::uint64_t left = asked.count(); left > 0; --left) out.emit(1);
  }
};

class blocking_sink final : public consumer<int> {
 public:
  explicit blocking_sink(std::latch* gate) : gate_{gate} {}
  void handle_events(std::span<int>) override { gate_->wait(); }

 private:
  std::latch* gate_;
};

TEST(blame_test, blocked_callback) {
  std::latch gate{1};
  runtime home{{.log = silent_log(), .workers = 2}};
  const auto from = *spawn<ones>(home, {.name = "ones"});
  const auto to = *spawn<blocking_sink>(home, {.name = "stuck"}, &gate);
  (void)sync_wait(subscribe(to, from, {.max_demand = 8}));

  std::vector<finding> found;
  while (found.empty() || found[0].what != illness::blocked_callback) {
    found = blame(*sync_wait(take_snapshot(home)), nullptr, {.patience = 50ms});
  }
  gate.count_down();

  EXPECT_EQ(found[0].stage, to.id());
  EXPECT_EQ(found[0].label, "stuck");
  EXPECT_TRUE(found[0].text.starts_with("handle_events has not returned for")) << found[0].text;
}

}  // namespace
}  // namespace genstage
