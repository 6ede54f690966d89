#include <genstage/http/curl_client_fixture.hpp>

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace http = genstage::http;
using http::value_of;

class curl_client_headers : public http::curl_client_fixture {};

TEST_F(curl_client_headers, sends_the_usual_headers_once_unless_the_request_has_its_own) {
  std::vector<http::http_headers> seen;
  serve([&](http::server_request request, http::responder answer) {
    seen.push_back(std::move(request.headers));
    answer.respond({});
  });
  use({.user_agent = "tester/1"});
  auto other = get();
  other.headers = {{"X-Mine", "1"}};
  auto own = get();
  own.headers = {{"user-agent", "somebody/2"}, {"Accept-Encoding", "gzip"}};

  for (const auto& each : {get(), other, own, get()}) ASSERT_TRUE(ask(each).has_value());

  const auto values = [&](std::size_t request, std::string_view name) {
    std::string all;
    for (const http::http_header& each : seen.at(request)) {
      if (http::equal_without_case(each.name, name)) all += each.value + ";";
    }
    return all;
  };
  for (const std::size_t plain : {0U, 1U, 3U}) {
    EXPECT_EQ(values(plain, "User-Agent"), "tester/1;");
    EXPECT_TRUE(values(plain, "Accept-Encoding").starts_with("gzip"));
    EXPECT_EQ(values(plain, "Accept"), "*/*;");
  }
  EXPECT_EQ(values(2, "User-Agent"), "somebody/2;");
  EXPECT_EQ(values(2, "Accept-Encoding"), "gzip;");
  EXPECT_EQ(values(2, "X-Mine"), "");
}

TEST_F(curl_client_headers, asks_for_no_leave_to_send_a_large_body) {
  std::promise<http::server_request> seen;
  auto listening =
      http::http_server::listen(reactor_, {.max_body = std::size_t{4} << 20U},
                                [&](http::server_request request, http::responder answer) {
                                  answer.respond({});
                                  seen.set_value(std::move(request));
                                });
  ASSERT_TRUE(listening.has_value()) << listening.error().message;
  server_ = *std::move(listening);
  auto request = get();
  request.method = "POST";
  request.body = std::string(std::size_t{2} << 20U, 'x');

  ASSERT_TRUE(ask(std::move(request)).has_value());

  EXPECT_FALSE(http::has_header(value_of(seen.get_future()).headers, "Expect"));
}

}  // namespace
