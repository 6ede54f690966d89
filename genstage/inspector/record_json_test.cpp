#include "genstage/inspector/record_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

record noted(std::uint64_t order, std::uint64_t subscription, record_kind kind = record_kind::ask,
             std::uint64_t count = 10) {
  record made;
  made.order = order;
  made.subscription = subscription;
  made.count = count;
  made.process = 4;
  made.kind = kind;
  made.life = 1;
  return made;
}

/// A program of two stages, with all that one thread has noted.
recorded_trace told(std::vector<record> records) {
  recorded_trace made;
  made.rings = {{0, records.size(), records.back().order}};
  made.records = std::move(records);
  made.processes = {{{4, 1}, "numbers"}, {{5, 1}, "printed"}};
  made.subscriptions = {{.tag = 1, .producer = as_word({4, 1}), .consumer = as_word({5, 1})}};
  return made;
}

const recorded_trace all = told({noted(10, 1), noted(20, 2), noted(30, 1), noted(40, 1)});

std::vector<std::uint64_t> orders(const record_choice& chosen) {
  std::vector<std::uint64_t> found;
  for (const record& each : chosen.records) found.push_back(each.order);
  return found;
}

TEST(record_json_test, later_records_are_chosen_and_the_next_look_goes_on_there) {
  const record_choice chosen = choose(all, {.after = {{0, 1, 10}}});

  EXPECT_EQ(orders(chosen), (std::vector<std::uint64_t>{20, 30, 40}));
  EXPECT_EQ(chosen.next, (record_cursor{{0, 4, 40}}));
  EXPECT_EQ(chosen.missed, 0U);
  EXPECT_TRUE(choose(all, {.after = chosen.next}).records.empty());
}

// One moment for all threads would pass over it.
TEST(record_json_test, what_a_thread_with_a_slow_clock_notes_later_is_new) {
  recorded_trace now = all;
  now.records[1].ring = 1;
  now.rings = {{0, 3, 40}, {1, 1, 20}};

  const record_choice chosen = choose(now, {.after = {{0, 3, 40}}});

  EXPECT_EQ(orders(chosen), (std::vector<std::uint64_t>{20}));
  EXPECT_EQ(chosen.next, now.rings);
}

TEST(record_json_test, what_was_overwritten_between_two_looks_is_counted) {
  recorded_trace now = all;
  now.rings = {{0, 100, 40}};  // Of a hundred the last four are there, from the 97th on.

  EXPECT_EQ(choose(now, {.after = {{0, 90, 5}}}).missed, 6U);
  EXPECT_EQ(choose(now, {.after = {{0, 97, 10}}}).missed, 0U);
  EXPECT_EQ(choose(now, {}).missed, 0U) << "who begins to listen has missed nothing";
}

TEST(record_json_test, a_cursor_is_a_text_that_is_read_again) {
  const record_cursor until{{0, 17, 2733}, {255, 4, 2735}};

  EXPECT_EQ(to_text(until), "0:17:2733,255:4:2735");
  EXPECT_EQ(read_cursor(to_text(until)), until);
  EXPECT_EQ(read_cursor(""), record_cursor{});
  for (const char* const other : {"many", "1700", "0:1", "0:1:", "0:1:2:3", "256:1:2", "0:1:2;"}) {
    EXPECT_EQ(read_cursor(other), std::nullopt) << other;
  }
}

TEST(record_json_test, of_too_many_the_last_ones_are_chosen_and_the_others_counted) {
  const record_choice chosen = choose(all, {.limit = 2});

  EXPECT_EQ(orders(chosen), (std::vector<std::uint64_t>{30, 40}));
  EXPECT_EQ(chosen.left_out, 2U);
}

TEST(record_json_test, one_subscription_or_one_process_is_chosen_alone) {
  EXPECT_EQ(orders(choose(all, {.subscription = 1})), (std::vector<std::uint64_t>{10, 30, 40}));
  EXPECT_EQ(choose(all, {.process = pid{4, 1}}).records.size(), 4U);
  EXPECT_TRUE(choose(all, {.process = pid{4, 2}}).records.empty());
}

TEST(record_json_test, a_look_without_records_goes_on_where_the_last_one_was) {
  EXPECT_EQ(choose({}, {.after = {{0, 1, 7}}}).next, (record_cursor{{0, 1, 7}}));
}

TEST(record_json_test, records_are_told_with_names_and_as_sentences) {
  const json said = json::parse(write_records(choose(all, {.limit = 1}), trace_names{all}, 30));

  EXPECT_EQ(said, json::parse(R"json({"after":"","next":"0:4:40","left_out":3,"missed":0,"records":[
    {"order":40,"at":10,"kind":"ask","process":"<4.1>","label":"numbers","subscription":"s1",
     "count":10,"text":"printed asks numbers for 10 events (s1)"}]})json"));
}

TEST(record_json_test, what_is_about_no_subscription_names_none) {
  const recorded_trace program = told({noted(1, 2, record_kind::ended, 0)});

  const json said = json::parse(write_records(choose(program, {}), trace_names{program}, 0));

  EXPECT_EQ(said.at("records").at(0).at("subscription"), nullptr);
  EXPECT_EQ(said.at("records").at(0).at("count"), nullptr);
}

TEST(record_json_test, a_conversation_is_told_line_by_line) {
  const recorded_trace program =
      told({noted(3, 1, record_kind::ask, 100), noted(9, 1, record_kind::delivery, 100)});

  const json said = json::parse(write_conversation(1, program, 5ns, 2));

  EXPECT_EQ(said, json::parse(R"json({"subscription":"s1","producer":"numbers","consumer":"printed",
    "lines":[
      {"order":3,"at":1,"speaker":"consumer","text":"I can process 100 events","later":false},
      {"order":9,"at":7,"speaker":"producer","text":"Here are 100 events","later":true}]})json"));
}

}  // namespace
}  // namespace genstage
