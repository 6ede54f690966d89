#include <gtest/gtest.h>

#include <genstage/process/mailbox.hpp>
#include <utility>
#include <vector>

namespace genstage {
namespace {

/// Says when it is destroyed.
struct counted final : message {
  counted(message_kind what, int* gone) : message{what}, destroyed{gone} {}
  ~counted() override { ++*destroyed; }

  int* destroyed;
};

class mailbox_test : public testing::Test {
 protected:
  mailbox_test() {
    box_.open();
    EXPECT_EQ(box_.drain(), nullptr);
    EXPECT_TRUE(box_.release());
  }

  message* fresh(message_kind kind = message_kind::user) { return new counted{kind, &destroyed_}; }
  /// Oldest first.
  static std::vector<message*> in_order(message* newest) {
    std::vector<message*> all;
    for (; newest != nullptr; newest = newest->next) all.insert(all.begin(), newest);
    return all;
  }
  static void destroy(message* newest) {
    while (newest != nullptr) delete std::exchange(newest, newest->next);
  }

  mailbox box_;
  int destroyed_ = 0;
};

TEST_F(mailbox_test, the_first_message_makes_an_idle_process_ready_and_the_others_do_not) {
  EXPECT_EQ(box_.push(fresh()), mailbox::pushed::made_ready);
  EXPECT_EQ(box_.push(fresh()), mailbox::pushed::queued);

  destroy(box_.drain());
  EXPECT_EQ(destroyed_, 2);
}

TEST_F(mailbox_test, messages_come_out_in_the_order_they_went_in) {
  const std::vector<message*> sent{fresh(), fresh(), fresh()};
  for (message* each : sent) box_.push(each);

  message* const newest = box_.drain();

  EXPECT_EQ(in_order(newest), sent);
  destroy(newest);
}

TEST_F(mailbox_test, the_first_message_can_be_taken_before_the_others_are_drained) {
  message* const first = fresh();
  message* const second = fresh();
  box_.push(first);
  box_.push(second);

  EXPECT_EQ(box_.take_first(), first);
  EXPECT_FALSE(box_.release());
  EXPECT_EQ(in_order(box_.drain()), std::vector<message*>{second});
  EXPECT_TRUE(box_.release());

  delete first;
  delete second;
}

TEST_F(mailbox_test, who_closes_it_for_another_gets_the_control_messages_that_nobody_has_seen) {
  message* const signal = fresh(message_kind::exit);
  box_.push(signal);

  const mailbox::closed left = box_.close();

  EXPECT_EQ(in_order(left.left), std::vector<message*>{signal});
  EXPECT_FALSE(left.was_idle);
  destroy(left.left);
}

TEST_F(mailbox_test, a_first_message_of_a_process_that_is_abandoned_is_destroyed_unread) {
  box_.push(fresh());
  const mailbox::closed left = box_.close();

  EXPECT_EQ(left.left, nullptr);
  EXPECT_EQ(box_.take_first(), nullptr);
  EXPECT_EQ(box_.drain(), mailbox::closed_mark());
  EXPECT_EQ(destroyed_, 1);
}

TEST_F(mailbox_test, who_is_alone_with_it_gets_all_that_is_left) {
  box_.push(fresh());
  box_.push(fresh());
  box_.push(fresh(message_kind::exit));

  destroy(box_.close_alone());

  EXPECT_EQ(destroyed_, 3);
}

TEST_F(mailbox_test, a_look_shows_what_a_drain_would_return) {
  const std::vector<message*> sent{fresh(), fresh()};
  for (message* each : sent) box_.push(each);

  std::vector<const message*> seen;
  box_.peek([&seen](const message& each) { seen.insert(seen.begin(), &each); });

  EXPECT_EQ(seen, (std::vector<const message*>{sent[0], sent[1]}));
  destroy(box_.drain());
}

TEST_F(mailbox_test, nothing_goes_into_one_that_is_closed) {
  EXPECT_TRUE(box_.close().was_idle);
  message* const refused = fresh();

  EXPECT_EQ(box_.push(refused), mailbox::pushed::refused_dead);
  delete refused;
}

}  // namespace
}  // namespace genstage
