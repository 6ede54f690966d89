#include <gtest/gtest.h>

#include <genstage/scheduler/gathered_wakes.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

namespace genstage {
namespace {

struct counting_sleepers final : gathered_wakes::sleepers {
  void wake_for(std::size_t runnables) noexcept override { told.push_back(runnables); }

  std::vector<std::size_t> told;
};

TEST(gathered_wakes_test, wakes_once_for_all_that_was_made_ready) {
  counting_sleepers pool;

  {
    const gathered_wakes together;
    EXPECT_TRUE(gathered_wakes::include(pool));
    EXPECT_TRUE(gathered_wakes::include(pool));
    EXPECT_TRUE(pool.told.empty());
  }

  EXPECT_EQ(pool.told, (std::vector<std::size_t>{2}));
}

TEST(gathered_wakes_test, leaves_it_to_the_driver_where_nothing_is_gathered) {
  counting_sleepers pool;

  EXPECT_FALSE(gathered_wakes::include(pool));

  {
    const gathered_wakes nothing;
  }
  EXPECT_TRUE(pool.told.empty());
}

TEST(gathered_wakes_test, gathers_until_the_outermost_ends) {
  counting_sleepers pool;

  {
    const gathered_wakes outer;
    {
      const gathered_wakes inner;
      EXPECT_TRUE(gathered_wakes::include(pool));
    }
    EXPECT_TRUE(pool.told.empty());
  }

  EXPECT_EQ(pool.told, (std::vector<std::size_t>{1}));
}

TEST(gathered_wakes_test, gathers_for_one_driver) {
  counting_sleepers first;
  counting_sleepers second;

  {
    const gathered_wakes together;
    EXPECT_TRUE(gathered_wakes::include(first));
    EXPECT_FALSE(gathered_wakes::include(second));
  }

  EXPECT_EQ(first.told, (std::vector<std::size_t>{1}));
  EXPECT_TRUE(second.told.empty());
}

struct latched final : runnable {
  explicit latched(std::latch& when_run) : runnable{&turn}, told{when_run} {}

  static verdict turn(runnable& base) noexcept {
    static_cast<latched&>(base).told.count_down();
    return verdict::idle;
  }

  std::latch& told;
};

TEST(gathered_wakes_test, a_pool_runs_all_that_was_gathered) {
  constexpr std::ptrdiff_t count = 100;
  for (int round = 0; round < 10; ++round) {
    std::latch all{count};
    std::vector<std::unique_ptr<latched>> made;
    for (std::ptrdiff_t index = 0; index < count; ++index) {
      made.push_back(std::make_unique<latched>(all));
    }
    thread_pool pool{{.workers = 2}};

    {
      const gathered_wakes together;
      for (const auto& each : made) pool.make_ready(*each);
    }

    all.wait();
  }
}

TEST(gathered_wakes_test, a_pool_that_is_destroyed_waits_for_who_still_wakes_it) {
  for (int round = 0; round < 100; ++round) {
    std::latch has_run{1};
    latched alone{has_run};
    auto pool = std::make_unique<thread_pool>(thread_pool_options{.workers = 1});
    std::latch is_ready{1};
    std::thread outside{[&] {
      const gathered_wakes together;
      pool->make_ready(alone);
      is_ready.count_down();
    }};

    is_ready.wait();
    pool.reset();

    outside.join();
  }
}

}  // namespace
}  // namespace genstage
