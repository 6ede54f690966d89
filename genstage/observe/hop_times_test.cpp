#include <gtest/gtest.h>

#include <genstage/observe/hop_times.hpp>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using buckets = std::vector<histogram::bucket>;

record noted(std::uint64_t at, record_kind kind, std::uint64_t count, std::uint64_t tag = 1) {
  return {.order = at, .subscription = tag, .count = count, .kind = kind};
}

snapshot with(std::uint64_t outstanding, std::int64_t max_demand) {
  snapshot made;
  made.subscriptions.push_back(
      {.tag = unique_id{1}, .max_demand = demand{max_demand}, .outstanding = demand{outstanding}});
  return made;
}

TEST(hop_times_test, each_event_is_counted_from_its_ask_and_until_the_ask_in_its_place) {
  const std::vector<record> records{
      noted(1, record_kind::subscribed, 0), noted(1, record_kind::ask, 2),
      noted(4, record_kind::delivery, 1),   noted(6, record_kind::delivery, 1),
      noted(9, record_kind::ask, 1),        noted(11, record_kind::ask, 1)};

  const std::vector<hop_times> told = hop_times_of(records, with(2, 2));

  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].tag, unique_id{1});
  EXPECT_EQ(told[0].waited_for_events.buckets(), (buckets{{3ns, 1}, {5ns, 1}}));
  EXPECT_EQ(told[0].waited_for_ask.buckets(), (buckets{{5ns, 2}}));
  EXPECT_EQ(told[0].without_demand, 3ns);
  EXPECT_EQ(told[0].seen, 10ns);
}

TEST(hop_times_test, what_began_before_the_first_record_has_no_time_and_shifts_nobody_elses) {
  // Two are outstanding and two with the consumer when the records begin.
  const std::vector<record> records{
      noted(10, record_kind::delivery, 2), noted(13, record_kind::ask, 2),
      noted(15, record_kind::delivery, 1), noted(16, record_kind::ask, 2)};

  const std::vector<hop_times> told = hop_times_of(records, with(3, 4));

  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].waited_for_events.buckets(), (buckets{{2ns, 1}}));
  EXPECT_EQ(told[0].waited_for_ask.buckets(), (buckets{{6ns, 2}}));
  EXPECT_EQ(told[0].without_demand, 3ns);
}

TEST(hop_times_test, subscriptions_are_told_apart_and_others_left_out) {
  const std::vector<record> records{
      noted(1, record_kind::subscribed, 0, 7), noted(2, record_kind::ask, 5, 7),
      noted(3, record_kind::delivery, 5, 7), noted(3, record_kind::discarded, 5, 1)};

  EXPECT_TRUE(hop_times_of(records, with(0, 5)).empty());
}

}  // namespace
}  // namespace genstage
