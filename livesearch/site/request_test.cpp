#include "livesearch/site/request.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

site_definition site_with(request_definition request) {
  site_definition site;
  site.id = "wiki";
  site.request = std::move(request);
  return site;
}

TEST(request, fills_query_and_limit_into_the_url) {
  const auto site = site_with({.url = "https://a.example/?q={query}&n={limit}"});

  const auto request = make_request(site, "c++ & co");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->url, "https://a.example/?q=c%2B%2B%20%26%20co&n=10");
  EXPECT_TRUE(request->headers.empty());
}

TEST(request, sends_a_body_as_a_form_unless_told_otherwise) {
  const auto site =
      site_with({.url = "https://a.example/", .method = request_method::post, .body = "q={query}"});

  const auto request = make_request(site, "a=b");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, "q=a%3Db");
  EXPECT_EQ(request->headers,
            (std::vector<request_header>{{"Content-Type", "application/x-www-form-urlencoded"}}));
}

TEST(request, escapes_the_query_in_a_json_body) {
  const auto site = site_with({.url = "https://a.example/",
                               .method = request_method::post,
                               .headers = {{"content-type", "application/json"}},
                               .body = R"({{"q": "{query}", "n": {limit}}})"});

  const auto request = make_request(site, "say \"hi\"");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, R"({"q": "say \"hi\"", "n": 10})");
  EXPECT_EQ(request->headers.size(), 1U);
}

TEST(request, refuses_a_wrong_template) {
  const auto request = make_request(site_with({.url = "https://a.example/{page}"}), "x");

  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message,
            "wiki: request.url: at character 19: unknown placeholder {page}, allowed are {query}, "
            "{limit}; request not made");
}

TEST(request, tells_the_host_that_sees_the_queries) {
  EXPECT_EQ(request_host(site_with({.url = "https://a.example:8080/?q={query}"})), "a.example");
  EXPECT_EQ(request_host(site_with({.url = "{query"})), "");
}

}  // namespace
}  // namespace livesearch
