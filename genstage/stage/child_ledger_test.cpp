#include <gtest/gtest.h>

#include <genstage/stage/child_ledger.hpp>

namespace genstage {
namespace {

demand total(child_ledger& ledger, int ends) {
  demand asked;
  for (int end = 0; end < ends; ++end) asked += ledger.ended();
  return asked;
}

// G-377, G-381, G-384
TEST(child_ledger_test, nothing_is_asked_for_until_a_child_ends) {
  child_ledger ledger{demand{3}, demand{0}};

  EXPECT_EQ(ledger.first_ask(), demand{3});
  EXPECT_EQ(ledger.handled(demand{2}, demand{0}), demand{0});
  EXPECT_EQ(ledger.ended(), demand{1}) << "min 0 asks for one at each end";
}

// G-382
TEST(child_ledger_test, min_demand_is_the_number_of_ended_children_to_collect) {
  child_ledger ledger{demand{10}, demand{8}};
  ASSERT_EQ(ledger.handled(demand{10}, demand{0}), demand{0});

  EXPECT_EQ(total(ledger, 7), demand{0});
  EXPECT_EQ(ledger.ended(), demand{8});
  EXPECT_EQ(ledger.children(), demand{2});
}

// G-380
TEST(child_ledger_test, a_start_that_fails_counts_as_a_child_that_ended_at_once) {
  child_ledger ledger{demand{10}, demand{5}};

  EXPECT_EQ(ledger.handled(demand{4}, demand{4}), demand{0});
  EXPECT_EQ(ledger.ended(), demand{5});
}

TEST(child_ledger_test, events_beyond_the_children_that_may_run_are_in_excess) {
  child_ledger ledger{demand{4}, demand{2}};
  ASSERT_EQ(ledger.handled(demand{3}, demand{0}), demand{0});

  EXPECT_EQ(ledger.excess(demand{1}), demand{0});
  EXPECT_EQ(ledger.excess(demand{3}), demand{2});
  EXPECT_EQ(ledger.handled(demand{3}, demand{0}), demand{0}) << "they are started all the same";
  EXPECT_EQ(ledger.children(), demand{6});
}

TEST(child_ledger_test, an_event_owed_and_not_asked_for_again_was_not_due) {
  child_ledger ledger{demand{4}, demand{2}};
  (void)ledger.handled(demand{4}, demand{0});
  (void)ledger.ended();

  EXPECT_EQ(ledger.excess(demand{1}), demand{1});
}

}  // namespace
}  // namespace genstage
