#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <genstage/observe/log_lines.hpp>
#include <genstage/process/process_events.hpp>
#include <genstage/stage/stage_events.hpp>
#include <genstage/supervision/supervision_events.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace genstage {
namespace {

using json = nlohmann::json;
using std::chrono::system_clock;

class log_lines_test : public testing::Test {
 protected:
  void attach(log_level least = log_level::info) {
    ASSERT_TRUE(attach_log_lines(
        telemetry_, {.write = [this](std::string_view line) { lines_.emplace_back(line); },
                     .least = least,
                     .now =
                         [] {
                           return system_clock::time_point{
                               std::chrono::microseconds{1'795'817'823'000'250}};
                         }}));
  }
  [[nodiscard]] json only_line() const {
    EXPECT_EQ(lines_.size(), 1U);
    return lines_.empty() ? json{} : json::parse(lines_.front());
  }

  std::vector<std::string> logged_;
  telemetry_handlers telemetry_{[this](const log_record& line) { logged_.push_back(line.text); }};
  std::vector<std::string> lines_;
  const process_identity printed_{{3, 1}, "printed"};
};

TEST_F(log_lines_test, an_event_is_one_object_on_one_line) {
  attach();

  telemetry_.emit(process_exited{printed_, "printer", exit_reason::user("disk\n\"full\"")});

  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_.front(),
            R"({"time":"2026-11-27T22:17:03.000250Z","level":"error","event":"process_exited",)"
            R"("process":"printed","pid":"<3.1>","type":"printer",)"
            R"("reason":"disk\n\"full\""})"
            "\n");
}

TEST_F(log_lines_test, each_event_says_whom_it_is_about) {
  attach();
  telemetry_.emit(process_started{{{4, 2}, ""}, "printer", {1, 1}});
  telemetry_.emit(child_restarted{printed_, "child", {5, 1}});
  telemetry_.emit(subscription_began{printed_, {6, 1}, "reader", unique_id{9}, 10});
  telemetry_.emit(subscription_ended{printed_,
                                     peer_role::consumer,
                                     {6, 1},
                                     unique_id{9},
                                     cancel_cause::down,
                                     exit_reason::killed(),
                                     2});
  telemetry_.emit(events_discarded{printed_, 7});
  telemetry_.emit(log_record{log_level::warning, "printed", "discarded 7 events"});

  ASSERT_EQ(lines_.size(), 6U);
  std::vector<json> read;
  for (const std::string& each : lines_) {
    read.push_back(json::parse(each));
    read.back().erase("time");
  }
  EXPECT_EQ(read[0], json::parse(R"({"level":"info","event":"process_started","pid":"<4.2>",
                                     "type":"printer","parent":"<1.1>"})"));
  EXPECT_EQ(read[1], json::parse(R"({"level":"warning","event":"child_restarted",
                                     "process":"printed","pid":"<3.1>","child":"child",
                                     "child_pid":"<5.1>"})"));
  EXPECT_EQ(read[2], json::parse(R"({"level":"info","event":"subscription_began",
                                     "process":"printed","pid":"<3.1>","subscription":9,
                                     "consumer":"reader","consumer_pid":"<6.1>"})"));
  EXPECT_EQ(read[3], json::parse(R"({"level":"info","event":"subscription_ended",
                                     "process":"printed","pid":"<3.1>","subscription":9,
                                     "consumer_pid":"<6.1>","cause":"down","reason":"killed",
                                     "lost":2})"));
  EXPECT_EQ(read[4], json::parse(R"({"level":"warning","event":"events_discarded",
                                     "process":"printed","pid":"<3.1>","count":7})"));
  EXPECT_EQ(read[5], json::parse(R"({"level":"warning","event":"log","process":"printed",
                                     "text":"discarded 7 events"})"));
}

TEST_F(log_lines_test, what_is_less_important_than_wanted_is_left_out) {
  attach(log_level::error);

  telemetry_.emit(process_exited{printed_, "printer", exit_reason::normal()});
  telemetry_.emit(events_discarded{printed_, 7});
  telemetry_.emit(process_exited{printed_, "printer", exit_reason::user("why")});

  EXPECT_EQ(only_line()["reason"], "why");
}

TEST_F(log_lines_test, a_descriptor_gets_each_line_whole) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const line_sink write = lines_to_descriptor(ends[1]);

  write("one\n");
  write("two\n");

  std::array<char, 16> read{};
  EXPECT_EQ(::read(ends[0], read.data(), read.size()), 8);
  EXPECT_EQ(std::string{read.data()}, "one\ntwo\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(log_lines_test, nothing_is_written_any_more_to_what_takes_no_lines) {
  ASSERT_TRUE(attach_log_lines(telemetry_, {.write = lines_to_descriptor(-1)}));

  telemetry_.emit(events_discarded{printed_, 7});
  telemetry_.emit(events_discarded{printed_, 7});

  EXPECT_EQ(logged_, std::vector<std::string>{
                         "handler log_lines of genstage::v0::events_discarded threw log lines: "
                         "cannot be written: Bad file descriptor; detached"});
}

TEST_F(log_lines_test, an_id_that_is_taken_is_refused) {
  attach();

  EXPECT_FALSE(attach_log_lines(telemetry_));
  EXPECT_EQ(telemetry_.detach("log_lines"), 7U);
}

}  // namespace
}  // namespace genstage
