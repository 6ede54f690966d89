#include <gtest/gtest.h>

#include <genstage/trace/trace_text.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace genstage {
namespace {

using enum record_kind;

constexpr pid numbers{3, 70'001};
constexpr pid printed{4, 1};
constexpr std::uint16_t life_of_numbers = 70'001 % 65'536;

record noted(record_kind kind, std::uint64_t about, std::uint64_t count, std::uint64_t order = 1) {
  return {.order = order,
          .subscription = about,
          .count = count,
          .process = numbers.index,
          .kind = kind,
          .life = life_of_numbers};
}

recorded_trace example(std::vector<record> records) {
  return {.records = std::move(records),
          .names = {"", "worker"},
          .processes = {{numbers, "numbers"}, {printed, "pri\"nted"}},
          .subscriptions = {{17, as_word(numbers), as_word(printed), 0}}};
}

std::string said(const record& told) {
  const recorded_trace of = example({told});
  return describe(told, trace_names{of});
}

TEST(trace_text_test, each_kind_of_record_is_a_sentence) {
  EXPECT_EQ(said(noted(ask, 17, 100)), "pri\"nted asks numbers for 100 events (s17)");
  EXPECT_EQ(said(noted(delivery, 17, 1)), "numbers sends pri\"nted 1 event (s17)");
  EXPECT_EQ(said(noted(subscribed, 17, as_word(printed))),
            "numbers accepts the subscription of pri\"nted (s17)");
  EXPECT_EQ(said(noted(cancelled, 17, as_word(printed))),
            "numbers ends the subscription of pri\"nted (s17)");
  EXPECT_EQ(said(noted(buffered, 0, 2)), "numbers buffers 2 events");
  EXPECT_EQ(said(noted(discarded, 0, 2)), "numbers drops 2 events");
  EXPECT_EQ(said(noted(lost, 17, 2)), "2 events of numbers reached nobody (s17)");
  EXPECT_EQ(said(noted(lost, 0, 2)), "2 events of numbers reached nobody");
  EXPECT_EQ(said(noted(copied, 17, 2)), "numbers copies 2 events for pri\"nted (s17)");
  EXPECT_EQ(said(noted(spawned, as_word({9, 1}), 0)), "numbers begins, a child of <9.1>");
  EXPECT_EQ(said(noted(spawned, 0, 0)), "numbers begins");
  EXPECT_EQ(said(noted(ended, 6, 0)), "numbers ends with an error");
  EXPECT_EQ(said(noted(restarted, as_word({9, 2}), 1)), "numbers restarts worker as <9.2>");
  EXPECT_EQ(said(noted(timer, 0, 1'500'000)), "numbers arms a timer of 1.5 ms");
}

TEST(trace_text_test, who_is_not_known_is_called_by_number) {
  const recorded_trace of{.records = {noted(ask, 18, 1)}};

  EXPECT_EQ(describe(of.records[0], trace_names{of}),
            "a consumer asks <3." + std::to_string(life_of_numbers) + "> for 1 event (s18)");
}

TEST(trace_text_test, the_records_of_those_that_ended_tell_their_names_and_subscriptions) {
  const recorded_trace of{.records = {noted(cancelled, 18, as_word(printed)), noted(ended, 0, 1)},
                          .names = {"", "gone"}};
  const trace_names names{of};

  EXPECT_EQ(names.label(names.actor(of.records[0])), "gone");
  EXPECT_EQ(names.speakers(18)->consumer, printed);
}

TEST(trace_text_test, lines_have_the_time_since_the_first) {
  const std::string text =
      as_text(example({noted(ask, 17, 100, 2'000'000), noted(delivery, 17, 100, 3'250'001)}));

  EXPECT_EQ(text,
            "      0.000000 ms  pri\"nted asks numbers for 100 events (s17)\n"
            "      1.250001 ms  numbers sends pri\"nted 100 events (s17)\n");
}

TEST(trace_text_test, chrome_gets_tracks_instants_and_what_is_outstanding) {
  const auto json = nlohmann::json::parse(
      as_chrome_json(example({noted(ask, 17, 100, 2'000), noted(delivery, 17, 60, 4'500)})));
  const auto& events = json.at("traceEvents");

  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0].at("ph"), "M");
  EXPECT_EQ(events[0].at("args").at("name"), "numbers");
  EXPECT_EQ(events[1].at("ph"), "i");
  EXPECT_EQ(events[1].at("args").at("says"), "pri\"nted asks numbers for 100 events (s17)");
  EXPECT_EQ(events[2].at("name"), "numbers -> pri\"nted (s17)");
  EXPECT_EQ(events[2].at("args").at("outstanding"), 100);
  EXPECT_EQ(events[4].at("ts"), 2.5);
  EXPECT_EQ(events[4].at("args").at("outstanding"), 40);
}

}  // namespace
}  // namespace genstage
