#include "livesearch/fetch/detour.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using genstage::errc;
using genstage::http::http_request;
using genstage::http::http_response;

http_response redirect(unsigned status, std::string to) {
  http_response made;
  made.status = status;
  made.final_url = "https://example.org/search?q=x";
  made.headers.push_back({"Location", std::move(to)});
  return made;
}

http_request post() {
  http_request made;
  made.method = "POST";
  made.url = "https://example.org/search";
  made.headers = {{"Content-Type", "text/plain"}, {"Cookie", "a=b"}, {"Accept", "text/html"}};
  made.body = "q=x";
  return made;
}

TEST(detour_test, an_address_is_resolved_where_the_answer_came_from) {
  EXPECT_EQ(read_detour(redirect(302, "/found?q=x#top"), {}),
            (detour{"https://example.org/found?q=x", false, 1}));
  EXPECT_EQ(read_detour(redirect(308, "https://other.example.org/"), {}),
            (detour{"https://other.example.org/", true, 1}));
}

TEST(detour_test, an_answer_without_an_address_or_of_another_status_is_none) {
  EXPECT_EQ(read_detour(redirect(302, ""), {}), std::nullopt);
  EXPECT_EQ(read_detour(redirect(200, "/found"), {}), std::nullopt);
  EXPECT_EQ(read_detour(redirect(304, "/found"), {}), std::nullopt);
}

TEST(detour_test, another_scheme_is_refused_in_words) {
  const auto refused = read_detour(redirect(302, "ftp://example.org/"), {});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::refused);
  EXPECT_EQ(refused.error().message,
            "The site redirected the request to \"ftp://example.org/\", http and https are "
            "allowed; not followed.");
}

TEST(detour_test, the_sixth_hop_is_one_too_many) {
  const auto fifth = read_detour(redirect(302, "/"), detour{.hops = 4});
  ASSERT_TRUE(fifth && *fifth);
  EXPECT_EQ((*fifth)->hops, 5U);

  const auto sixth = read_detour(redirect(302, "/"), **fifth);

  ASSERT_FALSE(sixth);
  EXPECT_EQ(sixth.error().code, errc::bad_answer);
  EXPECT_EQ(sixth.error().message, "The site redirected the request more than 5 times.");
}

TEST(detour_test, a_body_that_was_dropped_once_stays_dropped) {
  const auto second = read_detour(redirect(307, "/"), detour{.keeps_body = false, .hops = 1});

  EXPECT_FALSE((*second)->keeps_body);
}

TEST(detour_test, a_request_goes_on_with_or_without_its_body) {
  http_request kept = post();
  go_on(kept, {"https://example.org/a", true, 1});
  EXPECT_EQ(kept.method, "POST");
  EXPECT_EQ(kept.body, "q=x");

  http_request dropped = post();
  go_on(dropped, {"https://example.org/a", false, 1});
  EXPECT_EQ(dropped.method, "GET");
  EXPECT_EQ(dropped.body, "");
  EXPECT_EQ(dropped.url, "https://example.org/a");
  EXPECT_FALSE(genstage::http::has_header(dropped.headers, "Content-Type"));
  EXPECT_TRUE(genstage::http::has_header(dropped.headers, "Cookie"));
}

TEST(detour_test, another_origin_gets_no_secrets) {
  http_request request = post();
  request.headers.push_back({"traceparent", "00-1-2-01"});
  request.headers.push_back({"TraceState", "a=1"});

  go_on(request, {"http://example.org/search", true, 1});

  EXPECT_FALSE(genstage::http::has_header(request.headers, "Cookie"));
  EXPECT_FALSE(genstage::http::has_header(request.headers, "traceparent"));
  EXPECT_FALSE(genstage::http::has_header(request.headers, "tracestate"));
  EXPECT_TRUE(genstage::http::has_header(request.headers, "Accept"));
}

}  // namespace
}  // namespace livesearch
