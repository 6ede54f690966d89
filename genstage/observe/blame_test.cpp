#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/observe/blame.hpp>
#include <genstage/observe/ones_test.hpp>
#include <genstage/task/sync_wait.hpp>
#include <latch>
#include <optional>

// What only the thread pool has: a callback that does not give its thread back.
namespace genstage {
namespace {

using namespace std::chrono_literals;

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

  // Whatever else is late on a machine that is busy, this one is found sooner or later.
  std::optional<finding> stuck;
  while (!stuck) {
    for (const finding& each :
         blame(*sync_wait(take_snapshot(home)), nullptr, {.patience = 50ms})) {
      if (each.stage == to.id() && each.what == illness::blocked_callback) stuck = each;
    }
  }
  gate.count_down();

  EXPECT_EQ(stuck->label, "stuck");
  EXPECT_TRUE(stuck->text.starts_with("handle_events has not returned for")) << stuck->text;
}

}  // namespace
}  // namespace genstage
