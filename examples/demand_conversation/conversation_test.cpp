#include "conversation.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gs = genstage;

namespace {

using enum gs::record_kind;
using lines = std::vector<std::string>;

struct act {
  gs::record_kind kind;
  std::uint64_t count;
};

/// Records of one subscription, numbered from 1.
std::vector<gs::record> recorded(std::vector<act> acts) {
  std::vector<gs::record> all;
  for (const act& each : acts) {
    all.push_back(
        {.order = all.size() + 1, .subscription = 7, .count = each.count, .kind = each.kind});
  }
  return all;
}

TEST(conversation_test, the_first_ask_says_how_many_events_can_be_processed) {
  EXPECT_EQ(dialogue(recorded({{ask, 10}}), {}), lines{"Consumer: \"I can process 10 events\""});
}

TEST(conversation_test, a_later_ask_says_how_many_more) {
  const lines said = dialogue(recorded({{ask, 10}, {ask, 5}}), {});

  EXPECT_EQ(said.back(), "Consumer: \"I can process 5 more\"");
}

TEST(conversation_test, a_delivery_smaller_than_what_is_outstanding_is_all_there_is_for_now) {
  const lines said = dialogue(recorded({{ask, 10}, {delivery, 4}}), {});

  EXPECT_EQ(said.back(), "Producer: \"For now, take all the 4 events I have\"");
}

TEST(conversation_test, a_delivery_that_completes_an_ask_begun_earlier_is_the_other_events) {
  const lines said = dialogue(recorded({{ask, 10}, {delivery, 4}, {delivery, 6}}), {});

  EXPECT_EQ(said.back(), "Producer: \"Here are the other 6 events\"");
}

TEST(conversation_test, a_delivery_that_fulfils_an_ask_at_once_just_hands_the_events_over) {
  const lines said = dialogue(recorded({{ask, 10}, {delivery, 10}}), {});

  EXPECT_EQ(said.back(), "Producer: \"Here are 10 events\"");
}

TEST(conversation_test, a_completed_ask_does_not_make_the_next_one_begun) {
  const lines said =
      dialogue(recorded({{ask, 10}, {delivery, 4}, {delivery, 6}, {ask, 10}, {delivery, 10}}), {});

  EXPECT_EQ(said.back(), "Producer: \"Here are 10 events\"");
}

TEST(conversation_test, an_ask_in_between_keeps_what_was_begun_begun) {
  const lines said = dialogue(recorded({{ask, 10}, {delivery, 4}, {ask, 4}, {delivery, 10}}), {});

  EXPECT_EQ(said.back(), "Producer: \"Here are the other 10 events\"");
}

TEST(conversation_test, later_stands_where_time_passed_between_two_lines) {
  const std::vector<std::uint64_t> pauses{1};

  const lines said = dialogue(recorded({{ask, 10}, {delivery, 10}}), pauses);

  EXPECT_EQ(said, (lines{"Consumer: \"I can process 10 events\"", "[later]",
                         "Producer: \"Here are 10 events\""}));
}

TEST(conversation_test, later_never_stands_first_or_last_or_twice) {
  const std::vector<std::uint64_t> pauses{0, 1, 1, 2};

  const lines said = dialogue(recorded({{ask, 10}, {delivery, 10}}), pauses);

  EXPECT_EQ(said, (lines{"Consumer: \"I can process 10 events\"", "[later]",
                         "Producer: \"Here are 10 events\""}));
}

TEST(conversation_test, what_is_neither_ask_nor_delivery_is_not_spoken) {
  EXPECT_EQ(dialogue(recorded({{subscribed, 0}, {cancelled, 0}, {lost, 3}}), {}), lines{});
}

TEST(conversation_test, the_first_exchanges_are_those_of_the_subscription_that_speaks_first) {
  std::vector<gs::record> all = recorded({{subscribed, 0}, {ask, 1}, {ask, 2}, {delivery, 1}});
  all[2].subscription = 8;

  const auto chosen = first_exchanges(all, 5);

  ASSERT_EQ(chosen.size(), 2U);
  EXPECT_EQ(chosen[0].order, 2U);
  EXPECT_EQ(chosen[1].order, 4U);
}

TEST(conversation_test, no_more_exchanges_are_given_than_wanted) {
  EXPECT_EQ(first_exchanges(recorded({{ask, 1}, {delivery, 1}, {ask, 1}}), 2).size(), 2U);
}

TEST(conversation_test, lines_are_printed_as_paragraphs) {
  EXPECT_EQ(as_paragraphs(lines{"one", "two"}), "one\n\ntwo\n");
}

}  // namespace
