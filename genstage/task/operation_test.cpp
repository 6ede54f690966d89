#include <gtest/gtest.h>

#include <genstage/task/operation.hpp>
#include <genstage/task/sync_wait.hpp>
#include <genstage/task/task.hpp>
#include <stop_token>
#include <thread>

namespace genstage {
namespace {

TEST(operation_test, an_outcome_that_is_there_before_the_await_is_taken_without_waiting) {
  auto [far, near] = make_operation<int>();

  far.complete(7);

  EXPECT_EQ(sync_wait(std::move(near)), result<int>{7});
}

TEST(operation_test, a_completion_from_another_thread_wakes_the_one_that_waits) {
  for (int round = 0; round < 200; ++round) {
    auto [far, near] = make_operation<int>();

    std::jthread worker{[end = far, round] { end.complete(round); }};

    EXPECT_EQ(sync_wait(std::move(near)), result<int>{round});
  }
}

TEST(operation_test, the_first_completion_wins) {
  auto [far, near] = make_operation<int>();

  EXPECT_TRUE(far.complete(1));
  EXPECT_FALSE(far.complete(2));

  EXPECT_EQ(sync_wait(std::move(near)), result<int>{1});
}

TEST(operation_test, destroying_the_frame_that_waits_cancels_the_work) {
  auto [far, near] = make_operation<int>();
  int cancelled = 0;
  far.on_cancel([&]() noexcept { ++cancelled; });

  {
    const operation<int> dropped = std::move(near);
  }

  EXPECT_EQ(cancelled, 1);
  EXPECT_FALSE(far.complete(1));
}

TEST(operation_test, a_completed_operation_is_not_cancelled_when_its_frame_goes) {
  int cancelled = 0;
  {
    auto [far, near] = make_operation<int>();
    far.on_cancel([&]() noexcept { ++cancelled; });
    far.complete(1);
  }

  EXPECT_EQ(cancelled, 0);
}

TEST(operation_test, a_stop_token_withdraws_the_operation_and_stops_the_work) {
  std::stop_source source;
  auto [far, near] = make_operation<int>();
  int cancelled = 0;
  far.on_cancel([&]() noexcept { ++cancelled; });
  far.stop_with(source.get_token());

  source.request_stop();

  const result<int> outcome = sync_wait(std::move(near));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, errc::cancelled);
  EXPECT_EQ(cancelled, 1);
}

/// Something that can wait, and counts who holds it.
struct counted_waiter final : waiter {
  void wake(std::uint64_t) noexcept override { ++woken; }
  void retain() noexcept override { ++held; }
  void release() noexcept override { --held; }

  int woken = 0;
  int held = 0;
};

TEST(operation_test, an_operation_that_has_ended_holds_nobody_though_its_far_end_lives_on) {
  counted_waiter who;
  suspension place{.who = &who};
  const suspension_scope scope{&place};
  auto [completed, first] = make_operation<int>();
  auto [abandoned, second] = make_operation<int>();
  auto [early, third] = make_operation<int>();

  EXPECT_TRUE(first.await_suspend(std::noop_coroutine()));
  completed.complete(1);
  EXPECT_EQ(who.held, 0);
  {
    const operation<int> dropped = std::move(second);
    EXPECT_TRUE(dropped.await_suspend(std::noop_coroutine()));
    EXPECT_EQ(who.held, 1);
  }
  EXPECT_EQ(who.held, 0);
  early.complete(3);
  EXPECT_FALSE(third.await_suspend(std::noop_coroutine()));

  EXPECT_EQ(who.held, 0);
  EXPECT_EQ(who.woken, 1);
}

TEST(operation_test, what_was_acquired_for_the_wait_is_released_once_it_is_settled) {
  int released = 0;
  auto [far, near] = make_operation<int>();
  far.on_settled([&]() noexcept { ++released; });

  far.complete(1);
  far.complete(2);

  EXPECT_EQ(released, 1);
}

}  // namespace
}  // namespace genstage
