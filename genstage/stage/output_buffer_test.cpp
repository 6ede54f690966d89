#include <gtest/gtest.h>

#include <genstage/stage/output_buffer.hpp>
#include <vector>

namespace genstage {
namespace {

std::size_t store(output_buffer<int>& buffer, std::vector<int> events) {
  batch<int> added;
  added.append(events);
  return buffer.store(added);
}

std::vector<int> take(output_buffer<int>& buffer, std::size_t count) {
  batch<int> taken;
  buffer.take(count, taken);
  return {taken.events().begin(), taken.events().end()};
}

using events = std::vector<int>;

TEST(output_buffer_test, events_come_out_in_the_order_they_went_in) {
  output_buffer<int> buffer{10, buffer_keep::last};
  store(buffer, {1, 2});
  store(buffer, {3});

  EXPECT_EQ(take(buffer, 2), (events{1, 2}));
  EXPECT_EQ(take(buffer, 1), (events{3}));
  EXPECT_TRUE(buffer.is_empty());
}

TEST(output_buffer_test, keeping_the_last_drops_the_oldest) {
  output_buffer<int> buffer{3, buffer_keep::last};
  store(buffer, {8, 9});

  EXPECT_EQ(store(buffer, {1, 2, 3, 4, 5, 6, 7}), 6U);

  EXPECT_EQ(take(buffer, 3), (events{5, 6, 7}));
}

TEST(output_buffer_test, keeping_the_first_drops_the_newest) {
  output_buffer<int> buffer{3, buffer_keep::first};
  store(buffer, {1, 2});

  EXPECT_EQ(store(buffer, {3, 4, 5}), 2U);

  EXPECT_EQ(take(buffer, 3), (events{1, 2, 3}));
}

TEST(output_buffer_test, no_capacity_means_that_nothing_is_dropped) {
  output_buffer<int> buffer{std::nullopt, buffer_keep::last};

  EXPECT_EQ(store(buffer, events(100'000, 1)), 0U);

  EXPECT_EQ(buffer.size(), 100'000U);
}

TEST(output_buffer_test, a_capacity_of_zero_discards_all) {
  output_buffer<int> buffer{0, buffer_keep::last};

  EXPECT_EQ(store(buffer, {1, 2}), 2U);
}

}  // namespace
}  // namespace genstage
