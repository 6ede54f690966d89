#include <gtest/gtest.h>

#include <genstage/exporters/span_queue.hpp>
#include <string>

namespace genstage {
namespace {

using room = span_queue::room;

span_ended named(const std::string& name) {
  return {.name = name, .context = {}};
}

TEST(span_queue_test, the_oldest_leave_first_a_batch_at_a_time) {
  span_queue queue{10, 2};
  for (const char* const name : {"a", "b", "c"}) queue.push(named(name));

  const auto first = queue.take();
  const auto second = queue.take();

  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].name, "a");
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].name, "c");
  EXPECT_TRUE(queue.take().empty());
}

TEST(span_queue_test, one_more_than_there_is_room_for_is_dropped_and_counted) {
  span_queue queue{2, 2};
  queue.push(named("a"));
  queue.push(named("b"));

  EXPECT_EQ(queue.push(named("c")), room::none);

  EXPECT_EQ(queue.dropped(), 1U);
  EXPECT_EQ(queue.take()[1].name, "b");
  EXPECT_EQ(queue.push(named("d")), room::left);
}

TEST(span_queue_test, a_full_batch_is_told_once_until_it_has_left) {
  span_queue queue{10, 2};

  EXPECT_EQ(queue.push(named("a")), room::left);
  EXPECT_EQ(queue.push(named("b")), room::enough_for_a_batch);
  EXPECT_EQ(queue.push(named("c")), room::left);
  EXPECT_EQ(queue.take().size(), 2U);
  EXPECT_EQ(queue.push(named("d")), room::enough_for_a_batch);
}

}  // namespace
}  // namespace genstage
