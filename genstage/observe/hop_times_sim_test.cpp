#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/observe/hop_times.hpp>
#include <genstage/stage/conversation_test.hpp>

// Where the time went, as a program recorded it.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

/// Takes 100 ms for each message.
class steady_sink final : public async_consumer<std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t>) override {
    auto wait = sleep_for(100ms);
    co_await std::move(wait);
  }
};

TEST(hop_times_sim_test, the_time_in_a_slow_consumer_is_told_even_from_its_last_records) {
  for (const std::size_t kept : {1024U, 32U}) {
    recorder records{kept};
    world here{1, &records};
    here.join(here.start<steady_sink>(), here.start<counter>(), {.max_demand = 1});
    here.sim.run_for(5s);

    const std::vector<record> seen = records.read();
    const auto told = hop_times_of(seen, **here.sim.run_until(take_snapshot(here.sim.home())));

    ASSERT_EQ(told.size(), 1U);
    EXPECT_GE(told[0].waited_for_ask.count(), 10U);
    EXPECT_NEAR(static_cast<double>(told[0].waited_for_ask.quantile(0.01).count()), 100e6, 7e6);
    EXPECT_NEAR(static_cast<double>(told[0].waited_for_ask.quantile(1.0).count()), 100e6, 7e6);
    EXPECT_LT(told[0].waited_for_events.longest(), 1ms);
    EXPECT_GT(told[0].without_demand, told[0].seen * 9 / 10);
  }
}

}  // namespace
}  // namespace genstage
