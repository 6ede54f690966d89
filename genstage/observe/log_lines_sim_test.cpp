#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/observe/log_lines.hpp>
#include <genstage/simulation/simulation.hpp>
#include <span>
#include <string>
#include <vector>

namespace genstage {
namespace {

class traced final : public producer<int> {
 public:
  void handle_demand(demand, output<int>& out) override {
    if (has_emitted_) return;
    has_emitted_ = true;
    out.emit(1);
    out.trace(make_trace(1, 2, 3));
  }

 private:
  bool has_emitted_ = false;
};

class talker final : public consumer<int> {
 public:
  void handle_events(std::span<int>) override { log(log_level::warning, "odd"); }
};

TEST(log_lines_sim_test, what_is_said_while_a_batch_is_handled_names_its_trace) {
  simulation world{1};
  std::vector<std::string> lines;
  ASSERT_TRUE(attach_log_lines(world.home().telemetry(),
                               {.write = [&](std::string_view line) { lines.emplace_back(line); },
                                .least = log_level::warning}));
  const auto from = *spawn<traced>(world.home(), {});
  const auto to = *spawn<talker>(world.home(), {.name = "to"});

  (void)world.run_until(subscribe(to, from));
  world.settle();

  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find(R"("event":"log","process":"to","text":"odd",)"
                          R"("trace_id":"00000000000000010000000000000002",)"
                          R"("span_id":"0000000000000003"})"),
            std::string::npos)
      << lines[0];
}

}  // namespace
}  // namespace genstage
