#include <genstage/http/detail/socket_interests.hpp>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace genstage::inline v0::http::detail {
namespace {

class socket_interests_test : public testing::Test {
 protected:
  void SetUp() override { open_pair(); }
  void TearDown() override {
    for (const int each : {ours_, theirs_, set_}) ::close(each);
  }

  void open_pair() {
    std::array<int, 2> both{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, both.data()), 0);
    ours_ = both[0];
    theirs_ = both[1];
  }

  /// Another socket under the same number, which the set does not have.
  void replace_ours() {
    const int number = ours_;
    ::close(theirs_);
    ::close(ours_);
    open_pair();
    if (ours_ == number) return;
    ASSERT_EQ(::dup2(ours_, number), number);
    ::close(ours_);
    ours_ = number;
  }

  void let_them_say_something() { ASSERT_EQ(::send(theirs_, "x", 1, 0), 1); }

  std::size_t ready() {
    std::array<epoll_event, 8> room;
    return interests_.ready(room).size();
  }

  /// Of the set itself.
  [[nodiscard]] bool has_ours() const {
    epoll_event any{.events = EPOLLIN, .data = {.fd = ours_}};
    return ::epoll_ctl(set_, EPOLL_CTL_MOD, ours_, &any) == 0;
  }

  int set_ = ::epoll_create1(EPOLL_CLOEXEC);
  int ours_ = -1;
  int theirs_ = -1;
  socket_interests interests_{set_};
};

TEST_F(socket_interests_test, tells_what_is_wanted) {
  interests_.opened(ours_);
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));
  EXPECT_EQ(ready(), 0U);

  let_them_say_something();

  EXPECT_EQ(ready(), 1U);
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN | EPOLLOUT));
  EXPECT_EQ(ready(), 1U);
}

TEST_F(socket_interests_test, keeps_a_socket_of_which_nothing_is_wanted_for_the_moment) {
  interests_.opened(ours_);
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));

  ASSERT_TRUE(interests_.want(ours_, 0));

  EXPECT_TRUE(has_ours());
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));
  let_them_say_something();
  EXPECT_EQ(ready(), 1U);
}

TEST_F(socket_interests_test, takes_a_socket_out_that_speaks_unasked) {
  interests_.opened(ours_);
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));
  ASSERT_TRUE(interests_.want(ours_, 0));

  let_them_say_something();

  EXPECT_EQ(ready(), 0U);
  EXPECT_FALSE(has_ours());
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));
  EXPECT_EQ(ready(), 1U);
}

TEST_F(socket_interests_test, knows_that_a_number_means_another_socket) {
  interests_.opened(ours_);
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));
  ASSERT_TRUE(interests_.want(ours_, 0));

  interests_.closed(ours_);
  replace_ours();
  interests_.opened(ours_);
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));

  let_them_say_something();
  EXPECT_EQ(ready(), 1U);
}

TEST_F(socket_interests_test, keeps_no_socket_whose_end_is_not_told) {
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));

  ASSERT_TRUE(interests_.want(ours_, 0));

  EXPECT_FALSE(has_ours());
  replace_ours();
  ASSERT_TRUE(interests_.want(ours_, EPOLLIN));
  let_them_say_something();
  EXPECT_EQ(ready(), 1U);
}

TEST_F(socket_interests_test, says_that_the_system_refuses) {
  EXPECT_FALSE(interests_.want(1000, EPOLLIN));  // No such descriptor is open.
}

}  // namespace
}  // namespace genstage::inline v0::http::detail
