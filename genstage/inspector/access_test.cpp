#include "genstage/inspector/access.hpp"

#include <gtest/gtest.h>

#include <string>

namespace genstage {
namespace {

http::server_request request(std::string host, http::http_headers more = {}) {
  http::server_request made{.method = "GET"};
  made.target.path = "/api/snapshot";
  made.headers = std::move(more);
  made.headers.push_back({"Host", std::move(host)});
  return made;
}

TEST(access_test, loopback_needs_no_token_and_everything_else_does) {
  EXPECT_TRUE(check_address("127.0.0.1", ""));
  EXPECT_TRUE(check_address("::1", ""));
  EXPECT_TRUE(check_address("0.0.0.0", "secret"));

  const auto refused = check_address("0.0.0.0", "");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::refused);
  EXPECT_EQ(refused.error().message,
            "inspector: address 0.0.0.0 is unspecified, which others may reach; without a token "
            "only loopback is allowed; not started");
}

TEST(access_test, a_name_is_no_address) {
  const auto refused = check_address("localhost", "secret");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "inspector: address is \"localhost\", an IPv4 or IPv6 address is needed; not started");
}

TEST(access_test, texts_are_equal_only_to_themselves) {
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
  for (const auto* const given : {"", "s", "secreT", "Secret", "secretsecret", "secrets"}) {
    EXPECT_FALSE(equal_in_constant_time(given, "secret")) << given;
    EXPECT_FALSE(equal_in_constant_time("secret", given)) << given;
  }
}

TEST(access_test, a_name_that_is_not_the_programs_is_foreign) {
  const access_rule rule{.token = "", .host_names = {"shop.example"}};
  for (const auto* const own : {"127.0.0.1:8042", "localhost:8042", "localhost", "[::1]:8042",
                                "SHOP.example:80", "10.1.2.3"}) {
    EXPECT_EQ(judge(rule, request(own)), access::granted) << own;
  }
  for (const auto* const foreign : {"evil.example:8042", "", "localhost.evil.example"}) {
    EXPECT_EQ(judge(rule, request(foreign)), access::foreign_host) << foreign;
  }
}

TEST(access_test, only_reading_is_allowed) {
  http::server_request post = request("localhost");
  post.method = "POST";

  EXPECT_EQ(judge({}, post), access::wrong_method);
}

TEST(access_test, data_needs_the_token_and_the_page_does_not) {
  const access_rule rule{.token = "secret"};

  EXPECT_EQ(judge(rule, request("localhost")), access::wrong_token);
  EXPECT_EQ(judge(rule, request("localhost", {{"Authorization", "Bearer other"}})),
            access::wrong_token);
  EXPECT_EQ(judge(rule, request("localhost", {{"Authorization", "Basic secret"}})),
            access::wrong_token);
  EXPECT_EQ(judge(rule, request("localhost", {{"Authorization", "bearer secret"}})),
            access::granted);
  http::server_request page = request("localhost");
  page.target.path = "/";
  EXPECT_EQ(judge(rule, page), access::granted);
}

}  // namespace
}  // namespace genstage
