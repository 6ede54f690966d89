#include <genstage/http/message.hpp>

#include <gtest/gtest.h>

namespace {

namespace http = genstage::http;

TEST(find_header, compares_names_without_case_and_takes_the_first) {
  const http::http_headers headers{{"Content-Type", "text/html"}, {"X-A", "1"}, {"x-a", "2"}};

  EXPECT_EQ(http::find_header(headers, "content-type"), "text/html");
  EXPECT_EQ(http::find_header(headers, "X-a"), "1");
  EXPECT_EQ(http::find_header(headers, "X-B"), "");
  EXPECT_TRUE(http::has_header(headers, "x-A"));
  EXPECT_FALSE(http::has_header(headers, "X-B"));
}

TEST(is_valid, refuses_headers_that_would_break_the_wire) {
  using namespace std::string_literals;

  EXPECT_TRUE(http::is_valid({"Accept", "text/html; q=0.9, */*"}));
  EXPECT_TRUE(http::is_valid({"X-Name",
                              "gr\xc3\xb6\xc3\x9f"
                              "e"}));
  EXPECT_FALSE(http::is_valid({"", "x"}));
  EXPECT_FALSE(http::is_valid({"A B", "x"}));
  EXPECT_FALSE(http::is_valid({"A:", "x"}));
  EXPECT_FALSE(http::is_valid({"A", "x\r\nSet-Cookie: y"}));
  EXPECT_FALSE(http::is_valid({"A", "x\ny"}));
  EXPECT_FALSE(http::is_valid({"A", "x\0y"s}));
}

}  // namespace
