#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <genstage/process/server.hpp>
#include <genstage/stage/as_range.hpp>
#include <genstage/stage/range_producer.hpp>
#include <genstage/stage/stage_events.hpp>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

// Blocking iteration, on a thread outside of the pool.
namespace genstage {
namespace {

const subscription_options until_the_end{.max_demand = 100, .cancel = cancel_mode::transient};

/// Emits what is asked for, and knows who consumes.
class counter final : public producer<int> {
 public:
  struct get_log {};

  void handle_demand(demand asked, output<int>& out) override {
    log_.push_back("demand " + std::to_string(asked.count()));
    out.append(std::views::iota(next_, next_ + static_cast<int>(asked)));
    next_ += static_cast<int>(asked);
  }
  void handle_cancel(const cancellation& ended) override {
    log_.push_back((ended.cause == cancel_cause::cancel ? "cancel " : "down ") +
                   to_string(ended.reason));
  }
  std::vector<std::string> handle_call(get_log) { return log_; }

 private:
  int next_ = 0;
  std::vector<std::string> log_;
};

std::vector<std::string> log_of(const ref<counter>& asked) {
  return *sync_wait(call(asked, counter::get_log{}));
}

TEST(as_range_test, a_finite_producer_is_read_to_its_end) {
  runtime home{{.log = silent_log()}};
  auto numbers = *from_range(home, std::views::iota(0, 300));
  std::vector<int> got;

  for (const int number : as_range(home, numbers, until_the_end)) got.push_back(number);

  EXPECT_TRUE(std::ranges::equal(got, std::views::iota(0, 300)));
}

// G-354, G-359, G-360, G-362, G-366
TEST(as_range_test, ten_of_many_are_taken_and_the_producer_lives_on) {
  runtime home{{.log = silent_log()}};
  auto numbers = *spawn<counter>(home, {});
  std::vector<int> got;

  for (const int number : as_range(home, numbers) | std::views::take(10)) got.push_back(number);

  EXPECT_TRUE(std::ranges::equal(got, std::views::iota(0, 10)));
  EXPECT_EQ(log_of(numbers), (std::vector<std::string>{"demand 1000", "cancel normal"}))
      << "the cancel has been confirmed, and nothing more was asked for";
}

TEST(as_range_test, a_batch_is_told_as_handled_before_the_next_one_is_read) {
  runtime home{{.log = silent_log()}};
  std::atomic<std::uint64_t> handled{0};
  (void)home.telemetry().attach<batch_handled>(
      "counts", [&](const batch_handled& batch) { handled += batch.count; });
  auto numbers = *spawn<counter>(home, {});
  std::uint64_t told = 0;

  for (const int number : as_range(home, numbers, {.max_demand = 4, .min_demand = 2})) {
    if (number == 8) {
      told = handled;
      break;
    }
  }

  EXPECT_EQ(told, 8U);  // Four pairs; the reader is at the first of the fifth.
  home.telemetry().detach_all();
}

TEST(as_range_test, what_the_loop_throws_lets_go_of_the_producer) {
  runtime home{{.log = silent_log()}};
  auto numbers = *spawn<counter>(home, {});
  const auto give_up = [&] {
    for (const int number : as_range(home, numbers, {.max_demand = 2})) {
      if (number == 3) throw std::runtime_error{"enough"};
    }
  };

  EXPECT_THROW(give_up(), std::runtime_error);

  EXPECT_EQ(log_of(numbers).back(), "cancel normal");
}

TEST(as_range_test, each_iteration_subscribes_afresh) {
  runtime home{{.log = silent_log()}};
  auto numbers = *spawn<counter>(home, {});
  const auto events = as_range(home, numbers, {.max_demand = 4});
  EXPECT_TRUE(log_of(numbers).empty()) << "nothing is asked for before the iteration";

  for (int round = 0; round < 2; ++round) {
    for (const int number : events | std::views::take(3)) static_cast<void>(number);
  }

  const auto log = log_of(numbers);
  EXPECT_EQ(std::ranges::count(log, "cancel normal"), 2);
  EXPECT_EQ(log.front(), "demand 4");
}

TEST(as_range_test, elements_that_cannot_be_copied_are_moved_to_the_reader) {
  runtime home{{.log = silent_log()}};
  std::vector<std::unique_ptr<int>> kept;
  for (int number = 0; number < 5; ++number) kept.push_back(std::make_unique<int>(number));
  auto boxes = *from_range(home, std::move(kept));
  int sum = 0;

  for (auto& box : as_range(home, boxes, until_the_end)) sum += *std::unique_ptr{std::move(box)};

  EXPECT_EQ(sum, 10);
}

// G-363
TEST(as_range_test, a_producer_that_joins_while_iterating_is_merged) {
  runtime home{{.log = silent_log()}};
  auto first = *from_range(home, std::views::iota(0, 50));
  auto second = *from_range(home, std::views::iota(50, 100));
  const auto events = as_range(home, first, until_the_end);
  std::vector<int> got;

  auto each = events.begin();
  got.push_back(*each);
  ++each;
  ASSERT_TRUE(sync_wait(subscribe(each.consumer(), second, until_the_end)))
      << "it does not wait until the batch in hand has been read";
  for (; each != events.end(); ++each) got.push_back(*each);

  std::ranges::sort(got);
  EXPECT_TRUE(std::ranges::equal(got, std::views::iota(0, 100)));
}

// G-350, G-351, G-356
TEST(as_range_test, the_end_of_a_permanent_producer_is_a_failure_even_if_it_is_normal) {
  runtime home{{.log = silent_log()}};
  auto numbers = *from_range(home, std::views::iota(0, 3));
  std::vector<int> got;

  try {
    for (const int number : as_range(home, numbers)) got.push_back(number);
    FAIL() << "must throw";
  } catch (const range_failed& failure) {
    EXPECT_EQ(failure.reason(), exit_reason::normal());
    EXPECT_EQ(failure.phase(), range_phase::close);
    EXPECT_STREQ(failure.what(),
                 "range: a subscription has ended with normal, and its subscription does not allow "
                 "that; the iteration ended");
  }
  EXPECT_EQ(got.size(), 3U) << "what came before the end was read";
}

// G-347
TEST(as_range_test, options_out_of_bounds_are_refused_at_once) {
  runtime home{{.log = silent_log()}};
  constexpr name<counter> numbers{"numbers"};

  try {
    (void)as_range(home, numbers, {.max_demand = 10, .min_demand = 10});
    FAIL() << "must throw";
  } catch (const std::invalid_argument& refused) {
    EXPECT_STREQ(refused.what(),
                 "subscription range -> numbers: min_demand is 10, must be less than max_demand "
                 "(10); not subscribed");
  }
}

TEST(as_range_test, a_range_of_a_range_of_events_ends) {
  runtime home{{.log = silent_log()}};
  auto numbers = *spawn<counter>(home, {});
  auto odd = as_range(home, numbers, {.max_demand = 8}) |
             std::views::filter([](int number) { return number % 2 == 1; }) | std::views::take(20);
  int sum = 0;

  for (const int number : odd) sum += number;

  EXPECT_EQ(sum, 400);
}

}  // namespace
}  // namespace genstage
