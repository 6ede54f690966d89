#include <gtest/gtest.h>

#include <genstage/stage/plain_conversation.hpp>

// Which asks belong to a conversation, and which answers.
namespace genstage {
namespace {

struct partner {
  struct {
    unique_id tag;
  } who;
};

class plain_conversation_test : public testing::Test {
 protected:
  static constexpr unique_id tag{7};
  partner only{{tag}};
  plain_conversation<partner> talk;
};

TEST_F(plain_conversation_test, nothing_belongs_to_it_before_it_begins_and_after_it_has_ended) {
  EXPECT_EQ(talk.partner(tag, demand{1}), nullptr);

  talk.begin(only, demand{10});
  EXPECT_EQ(talk.partner(tag, demand{1}), &only);

  talk.end();
  EXPECT_EQ(talk.partner(tag, demand{1}), nullptr);
}

TEST_F(plain_conversation_test, asks_of_others_for_nothing_or_for_too_much_do_not_belong_to_it) {
  talk.begin(only, demand{10});

  EXPECT_EQ(talk.partner(unique_id{8}, demand{1}), nullptr);
  EXPECT_EQ(talk.partner(tag, demand{0}), nullptr);
  EXPECT_EQ(talk.partner(tag, demand{10}), &only);
  EXPECT_EQ(talk.partner(tag, demand{11}), nullptr);
  EXPECT_EQ(talk.partner(tag, demand{demand::most}), nullptr);
}

TEST_F(plain_conversation_test, an_ask_is_answered_once_and_by_as_many_events) {
  talk.begin(only, demand{10});
  talk.take(demand{3});

  EXPECT_FALSE(talk.is_answered_by(0));
  EXPECT_FALSE(talk.is_answered_by(2));
  EXPECT_FALSE(talk.is_answered_by(4));
  EXPECT_TRUE(talk.is_answered_by(3));
  EXPECT_FALSE(talk.is_answered_by(3));
  EXPECT_FALSE(talk.is_answered_by(0));
}

TEST_F(plain_conversation_test, its_end_returns_the_ask_in_hand_once) {
  talk.begin(only, demand{10});
  talk.take(demand{3});

  EXPECT_TRUE(talk.has_ask());
  EXPECT_EQ(talk.end(), demand{3});
  EXPECT_FALSE(talk.has_ask());
  EXPECT_EQ(talk.end(), demand{0});
}

}  // namespace
}  // namespace genstage
