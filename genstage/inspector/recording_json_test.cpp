#include "genstage/inspector/recording_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace genstage {
namespace {

using nlohmann::json;

record noted(std::uint64_t order, record_kind kind, std::uint64_t about, std::uint64_t count) {
  return {
      .order = order, .subscription = about, .count = count, .process = 4, .kind = kind, .life = 1};
}

recorded_trace example() {
  recorded_trace made;
  made.names = {"", "int"};
  made.processes = {{{4, 1}, "numbers"}, {{5, 1}, "printed"}};
  made.subscriptions = {{17, as_word({4, 1}), as_word({5, 1}), 1}};
  made.records = {noted(100, record_kind::subscribed, 17, as_word({5, 1})),
                  noted(130, record_kind::ask, 17, 10), noted(190, record_kind::ended, 6, 0)};
  made.rings = {{0, 10, 190}};
  return made;
}

TEST(recording_json_test, it_says_how_much_is_missing_and_who_was_there) {
  const json told = json::parse(write_recording(example(), "a.gstrace"));

  EXPECT_EQ(told.at("name"), "a.gstrace");
  EXPECT_EQ(told.at("missing"), 7);
  EXPECT_EQ(told.at("processes").at(1), json::parse(R"({"pid":"<5.1>","name":"printed"})"));
  EXPECT_EQ(told.at("subscriptions").at(0), json::parse(R"json({"tag":"s17","producer":"<4.1>",
    "consumer":"<5.1>","events":"int"})json"));
}

TEST(recording_json_test, records_begin_at_zero_and_say_whom_they_name_and_what_was_said) {
  const json records = json::parse(write_recording(example(), "")).at("records");

  EXPECT_EQ(records.at(0).at("at"), 0);
  EXPECT_EQ(records.at(0).at("peer"), "<5.1>");
  EXPECT_EQ(records.at(0).at("said"), nullptr);
  EXPECT_EQ(records.at(1), json::parse(R"json({"order":130,"at":30,"kind":"ask",
    "process":"<4.1>","label":"numbers","subscription":"s17","count":10,
    "text":"printed asks numbers for 10 events (s17)","peer":null,"failed":false,
    "said":{"speaker":"consumer","text":"I can process 10 events","later":false}})json"));
}

TEST(recording_json_test, an_end_that_nobody_asked_for_is_a_failure) {
  recorded_trace told = example();
  told.records.push_back(noted(200, record_kind::ended, 1, 0));

  const json records = json::parse(write_recording(told, "")).at("records");

  EXPECT_EQ(records.at(2).at("failed"), true);
  EXPECT_EQ(records.at(3).at("failed"), false);
}

}  // namespace
}  // namespace genstage
