#include <gtest/gtest.h>

#include <chrono>
#include <genstage/exporters/otlp_answer.hpp>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using http::http_response;

constexpr std::chrono::sys_seconds noon =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + 12h;

otlp_answer answered(unsigned status, std::string body = "", http::http_headers headers = {}) {
  return judge(
      http_response{.status = status, .headers = std::move(headers), .body = std::move(body)},
      noon);
}

TEST(otlp_answer_test, what_is_taken_is_not_sent_again) {
  EXPECT_EQ(answered(200, "{}").verdict, otlp_verdict::taken);
  EXPECT_EQ(answered(202, "").verdict, otlp_verdict::taken);
  EXPECT_EQ(answered(200, "not JSON").verdict, otlp_verdict::taken);
}

TEST(otlp_answer_test, a_part_that_is_not_taken_is_counted_and_not_sent_again) {
  const otlp_answer spans =
      answered(200, R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})");
  const otlp_answer figures = answered(200, R"({"partialSuccess":{"rejectedDataPoints":2}})");

  EXPECT_EQ(spans.verdict, otlp_verdict::taken);
  EXPECT_EQ(spans.rejected, 3U);
  EXPECT_EQ(spans.why, "too old");
  EXPECT_EQ(figures.rejected, 2U);
  EXPECT_EQ(answered(200, R"({"partialSuccess":{}})").rejected, 0U);
  EXPECT_EQ(answered(200, R"({"partialSuccess":{"rejectedSpans":"many"}})").rejected, 0U);
  EXPECT_EQ(answered(200, R"({"partialSuccess":{"rejectedSpans":-1}})").rejected, 0U);
}

TEST(otlp_answer_test, only_what_the_protocol_names_is_sent_again) {
  for (const unsigned status : {429U, 502U, 503U, 504U}) {
    EXPECT_EQ(answered(status).verdict, otlp_verdict::again) << status;
  }
  for (const unsigned status : {302U, 400U, 401U, 404U, 413U, 500U, 501U}) {
    EXPECT_EQ(answered(status).verdict, otlp_verdict::refused) << status;
  }
  EXPECT_EQ(answered(503).why, "status 503");
}

TEST(otlp_answer_test, the_collector_says_how_long_it_wants_to_be_left_alone) {
  EXPECT_EQ(answered(429, "", {{"retry-after", "7"}}).wait, 7s);
  EXPECT_EQ(answered(503, "", {{"Retry-After", "0"}}).wait, 0s);
  EXPECT_EQ(answered(503, "", {{"Retry-After", "999999"}}).wait, 5min);
  EXPECT_EQ(answered(503, "", {{"Retry-After", "Fri, 27 Nov 2026 12:00:07 GMT"}}).wait, 7s);
  EXPECT_EQ(answered(503, "", {{"Retry-After", "Fri, 27 Nov 2026 22:17:03 GMT"}}).wait, 5min);
  EXPECT_EQ(answered(503, "", {{"Retry-After", "Fri, 27 Nov 2026 11:00:00 GMT"}}).wait, 0s);
  EXPECT_EQ(answered(503, "", {{"Retry-After", "soon"}}).wait, std::nullopt);
  EXPECT_EQ(answered(503).wait, std::nullopt);
  EXPECT_EQ(answered(400, "", {{"Retry-After", "7"}}).wait, std::nullopt);
}

TEST(otlp_answer_test, a_collector_that_was_not_reached_may_be_asked_again) {
  const otlp_answer lost = judge(fail(errc::unreachable, "no route"), noon);

  EXPECT_EQ(lost.verdict, otlp_verdict::again);
  EXPECT_EQ(lost.why, "no route");
  EXPECT_EQ(judge(fail(errc::timed_out, ""), noon).verdict, otlp_verdict::again);
  EXPECT_EQ(judge(fail(errc::invalid_argument, ""), noon).verdict, otlp_verdict::refused);
  EXPECT_EQ(judge(fail(errc::refused, ""), noon).verdict, otlp_verdict::refused);
}

}  // namespace
}  // namespace genstage
