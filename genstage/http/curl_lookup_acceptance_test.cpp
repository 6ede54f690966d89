// A program of its own, because it takes the place of getaddrinfo for everything in it.

#include <genstage/http/curl_client.hpp>
#include <genstage/io/reactor.hpp>

#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;
namespace gs = genstage;
namespace http = genstage::http;

std::mutex lookup_mutex;
std::condition_variable lookup_changed;
bool lookups_may_end = false;
int lookups_begun = 0;
int lookups_ended = 0;

}  // namespace

// libcurl's look-up threads land here; they hang until the test lets them go.
extern "C" int getaddrinfo(const char* host, const char*, const addrinfo*, addrinfo**) {
  std::unique_lock lock{lookup_mutex};
  if (std::string_view{host}.starts_with("slow.")) {
    ++lookups_begun;
    lookup_changed.notify_all();
    lookup_changed.wait(lock, [] { return lookups_may_end; });
    ++lookups_ended;
    lookup_changed.notify_all();
  }
  return EAI_NONAME;
}

namespace {

class curl_lookup : public testing::Test {
 protected:
  ~curl_lookup() override {
    std::unique_lock lock{lookup_mutex};
    lookups_may_end = true;
    lookup_changed.notify_all();
    lookup_changed.wait_for(lock, 20s, [] { return lookups_begun == lookups_ended; });
    lookups_may_end = false;
  }

  static bool lookup_has_begun() {
    std::unique_lock lock{lookup_mutex};
    return lookup_changed.wait_for(lock, 20s, [] { return lookups_begun > lookups_ended; });
  }

  gs::reactor reactor_;
  http::address_guard guard_;
  http::curl_client client_{reactor_, guard_};
};

TEST_F(curl_lookup, does_not_hold_up_the_reactor_when_it_is_cancelled) {
  std::promise<gs::result<http::http_response>> done;
  const auto id = client_.start({.url = "http://slow.example/"},
                                [&](auto outcome) { done.set_value(std::move(outcome)); });
  ASSERT_TRUE(lookup_has_begun());

  client_.cancel(id);

  auto outcome = done.get_future();
  ASSERT_EQ(outcome.wait_for(20s), std::future_status::ready);
  EXPECT_EQ(outcome.get().error().code, gs::errc::cancelled);
  std::promise<void> alive;
  reactor_.post([&] { alive.set_value(); });
  EXPECT_EQ(alive.get_future().wait_for(20s), std::future_status::ready);
}

TEST_F(curl_lookup, does_not_hold_up_the_reactor_when_it_times_out) {
  std::promise<gs::result<http::http_response>> done;
  std::ignore =
      client_.start({.url = "http://slow.example/", .total_limit = 100ms, .connect_limit = 50ms},
                    [&](auto outcome) { done.set_value(std::move(outcome)); });
  ASSERT_TRUE(lookup_has_begun());

  auto outcome = done.get_future();
  ASSERT_EQ(outcome.wait_for(20s), std::future_status::ready);
  EXPECT_EQ(outcome.get().error().code, gs::errc::timed_out);
}

TEST_F(curl_lookup, says_that_the_host_is_unknown) {
  std::promise<gs::result<http::http_response>> done;

  std::ignore = client_.start({.url = "http://unknown.example/"},
                              [&](auto outcome) { done.set_value(std::move(outcome)); });

  const auto outcome = done.get_future().get();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, gs::errc::unreachable);
  EXPECT_TRUE(outcome.error().message.starts_with(
      "http://unknown.example: host could not be looked up (Could not resolve host"))
      << outcome.error().message;
}

}  // namespace
