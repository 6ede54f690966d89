#include <gtest/gtest.h>

#include <genstage/http/recorded_client.hpp>

namespace genstage::http {
namespace {

result<http_response> answer() {
  http_response made{.status = 404};
  made.headers = {{"Content-Type", "text/html"}, {"Set-Cookie", "a=b"}};
  made.body = std::string("\0<p>", 4);
  made.final_url = "http://a.example/";
  made.content_type = "text/html";
  made.http_version = "HTTP/1.1";
  made.elapsed = std::chrono::milliseconds{12};
  return made;
}

bool is_same(const http_response& one, const http_response& other) {
  return one.status == other.status && one.headers == other.headers && one.body == other.body &&
         one.final_url == other.final_url && one.content_type == other.content_type &&
         one.http_version == other.http_version && one.elapsed == other.elapsed;
}

TEST(recorded_client_test, an_answer_is_kept_with_all_its_members) {
  const auto read = outcome_of_bytes(to_bytes(answer()));

  ASSERT_TRUE(read);
  ASSERT_TRUE(*read);
  EXPECT_TRUE(is_same(**read, *answer()));
}

TEST(recorded_client_test, a_failure_is_kept_with_its_words) {
  const result<http_response> failure = fail(errc::timed_out, "http://a.example/: 5 s have passed");

  const auto read = outcome_of_bytes(to_bytes(failure));

  ASSERT_TRUE(read);
  ASSERT_FALSE(*read);
  EXPECT_EQ(read->error(), failure.error());
}

TEST(recorded_client_test, other_bytes_are_no_outcome) {
  const std::string bytes = to_bytes(answer());
  EXPECT_FALSE(outcome_of_bytes(""));
  EXPECT_FALSE(outcome_of_bytes(bytes + "x"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(outcome_of_bytes(std::string_view{bytes}.substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace genstage::http
