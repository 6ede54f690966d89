#include <gtest/gtest.h>

#include <genstage/replay/schedule.hpp>
#include <random>
#include <string>

namespace genstage {
namespace {

schedule example() {
  return {.happenings = {{happening_kind::outside, 0, 0},
                         {happening_kind::step, 0, 2},
                         {happening_kind::timer, 70'000, 0},
                         {happening_kind::outside_timer, 1, 0}},
          .inputs = {{input_kind::now, 12'345'678'901}, {input_kind::disarmed, 1}},
          .port_inputs = {{0, "http", 7, "answer"}, {0, "http", 8, std::nullopt}}};
}

TEST(schedule_test, what_was_written_is_read_again) {
  EXPECT_EQ(*schedule_of_bytes(to_bytes(example())), example());
  EXPECT_EQ(*schedule_of_bytes(to_bytes({})), schedule{});
}

TEST(schedule_test, the_format_is_the_documented_one) {
  const std::string bytes = to_bytes(example());

  EXPECT_EQ(bytes.size(), 8U + 8 + 4 * 9 + 8 + 2 * 9 + 8 + (25 + 10) + 25);
  EXPECT_EQ(bytes.substr(25, 9), std::string("\0\0\0\0\0\x02\0\0\0", 9));
}

TEST(schedule_test, a_trace_is_refused_with_what_it_can_be_used_for) {
  EXPECT_EQ(schedule_of_bytes("gstrace2").error().message,
            "it is a trace, which has the last records of each thread and nothing that came from "
            "outside, so it is shown step by step (gs-inspect, gs-trace) and not played; what can "
            "be played is recorded with GENSTAGE_RECORD");
}

TEST(schedule_test, other_bytes_are_refused_with_what_was_seen) {
  EXPECT_EQ(schedule_of_bytes("gsched99").error().message,
            "at byte 0: other bytes than gsched02; not read");
  std::string bytes = to_bytes(example());
  bytes[16] = 9;
  EXPECT_EQ(schedule_of_bytes(bytes).error().message,
            "at byte 17: a happening of kind 9, below 4 is allowed; not read");
  EXPECT_EQ(read_schedule("/nowhere/a.gsched").error().message,
            "schedule /nowhere/a.gsched: No such file or directory; not read");
}

TEST(schedule_test, every_cut_and_every_changed_byte_is_read_or_refused) {
  const std::string whole = to_bytes(example());
  std::mt19937 choose{1};
  for (std::size_t at = 0; at < whole.size(); ++at) {
    EXPECT_FALSE(schedule_of_bytes(whole.substr(0, at)));
    std::string changed = whole;
    changed[at] = static_cast<char>(choose());
    const auto read = schedule_of_bytes(changed);
    EXPECT_EQ(read ? to_bytes(*read) : changed, changed);
  }
}

}  // namespace
}  // namespace genstage
