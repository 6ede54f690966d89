#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/observe/stall_detector.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <string>
#include <vector>

// A process that looks for stalls by itself.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

/// Handles nothing before its time.
class late_riser final : public async_consumer<std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t>) override {
    auto wait = sleep_for(std::exchange(first_, 1ms));
    co_await std::move(wait);
  }

 private:
  duration first_ = 10s;
};

class stall_detector_sim_test : public ::testing::Test {
 protected:
  void start_detector(stall_detector_options options = {}) {
    options.on_finding = [this](const stall_report& told) { reports.push_back(told); };
    here.start_named<stall_detector>("stalls", std::move(options));
  }

  recorder records{1024};
  world here{1, &records};
  journal down;
  std::vector<stall_report> reports;
};

TEST_F(stall_detector_sim_test, a_stall_is_logged_once_and_told_with_the_records_of_the_stage) {
  start_detector({.records = 3});
  const auto from = here.start_named<counter>("numbers");
  const auto to = here.start_named<late_riser>("printed");
  here.join(to, from, {.max_demand = 4});

  here.sim.run_for(8s);

  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].found.what, illness::slow_sink);
  EXPECT_EQ(reports[0].found.label, "printed");
  EXPECT_LE(reports[0].records.size(), 3U);
  ASSERT_EQ(here.lines.size(), 1U);
  EXPECT_TRUE(
      here.lines[0].starts_with("warning has 4 events to handle; handle_events has been "
                                "waiting for 1.0 s (slow_sink); "))
      << here.lines[0];
}

TEST(stall_detector_incident_sim_test, a_stall_is_an_incident) {
  std::vector<incident> met;
  simulation sim{
      1, {.log = silent_log(), .on_incident = [&](const incident& each) { met.push_back(each); }}};
  (void)spawn<stall_detector>(sim.home(), {});
  const auto to = *spawn<late_riser>(sim.home(), {.name = "printed"});
  async_subscribe(to, *spawn<counter>(sim.home(), {}, nullptr), {.max_demand = 4});

  sim.run_for(8s);

  ASSERT_EQ(met.size(), 1U);
  EXPECT_EQ(met[0].kind, incident_kind::stall);
  EXPECT_EQ(met[0].who, to.id());
  EXPECT_EQ(met[0].label, "printed");
}

TEST_F(stall_detector_sim_test, a_healthy_program_is_not_reported) {
  start_detector();
  const auto from = here.start<source>(&down);
  here.join(here.start<sink>(&down), from);
  cast(from, emit{sequence(0, 10)});

  here.sim.run_for(10min);

  EXPECT_EQ(here.lines, journal{});
}

TEST_F(stall_detector_sim_test, a_stall_that_comes_back_after_long_is_news) {
  start_detector({.forget_after = 30s});
  const auto to = here.start_named<sink>("printed", &down);
  for (int times = 0; times < 2; ++times) {
    (void)here.sim.run_until(suspend(to));
    cast(to, ask_for{0});
    here.sim.run_for(5s);
    (void)here.sim.run_until(resume(to));
    here.sim.run_for(1min);
  }

  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[1].found.what, illness::suspended);
}

TEST(known_findings_test, what_was_seen_at_the_last_look_is_no_news) {
  known_findings known{10s};
  const finding slow{.what = illness::slow_sink, .label = "printed"};
  const finding hot{.what = illness::hot_partition, .label = "printed"};

  EXPECT_EQ(known.news({slow}, instant{1s}), std::vector{slow});
  EXPECT_EQ(known.news({slow, hot}, instant{2s}), std::vector{hot});
  EXPECT_EQ(known.news({slow}, instant{12s}), std::vector<finding>{});
  EXPECT_EQ(known.news({slow}, instant{23s}), std::vector{slow});
}

}  // namespace
}  // namespace genstage
