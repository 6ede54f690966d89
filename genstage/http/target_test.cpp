#include <genstage/http/target.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

namespace http = genstage::http;
namespace gs = genstage;

TEST(parse_target, takes_path_and_query_apart) {
  const auto target = http::parse_target("/api/search?q=stage&site=wiki");

  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/api/search");
  EXPECT_EQ(target->query, (std::vector<http::query_parameter>{{"q", "stage"}, {"site", "wiki"}}));
}

TEST(parse_target, decodes_path_names_and_values) {
  const auto target = http::parse_target("/a%20b+c?a+b=c%2Bd+e&gr%C3%B6%C3%9Fe=%26%3D");

  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/a b+c");
  EXPECT_EQ(target->query, (std::vector<http::query_parameter>{{"a b", "c+d e"},
                                                               {"gr\xc3\xb6\xc3\x9f"
                                                                "e",
                                                                "&="}}));
}

TEST(parse_target, keeps_repeated_parameters_in_their_order) {
  const auto target = http::parse_target("/?site=a&q=x&site=b");

  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->all("site"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(*target->find("site"), "a");
  EXPECT_EQ(target->find("none"), nullptr);
}

TEST(parse_target, tells_an_empty_value_from_a_missing_parameter) {
  const auto target = http::parse_target("/?q=&flag&&=x");

  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->query,
            (std::vector<http::query_parameter>{{"q", ""}, {"flag", ""}, {"", "x"}}));
}

TEST(parse_target, takes_raw_bytes_as_they_are) {
  const auto target = http::parse_target(
      "/?q=gr\xc3\xb6\xc3\x9f"
      "e|{x}\xff");

  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(*target->find("q"),
            "gr\xc3\xb6\xc3\x9f"
            "e|{x}\xff");
}

TEST(parse_target, keeps_everything_after_the_first_equals_sign) {
  const auto target = http::parse_target("/?q=a=b?c");

  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(*target->find("q"), "a=b?c");
}

TEST(parse_target, accepts_the_absolute_form) {
  EXPECT_EQ(http::parse_target("http://127.0.0.1:8080/a?b=c")->path, "/a");
  EXPECT_EQ(http::parse_target("HTTP://host")->path, "/");
  EXPECT_EQ(*http::parse_target("https://host?b=c")->find("b"), "c");
  EXPECT_EQ(http::parse_target("https://host?b=c")->path, "/");
  EXPECT_EQ(http::parse_target("*")->path, "*");
}

TEST(parse_target, refuses_an_invalid_percent_encoding) {
  for (const std::string_view target : {"/%", "/%2", "/%zz", "/?q=%G1", "/?%=x", "/?a=b&c=%a"}) {
    const auto parsed = http::parse_target(target);

    ASSERT_FALSE(parsed.has_value()) << target;
    EXPECT_EQ(parsed.error().code, gs::errc::invalid_argument);
    EXPECT_EQ(parsed.error().message,
              "request target: invalid percent-encoding, % and two hexadecimal digits are allowed; "
              "request refused");
  }
}

TEST(parse_target, refuses_a_target_that_is_no_path) {
  for (const std::string_view target : {"", "api", "ftp://host/", "host:443", "?q=x"}) {
    EXPECT_FALSE(http::parse_target(target).has_value()) << target;
  }
}

}  // namespace
