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

  const auto request = make_request(site, {.text = "c++ & co"});

  ASSERT_TRUE(request);
  EXPECT_EQ(request->url, "https://a.example/?q=c%2B%2B%20%26%20co&n=10");
  EXPECT_TRUE(request->headers.empty());
}

TEST(request, sends_a_body_as_a_form_unless_told_otherwise) {
  const auto site =
      site_with({.url = "https://a.example/", .method = request_method::post, .body = "q={query}"});

  const auto request = make_request(site, {.text = "a=b"});

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

  const auto request = make_request(site, {.text = "say \"hi\""});

  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, R"({"q": "say \"hi\"", "n": 10})");
  EXPECT_EQ(request->headers.size(), 1U);
}

TEST(request, fills_the_page_and_what_the_site_calls_language_and_time) {
  const auto site = site_with({.url = "https://a.example/?q={query}{language}{newer}&p={page}"});

  const auto first = make_request(site, {.text = "x"});
  const auto third =
      make_request(site, {.text = "x", .language = "&l=de", .newer = "&t=week", .page = 3});

  EXPECT_EQ(first->url, "https://a.example/?q=x&p=1");
  EXPECT_EQ(third->url, "https://a.example/?q=x&l=de&t=week&p=3");
}

TEST(request, reckons_time_ranges_back_from_now) {
  const auto site = site_with({.url = "https://a.example/?q={query}{newer}"});
  const auto now = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{12};
  const site_query week{.text = "x", .newer = "&t={since}", .age = std::chrono::days{7}};
  const site_query day{.text = "x", .newer = "&d={since_date}", .age = std::chrono::days{1}};

  EXPECT_EQ(make_request(site, week, now)->url, "https://a.example/?q=x&t=1771761600");
  EXPECT_EQ(make_request(site, day, now)->url, "https://a.example/?q=x&d=2026-02-28");
}

TEST(request, counts_pages_from_0_for_sites_that_do) {
  const auto site = site_with({.url = "https://a.example/?q={query}&p={page}", .first_page = 0});

  EXPECT_EQ(make_request(site, {.text = "x"})->url, "https://a.example/?q=x&p=0");
  EXPECT_EQ(make_request(site, {.text = "x", .page = 3})->url, "https://a.example/?q=x&p=2");
}

TEST(request, counts_what_was_seen_before_for_sites_that_want_an_offset) {
  auto site = site_with({.url = "https://a.example/?q={query}&from={offset}"});
  site.limits.results = 20;

  EXPECT_EQ(make_request(site, {.text = "x", .page = 1})->url, "https://a.example/?q=x&from=0");
  EXPECT_EQ(make_request(site, {.text = "x", .page = 3})->url, "https://a.example/?q=x&from=40");
}

TEST(request, has_pages_where_the_url_or_the_body_says_which) {
  const auto has_pages = [](request_definition request) {
    return request_form::make(site_with(std::move(request)))->has_pages();
  };
  const std::string url = "https://a.example/?q={query}";

  EXPECT_TRUE(has_pages({.url = url + "&p={page}"}));
  EXPECT_TRUE(has_pages({.url = url + "&from={offset}"}));
  EXPECT_TRUE(has_pages({.url = url, .method = request_method::post, .body = "p={page}"}));
  EXPECT_FALSE(has_pages({.url = url}));
  EXPECT_FALSE(has_pages({.url = url + "&limit={limit}&page=1"}));
}

TEST(request, fills_one_form_in_for_many_queries) {
  const auto form = request_form::make(site_with({.url = "https://a.example/?q={query}"}));

  ASSERT_TRUE(form);
  EXPECT_EQ(form->fill({.text = "x"}).url, "https://a.example/?q=x");
  EXPECT_EQ(form->fill({.text = "y"}).url, "https://a.example/?q=y");
}

TEST(request, refuses_a_wrong_template) {
  const auto request = make_request(site_with({.url = "https://a.example/{user}"}), {.text = "x"});

  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message,
            "wiki: request.url: at character 19: unknown placeholder {user}, allowed are {query}, "
            "{limit}, {language}, {newer}, {page}, {offset}; request not made");
}

TEST(request, tells_the_host_that_sees_the_queries) {
  EXPECT_EQ(request_host(site_with({.url = "https://a.example:8080/?q={query}"})), "a.example");
  EXPECT_EQ(request_host(site_with({.url = "{query"})), "");
}

}  // namespace
}  // namespace livesearch
