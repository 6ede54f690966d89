#include "livesearch/demo/request.hpp"

#include <gtest/gtest.h>

namespace livesearch::demo {
namespace {

TEST(parse_demo_request, decodes_the_path_and_the_query) {
  const auto asked = parse_demo_request("/handbook/search?limit=5&q=back+pressure%26more");

  ASSERT_TRUE(asked.has_value()) << asked.error().message;
  EXPECT_EQ(asked->path, "/handbook/search");
  EXPECT_EQ(asked->query, "back pressure&more");
  EXPECT_EQ(asked->limit, 5U);
}

TEST(parse_demo_request, has_an_empty_query_when_none_is_given) {
  const auto asked = parse_demo_request("/journal/search");

  ASSERT_TRUE(asked.has_value());
  EXPECT_EQ(asked->query, "");
  EXPECT_EQ(asked->limit, 10U);
}

TEST(parse_demo_request, bounds_the_limit) {
  EXPECT_EQ(parse_demo_request("/a?limit=9999")->limit, 50U);
  EXPECT_EQ(parse_demo_request("/a?limit=many")->limit, 10U);
}

TEST(parse_demo_request, refuses_what_is_no_target) {
  EXPECT_EQ(parse_demo_request("").error().message, "target: it is no path with a query; refused");
  EXPECT_FALSE(parse_demo_request("/a?q=%zz").has_value());
  EXPECT_FALSE(parse_demo_request("/a b").has_value());
}

TEST(parse_demo_request, refuses_bytes_that_are_not_utf8) {
  const auto asked = parse_demo_request("/tracker/search?q=%FF%FE");

  ASSERT_FALSE(asked.has_value());
  EXPECT_EQ(asked.error().message, "target: it is not valid UTF-8; refused");
}

TEST(parse_demo_request, refuses_a_target_of_ten_kilobytes) {
  const auto asked = parse_demo_request("/tracker/search?q=" + std::string(10'000, 'a'));

  ASSERT_FALSE(asked.has_value());
  EXPECT_EQ(asked.error().message, "target: it has 10018 bytes, at most 8192 are allowed; refused");
}

}  // namespace
}  // namespace livesearch::demo
