#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/stage/demand_ledger.hpp>
#include <random>
#include <string>
#include <vector>

namespace genstage {
namespace {

/// Cuts one message; each batch as "size", "size?ask" and "size!surplus".
std::vector<std::string> cut(demand_ledger& ledger, std::uint64_t length) {
  std::vector<std::string> batches;
  ledger.begin_message();
  while (length > 0) {
    const std::uint64_t size = std::min(length, ledger.batch_limit());
    const auto [ask, surplus] = ledger.take(size);
    length -= size;
    std::string text = std::to_string(size);
    if (!ask.is_zero()) text += "?" + std::to_string(ask.count());
    if (!surplus.is_zero()) text += "!" + std::to_string(surplus.count());
    batches.push_back(text);
  }
  return batches;
}

using batches = std::vector<std::string>;

// G-119, G-133
TEST(demand_ledger_test, the_defaults_ask_again_at_half) {
  demand_ledger ledger{demand{1000}, demand{500}};

  EXPECT_EQ(cut(ledger, 1000), (batches{"500?500", "500?500"}));
}

// G-134
TEST(demand_ledger_test, a_high_minimum_means_small_batches_and_frequent_asks) {
  demand_ledger ledger{demand{100}, demand{80}};

  EXPECT_EQ(cut(ledger, 100), (batches{"20?20", "20?20", "20?20", "20?20", "20?20"}));
}

// G-135
TEST(demand_ledger_test, a_low_minimum_means_large_batches) {
  demand_ledger ledger{demand{100}, demand{20}};

  EXPECT_EQ(cut(ledger, 100), (batches{"80?80", "20"}));
  EXPECT_EQ(ledger.left(), demand{80});
  EXPECT_EQ(cut(ledger, 80), (batches{"80?100"}));
  EXPECT_EQ(cut(ledger, 100), (batches{"80?80", "20"}));
}

// G-122, G-125
TEST(demand_ledger_test, an_ask_always_refills_to_the_maximum) {
  demand_ledger ledger{demand{1000}, demand{750}};

  EXPECT_EQ(cut(ledger, 100), (batches{"100"}));
  EXPECT_EQ(cut(ledger, 100), (batches{"100"}));
  EXPECT_EQ(cut(ledger, 100), (batches{"100?300"}));
}

// G-136
TEST(demand_ledger_test, max_demand_one_takes_events_one_by_one) {
  demand_ledger ledger{demand{1}, demand{0}};

  EXPECT_EQ(cut(ledger, 1), (batches{"1?1"}));
}

// G-127
TEST(demand_ledger_test, events_that_were_never_asked_for_are_named_and_not_charged) {
  demand_ledger ledger{demand{4}, demand{2}};

  EXPECT_EQ(cut(ledger, 7), (batches{"2?2", "2?2", "2!2", "1!1"}));

  EXPECT_EQ(ledger.left(), demand{4});
}

// G-126
TEST(demand_ledger_test, what_is_owed_and_in_flight_never_exceeds_the_maximum) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 random{seed};
    const std::uint64_t most = 1 + random() % 50;
    const std::uint64_t least = random() % most;
    demand_ledger ledger{demand{most}, demand{least}};
    std::uint64_t owed = most;
    for (int message = 0; message < 50 && owed > 0; ++message) {
      std::uint64_t length = 1 + random() % owed;
      ledger.begin_message();
      while (length > 0) {
        const std::uint64_t size = std::min(length, ledger.batch_limit());
        const auto [ask, surplus] = ledger.take(size);
        length -= size;
        owed += ask.count();
        owed -= size;
        ASSERT_TRUE(surplus.is_zero()) << "seed " << seed;
        ASSERT_LE(owed, most) << "seed " << seed;
      }
      ASSERT_EQ(ledger.left(), demand{owed}) << "seed " << seed;
      ASSERT_GT(owed, least) << "a consumer that waits at its minimum would stall; seed " << seed;
    }
  }
}

}  // namespace
}  // namespace genstage
