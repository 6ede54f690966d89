#include <genstage/io/reactor.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

namespace gs = genstage;

TEST(reactor, runs_what_is_posted_on_its_own_thread) {
  gs::reactor reactor;
  std::promise<bool> ran_inside;

  reactor.post([&] { ran_inside.set_value(reactor.in_reactor_thread()); });

  EXPECT_TRUE(ran_inside.get_future().get());
  EXPECT_FALSE(reactor.in_reactor_thread());
}

TEST(reactor, runs_the_posts_of_one_thread_in_their_order) {
  std::vector<int> order;
  {
    gs::reactor reactor;
    for (int index = 0; index < 1000; ++index) {
      reactor.post([&order, index] { order.push_back(index); });
    }
  }

  ASSERT_EQ(order.size(), 1000U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(reactor, never_runs_posted_work_inside_the_post) {
  gs::reactor reactor;
  std::promise<bool> ran_inside_post;

  reactor.post([&] {
    bool posted = false;
    auto inner_ran = std::make_shared<bool>(false);
    reactor.post([inner_ran] { *inner_ran = true; });
    posted = *inner_ran;
    ran_inside_post.set_value(posted);
  });

  EXPECT_FALSE(ran_inside_post.get_future().get());
}

TEST(reactor, takes_posts_from_many_threads) {
  std::atomic<int> ran{0};
  {
    gs::reactor reactor;
    std::vector<std::jthread> posters;
    for (int poster = 0; poster < 4; ++poster) {
      posters.emplace_back([&] {
        for (int index = 0; index < 500; ++index) reactor.post([&ran] { ++ran; });
      });
    }
    posters.clear();  // Joins them: all posts happen before the destructor's.
  }

  EXPECT_EQ(ran.load(), 2000);
}

TEST(reactor, destroys_work_that_is_move_only) {
  auto token = std::make_shared<int>(1);
  std::weak_ptr<int> watched = token;
  {
    gs::reactor reactor;
    reactor.post([owned = std::make_unique<std::shared_ptr<int>>(std::move(token))] {});
  }

  EXPECT_TRUE(watched.expired());
}

TEST(reactor, makes_a_write_to_a_closed_pipe_an_error_instead_of_a_signal) {
  gs::reactor reactor;
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  std::promise<int> seen;

  reactor.post([&] { seen.set_value(::write(ends[1], "x", 1) < 0 ? errno : 0); });

  EXPECT_EQ(seen.get_future().get(), EPIPE);
  ::close(ends[1]);
}

TEST(reactor_death, terminates_with_a_message_when_a_handler_throws) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");

  EXPECT_DEATH(
      {
        gs::reactor reactor{"net"};
        reactor.post([] { throw std::runtime_error{"lost count"}; });
        std::promise<void>{}.get_future().wait();
      },
      "reactor \"net\": a handler threw \"lost count\", handlers must not throw; this is a bug");
}

}  // namespace
