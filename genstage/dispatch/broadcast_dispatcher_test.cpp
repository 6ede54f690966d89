#include <gtest/gtest.h>

#include <genstage/dispatch/broadcast_dispatcher.hpp>

namespace genstage {
namespace {

constexpr unique_id a{1};
constexpr unique_id b{2};
constexpr unique_id c{3};

class broadcast_dispatcher_test : public ::testing::Test {
 protected:
  admission join(unique_id tag) { return join(tag, {static_cast<std::uint32_t>(tag), 1}); }
  admission join(unique_id tag, pid consumer) {
    return dispatcher.subscribe({tag, consumer, options});
  }

  subscription_options options;
  broadcast_dispatcher dispatcher;
};

// G-249, G-256, G-332
TEST_F(broadcast_dispatcher_test, as_much_can_be_sent_as_the_least_that_a_consumer_asked_for) {
  (void)join(a);
  (void)join(b);

  dispatcher.ask(a, demand{3});
  EXPECT_EQ(dispatcher.deliverable(), demand{0});
  dispatcher.ask(b, demand{2});
  EXPECT_EQ(dispatcher.deliverable(), demand{2});

  dispatcher.dispatch(2);
  EXPECT_EQ(dispatcher.deliverable(), demand{0});
  EXPECT_EQ(dispatcher.outstanding(a), demand{1});
}

// G-250, G-251, G-258
TEST_F(broadcast_dispatcher_test, who_joins_and_has_not_asked_holds_up_the_others_until_it_leaves) {
  (void)join(a);
  dispatcher.ask(a, demand{10});
  (void)join(b);
  EXPECT_EQ(dispatcher.deliverable(), demand{0});

  dispatcher.cancel(b);

  EXPECT_EQ(dispatcher.deliverable(), demand{10});
}

// G-263
TEST_F(broadcast_dispatcher_test, what_is_withheld_from_a_consumer_costs_it_no_demand) {
  (void)join(a);
  dispatcher.ask(a, demand{4});

  dispatcher.dispatch(4);
  dispatcher.withhold(a, 3);

  EXPECT_EQ(dispatcher.outstanding(a), demand{3});
  EXPECT_EQ(dispatcher.deliverable(), demand{3});
}

// G-252. G-254: GenStage accepts the third attempt, as the refused one took the process off a list.
TEST_F(broadcast_dispatcher_test, a_process_is_refused_however_often_it_tries_a_second_tag) {
  const pid same{7, 1};
  ASSERT_TRUE(join(a, same));

  EXPECT_EQ(join(b, same).error(), cancel_reason::already_subscribed());
  EXPECT_EQ(join(c, same).error(), cancel_reason::already_subscribed());

  EXPECT_EQ(dispatcher.members().size(), 1U);
  dispatcher.cancel(a);
  EXPECT_TRUE(join(c, same));
}

// G-259
TEST_F(broadcast_dispatcher_test, nothing_can_be_sent_when_nobody_is_there) {
  EXPECT_EQ(dispatcher.deliverable(), demand{0});
  (void)join(a);
  dispatcher.ask(a, demand{5});
  dispatcher.cancel(a);
  EXPECT_EQ(dispatcher.deliverable(), demand{0});
}

}  // namespace
}  // namespace genstage
