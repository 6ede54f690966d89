#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <genstage/observe/histogram.hpp>
#include <random>
#include <vector>

namespace genstage {
namespace {

using namespace std::chrono_literals;

histogram of(const std::vector<duration>& all) {
  histogram made;
  for (const duration each : all) made.add(each);
  return made;
}

/// Durations of every size, as the seed chooses.
std::vector<duration> some(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 chance{seed};
  std::vector<duration> all(count);
  for (duration& each : all) {
    each = duration{static_cast<std::int64_t>(chance() >> (1 + chance() % 63))};
  }
  return all;
}

TEST(histogram_test, an_empty_one_has_nothing) {
  const histogram none;

  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.quantile(0.5), duration::zero());
  EXPECT_TRUE(none.buckets().empty());
}

TEST(histogram_test, small_durations_are_exact) {
  const histogram made = of({3ns, 3ns, 7ns, -5ns});

  EXPECT_EQ(made.buckets(), (std::vector<histogram::bucket>{{0ns, 1}, {3ns, 2}, {7ns, 1}}));
  EXPECT_EQ(made.sum(), 13ns);
  EXPECT_EQ(made.quantile(0.5), 3ns);
  EXPECT_EQ(made.quantile(1.0), 7ns);
}

TEST(histogram_test, the_longest_duration_that_there_is_fits) {
  const histogram made = of({duration::max()});

  EXPECT_EQ(made.quantile(0.5), duration::max());
  EXPECT_EQ(made.buckets().size(), 1U);
}

TEST(histogram_test, each_quantile_is_right_to_a_sixteenth) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<duration> all = some(seed, 1 + seed);
    const histogram made = of(all);
    std::ranges::sort(all);
    for (const double part : {0.01, 0.25, 0.5, 0.9, 0.99, 1.0}) {
      const double rank = std::ceil(part * static_cast<double>(all.size()));
      const duration exact = all[static_cast<std::size_t>(rank) - 1];

      const duration told = made.quantile(part);

      ASSERT_GE(told, exact) << seed << ' ' << part;
      ASSERT_LE((told - exact).count(), exact.count() / 16) << seed << ' ' << part;
    }
  }
}

TEST(histogram_test, merging_is_as_if_all_had_been_added_to_one) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::vector<duration> first = some(seed, 40);
    const std::vector<duration> second = some(seed + 1000, 60);
    histogram merged = of(first);
    merged += of(second);
    histogram other_way = of(second);
    other_way += of(first);

    std::vector<duration> both = first;
    both.insert(both.end(), second.begin(), second.end());

    ASSERT_EQ(merged.buckets(), of(both).buckets()) << seed;
    ASSERT_EQ(merged, other_way) << seed;
    ASSERT_EQ(merged.longest(), std::ranges::max(both)) << seed;
  }
}

TEST(histogram_test, adding_many_at_once_is_adding_one_many_times) {
  histogram at_once;
  at_once.add(5ms, 3);

  EXPECT_EQ(at_once, of({5ms, 5ms, 5ms}));
}

}  // namespace
}  // namespace genstage
