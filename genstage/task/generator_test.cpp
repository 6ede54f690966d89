#include <gtest/gtest.h>

#include <genstage/task/async_generator.hpp>
#include <genstage/task/generator.hpp>
#include <genstage/task/operation.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace genstage {
namespace {

generator<int> counted(int* made, int last) {
  for (int number = 1; number <= last; ++number) {
    *made = number;
    co_yield number;
  }
}

generator<int> broken_after(int last) {
  for (int number = 1; number <= last; ++number) co_yield number;
  throw std::runtime_error{"boom"};
}

generator<std::unique_ptr<int>> owned() {
  co_yield std::make_unique<int>(7);
}

TEST(generator_test, an_element_is_made_when_it_is_wanted) {
  int made = 0;
  generator<int> numbers = counted(&made, 3);
  EXPECT_EQ(made, 0);

  auto each = numbers.begin();
  EXPECT_EQ(*each, 1);
  EXPECT_EQ(made, 1);

  ++each;
  EXPECT_EQ(made, 2);
}

TEST(generator_test, a_range_for_sees_every_element) {
  int made = 0;
  std::vector<int> seen;

  for (const int number : counted(&made, 4)) seen.push_back(number);

  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4}));
}

TEST(generator_test, what_the_coroutine_throws_leaves_the_iteration) {
  std::vector<int> seen;

  EXPECT_THROW(for (const int number : broken_after(2)) seen.push_back(number), std::runtime_error);

  EXPECT_EQ(seen.size(), 2U);
}

TEST(generator_test, elements_that_cannot_be_copied_are_moved) {
  generator<std::unique_ptr<int>> one = owned();

  const std::unique_ptr<int> taken = std::move(*one.begin());

  EXPECT_EQ(*taken, 7);
}

/// Yields 1, waits, yields what it waited for.
async_generator<std::string> halves(operation<std::string> second, bool* is_gone = nullptr) {
  const std::shared_ptr<void> guard{nullptr, [is_gone](void*) {
                                      if (is_gone != nullptr) *is_gone = true;
                                    }};
  co_yield std::string{"first"};
  result<std::string> waited = co_await std::move(second);
  co_yield *waited;
}

async_generator<int> broken() {
  co_yield 1;
  throw std::runtime_error{"boom"};
}

async_generator<int> long_sequence() {
  for (int number = 0; number < 100'000; ++number) co_yield number;
}

task<std::vector<std::string>> all_of(async_generator<std::string> sequence) {
  std::vector<std::string> all;
  for (;;) {
    auto asking = sequence.next();
    std::optional<std::string> element = co_await std::move(asking);
    if (!element) co_return all;
    all.push_back(std::move(*element));
  }
}

TEST(async_generator_test, elements_that_are_there_need_no_waiting) {
  auto [far, near] = make_operation<std::string>();
  far.complete(std::string{"second"});

  EXPECT_EQ(sync_wait(all_of(halves(std::move(near)))),
            (std::vector<std::string>{"first", "second"}));
}

TEST(async_generator_test, an_element_that_is_not_there_is_waited_for) {
  auto [far, near] = make_operation<std::string>();
  task<std::vector<std::string>> reading = all_of(halves(std::move(near)));
  struct idle final : waiter {
    void wake(std::uint64_t) noexcept override { is_woken = true; }
    void retain() noexcept override {}
    void release() noexcept override {}
    bool is_woken = false;
  } sleeper;
  suspension place{.who = &sleeper};
  const suspension_scope scope{&place};

  reading.start();
  EXPECT_FALSE(reading.is_done());
  far.complete(std::string{"second"});
  ASSERT_TRUE(sleeper.is_woken);
  std::exchange(place.resume, nullptr).resume();

  ASSERT_TRUE(reading.is_done());
  EXPECT_EQ(reading.take(), (std::vector<std::string>{"first", "second"}));
}

TEST(async_generator_test, destroying_it_cancels_what_it_waits_for) {
  auto [far, near] = make_operation<std::string>();
  bool is_gone = false;
  {
    async_generator<std::string> sequence = halves(std::move(near), &is_gone);
    auto asking = sequence.next();
    EXPECT_TRUE(asking.await_ready());
  }

  EXPECT_TRUE(is_gone);
  EXPECT_FALSE(far.complete(std::string{"late"}));
}

TEST(async_generator_test, what_it_throws_reaches_the_reader_and_ends_it) {
  async_generator<int> sequence = broken();

  EXPECT_EQ(sync_wait(sequence.next()), 1);
  EXPECT_THROW(sync_wait(sequence.next()), std::runtime_error);
  EXPECT_EQ(sync_wait(sequence.next()), std::nullopt);
}

TEST(async_generator_test, a_long_sequence_needs_no_deep_stack) {
  const auto sum = [](async_generator<int> sequence) -> task<long> {
    long total = 0;
    for (;;) {
      auto asking = sequence.next();
      const std::optional<int> number = co_await std::move(asking);
      if (!number) co_return total;
      total += *number;
    }
  };

  EXPECT_EQ(sync_wait(sum(long_sequence())), 4'999'950'000L);
}

}  // namespace
}  // namespace genstage
