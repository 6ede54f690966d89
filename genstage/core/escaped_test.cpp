#include <gtest/gtest.h>

#include <genstage/core/escaped.hpp>

namespace genstage {
namespace {

TEST(escaped_test, what_would_end_the_text_or_the_line_has_a_backslash) {
  EXPECT_EQ(escaped("a\"b\\c\nd\x01"), R"(a\"b\\c\nd\u0001)");
}

TEST(escaped_test, text_in_utf8_stays_as_it_is_and_other_bytes_are_replaced) {
  EXPECT_EQ(escaped("Grüße → 𝄞"), "Grüße → 𝄞");
  EXPECT_EQ(escaped("\xC3("), "\xEF\xBF\xBD(");
}

}  // namespace
}  // namespace genstage
