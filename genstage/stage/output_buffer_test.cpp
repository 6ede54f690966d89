#include <gtest/gtest.h>

#include <genstage/stage/output_buffer.hpp>
#include <vector>

namespace genstage {
namespace {

using buffer_of_numbers = output_buffer<int, int>;

std::size_t store(buffer_of_numbers& buffer, std::vector<int> events) {
  batch<int> added;
  added.append(events);
  return buffer.store(added);
}

std::vector<int> take(buffer_of_numbers& buffer, std::size_t count) {
  batch<int> taken;
  buffer.take(count, taken);
  return {taken.events().begin(), taken.events().end()};
}

using events = std::vector<int>;

// G-190
TEST(output_buffer_test, events_come_out_in_the_order_they_went_in) {
  buffer_of_numbers buffer{10, buffer_keep::last};
  store(buffer, {1, 2});
  store(buffer, {3});

  EXPECT_EQ(take(buffer, 2), (events{1, 2}));
  EXPECT_EQ(take(buffer, 1), (events{3}));
  EXPECT_TRUE(buffer.is_empty());
}

// G-191, G-194
TEST(output_buffer_test, keeping_the_last_drops_the_oldest) {
  buffer_of_numbers buffer{3, buffer_keep::last};
  store(buffer, {8, 9});

  EXPECT_EQ(store(buffer, {1, 2, 3, 4, 5, 6, 7}), 6U);

  EXPECT_EQ(take(buffer, 3), (events{5, 6, 7}));
}

// G-192
TEST(output_buffer_test, keeping_the_first_drops_the_newest) {
  buffer_of_numbers buffer{3, buffer_keep::first};
  store(buffer, {1, 2});

  EXPECT_EQ(store(buffer, {3, 4, 5}), 2U);

  EXPECT_EQ(take(buffer, 3), (events{1, 2, 3}));
}

/// Two of one moment and one of a later one; the average of what is taken.
TEST(output_buffer_test, what_is_taken_says_when_it_was_made) {
  const auto at = [](int second) { return instant{std::chrono::seconds{second}}; };
  buffer_of_numbers buffer{4, buffer_keep::last};
  batch<int> two;
  two.append(std::vector{1, 2});
  buffer.store(two, 0, at(10));
  batch<int> one;
  one.append(std::vector{3});
  buffer.store(one, 0, at(16));

  take(buffer, 3);
  EXPECT_EQ(buffer.made_at(3), at(12));
  store(buffer, {4});
  take(buffer, 1);
  EXPECT_EQ(buffer.made_at(1), std::nullopt);
}

TEST(output_buffer_test, what_is_dropped_takes_its_time_with_it) {
  const auto at = [](int second) { return instant{std::chrono::seconds{second}}; };
  buffer_of_numbers buffer{2, buffer_keep::last};
  for (int each = 1; each <= 3; ++each) {
    batch<int> added;
    added.append(std::vector{each});
    buffer.store(added, 0, at(each));
  }

  take(buffer, 1);

  EXPECT_EQ(buffer.made_at(1), at(2));
}

TEST(output_buffer_test, what_is_put_back_was_made_when_it_was) {
  const auto at = [](int second) { return instant{std::chrono::seconds{second}}; };
  buffer_of_numbers buffer{4, buffer_keep::last};
  batch<int> added;
  added.append(std::vector{1, 2});
  buffer.store(added, 0, at(5));
  batch<int> taken;
  buffer.take(2, taken);
  buffer.put_back(taken, 1);

  take(buffer, 1);

  EXPECT_EQ(buffer.made_at(1), at(5));
}

// G-193
TEST(output_buffer_test, no_capacity_means_that_nothing_is_dropped) {
  buffer_of_numbers buffer{std::nullopt, buffer_keep::last};

  EXPECT_EQ(store(buffer, events(100'000, 1)), 0U);

  EXPECT_EQ(buffer.size(), 100'000U);
}

TEST(output_buffer_test, a_capacity_of_zero_discards_all) {
  buffer_of_numbers buffer{0, buffer_keep::last};

  EXPECT_EQ(store(buffer, {1, 2}), 2U);
}

// The reference of rule G-208.
TEST(output_buffer_test, marks_keep_their_places_among_the_events) {
  buffer_of_numbers buffer{3, buffer_keep::last};
  store(buffer, {1, 2, 3});
  buffer.mark(-1);
  EXPECT_EQ(take(buffer, 2), (events{1, 2}));
  EXPECT_EQ(buffer.take_mark(), std::nullopt);
  store(buffer, {4, 5});
  buffer.mark(-2);

  EXPECT_EQ(take(buffer, 3), (events{3}));
  EXPECT_EQ(buffer.take_mark(), -1);
  EXPECT_EQ(buffer.take_mark(), std::nullopt);
  EXPECT_EQ(take(buffer, 2), (events{4, 5}));
  EXPECT_EQ(buffer.take_mark(), -2);
}

// G-201, G-203
TEST(output_buffer_test, a_mark_is_due_when_its_event_is_dropped_and_several_keep_their_order) {
  buffer_of_numbers buffer{2, buffer_keep::last};
  store(buffer, {1});
  buffer.mark(-1);
  buffer.mark(-2);
  store(buffer, {2});
  EXPECT_EQ(buffer.take_mark(), std::nullopt);

  store(buffer, {3});

  EXPECT_EQ(buffer.take_mark(), -1);
  EXPECT_EQ(buffer.take_mark(), -2);
  EXPECT_EQ(buffer.take_mark(), std::nullopt);
}

// G-204
TEST(output_buffer_test, dropping_new_events_leaves_the_marks_where_they_are) {
  buffer_of_numbers buffer{2, buffer_keep::first};
  store(buffer, {1, 2});
  buffer.mark(-1);

  EXPECT_EQ(store(buffer, {3, 4}), 2U);

  EXPECT_EQ(buffer.take_mark(), std::nullopt);
  EXPECT_EQ(take(buffer, 2), (events{1, 2}));
  EXPECT_EQ(buffer.take_mark(), -1);
}

// G-205, G-207: GenStage gives it away one take later if the buffer has no bound.
TEST(output_buffer_test, a_mark_comes_with_its_event_whatever_the_capacity) {
  for (const std::optional<std::size_t> capacity : {std::optional<std::size_t>{10}, {}}) {
    buffer_of_numbers buffer{capacity, buffer_keep::last};
    store(buffer, {1, 2, 3});
    buffer.mark(-1);
    store(buffer, {4});

    EXPECT_EQ(take(buffer, 3), (events{1, 2, 3}));
    EXPECT_EQ(buffer.take_mark(), -1);
    EXPECT_EQ(take(buffer, 1), (events{4}));
  }
}

// G-200: GenStage counts marks if the buffer has no bound.
TEST(output_buffer_test, marks_are_not_counted_whatever_the_capacity) {
  for (const std::optional<std::size_t> capacity : {std::optional<std::size_t>{10}, {}}) {
    buffer_of_numbers buffer{capacity, buffer_keep::last};
    store(buffer, {1, 2});
    buffer.mark(-1);
    EXPECT_EQ(buffer.size(), 2U);
  }
}

TEST(output_buffer_test, events_that_are_put_back_are_before_their_mark_again) {
  buffer_of_numbers buffer{10, buffer_keep::last};
  store(buffer, {1, 2, 3});
  buffer.mark(-1);
  batch<int> taken;
  buffer.take(3, taken);

  buffer.put_back(taken, 1);

  EXPECT_EQ(buffer.take_mark(), std::nullopt);
  EXPECT_EQ(take(buffer, 5), (events{2, 3}));
  EXPECT_EQ(buffer.take_mark(), -1);
}

}  // namespace
}  // namespace genstage
