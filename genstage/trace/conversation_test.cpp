#include <gtest/gtest.h>

#include <genstage/trace/conversation.hpp>
#include <string>
#include <vector>

namespace genstage {
namespace {

using enum record_kind;
using lines = std::vector<std::string>;

struct act {
  record_kind kind;
  std::uint64_t count;
  std::uint64_t subscription = 7;
};

/// Records one nanosecond after another, from 1 on.
std::vector<record> recorded(const std::vector<act>& acts) {
  std::vector<record> all;
  for (const act& each : acts) {
    all.push_back({.order = all.size() + 1,
                   .subscription = each.subscription,
                   .count = each.count,
                   .kind = each.kind});
  }
  return all;
}

lines said(const std::vector<act>& acts) {
  lines all;
  for (const spoken_line& each : conversation_of(7, recorded(acts))) all.push_back(to_string(each));
  return all;
}

TEST(conversation_test, the_first_ask_says_how_many_events_can_be_processed) {
  EXPECT_EQ(said({{ask, 10}}), lines{"Consumer: \"I can process 10 events\""});
}

TEST(conversation_test, a_later_ask_says_how_many_more) {
  EXPECT_EQ(said({{ask, 10}, {ask, 5}}).back(), "Consumer: \"I can process 5 more\"");
}

TEST(conversation_test, a_delivery_smaller_than_what_is_outstanding_is_all_there_is_for_now) {
  EXPECT_EQ(said({{ask, 10}, {delivery, 4}}).back(),
            "Producer: \"For now, take all the 4 events I have\"");
}

TEST(conversation_test, a_delivery_that_completes_an_ask_begun_earlier_is_the_other_events) {
  EXPECT_EQ(said({{ask, 10}, {delivery, 4}, {delivery, 6}}).back(),
            "Producer: \"Here are the other 6 events\"");
}

TEST(conversation_test, a_delivery_that_fulfils_an_ask_at_once_just_hands_the_events_over) {
  EXPECT_EQ(said({{ask, 10}, {delivery, 10}}).back(), "Producer: \"Here are 10 events\"");
}

TEST(conversation_test, a_completed_ask_does_not_make_the_next_one_begun) {
  EXPECT_EQ(said({{ask, 10}, {delivery, 4}, {delivery, 6}, {ask, 10}, {delivery, 10}}).back(),
            "Producer: \"Here are 10 events\"");
}

TEST(conversation_test, an_ask_in_between_keeps_what_was_begun_begun) {
  EXPECT_EQ(said({{ask, 10}, {delivery, 4}, {ask, 4}, {delivery, 10}}).back(),
            "Producer: \"Here are the other 10 events\"");
}

TEST(conversation_test, one_event_is_spoken_of_in_the_singular) {
  EXPECT_EQ(said({{ask, 1}, {delivery, 1}}),
            (lines{"Consumer: \"I can process 1 event\"", "Producer: \"Here is 1 event\""}));
}

TEST(conversation_test, who_comes_in_late_hears_deliveries_that_it_knows_no_ask_of) {
  EXPECT_EQ(said({{delivery, 5}, {ask, 5}}),
            (lines{"Producer: \"Here are 5 events\"", "Consumer: \"I can process 5 events\""}));
}

TEST(conversation_test, what_is_neither_ask_nor_delivery_or_of_others_is_not_spoken) {
  EXPECT_EQ(said({{subscribed, 1}, {ask, 3, 8}, {lost, 3}, {cancelled, 1}}), lines{});
}

std::vector<bool> later(const std::vector<spoken_line>& all) {
  std::vector<bool> each_is_later;
  for (const spoken_line& each : all) each_is_later.push_back(each.is_later);
  return each_is_later;
}

TEST(conversation_test, a_line_is_later_after_a_pause_and_the_first_never_is) {
  std::vector<record> all = recorded({{ask, 10}, {delivery, 4}, {delivery, 6}});
  all[2].order += 100;

  EXPECT_EQ(later(conversation_of(7, all, duration{100})), (std::vector{false, false, true}));
  EXPECT_EQ(later(conversation_of(7, all, duration{102})), (std::vector{false, false, false}));
  EXPECT_EQ(later(conversation_of(7, all)), (std::vector{false, false, false}));
}

TEST(conversation_test, a_line_is_later_if_somebody_says_that_time_has_passed) {
  const std::vector<record> all = recorded({{ask, 10}, {delivery, 4}, {delivery, 6}});
  conversation talk;

  talk.time_passed();
  EXPECT_FALSE(talk.hear(all[0])->is_later);
  talk.time_passed();
  talk.time_passed();
  EXPECT_TRUE(talk.hear(all[1])->is_later);
  EXPECT_FALSE(talk.hear(all[2])->is_later);
}

}  // namespace
}  // namespace genstage
