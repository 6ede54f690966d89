#include <gtest/gtest.h>

#include <genstage/http/retry_after.hpp>

namespace genstage::http {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + 12h;

TEST(retry_after_test, a_number_is_seconds) {
  EXPECT_EQ(read_retry_after("120", now), 120s);
  EXPECT_EQ(read_retry_after("0", now), 0s);
}

TEST(retry_after_test, a_date_is_as_long_as_it_lies_ahead) {
  EXPECT_EQ(read_retry_after("Fri, 27 Nov 2026 12:05:00 GMT", now), 300s);
  EXPECT_EQ(read_retry_after("Friday, 27-Nov-26 12:05:00 GMT", now), 300s);
  EXPECT_EQ(read_retry_after("Fri Nov 27 12:05:00 2026", now), 300s);
  EXPECT_EQ(read_retry_after("Tue Dec  1 12:00:00 2026", now), 96h);
}

TEST(retry_after_test, a_date_that_has_passed_is_no_time) {
  EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 0s);
  EXPECT_EQ(read_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now), 0s);
}

TEST(retry_after_test, a_wait_beyond_reason_is_a_year) {
  EXPECT_EQ(read_retry_after("99999999999999999999999", now), std::chrono::years{1});
  EXPECT_EQ(read_retry_after("Fri, 27 Nov 9999 12:05:00 GMT", now), std::chrono::years{1});
}

TEST(retry_after_test, anything_else_is_nothing) {
  for (const std::string_view wrong :
       {"", " ", "-1", "1.5", "soon", "12 ", "Fri, 27 Nov 2026 12:05:00",
        "Fri, 31 Feb 2026 00:00:00 GMT", "Fri, 27 Nov 2026 24:05:00 GMT",
        "Fri, 27 Foo 2026 12:05:00 GMT", "Fri Nov 27", ", ", "Fri, 27 Nov 2026 12:05:00 GMT more",
        "Friday, 27-Nov-"}) {
    EXPECT_EQ(read_retry_after(wrong, now), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace genstage::http
