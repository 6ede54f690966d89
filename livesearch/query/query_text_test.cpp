#include "livesearch/query/query_text.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

std::string refusal(std::string_view query) {
  const auto checked = checked_query(query);
  return checked ? "accepted" : checked.error().message;
}

TEST(query_text_test, white_space_at_the_ends_is_taken_off) {
  EXPECT_EQ(*checked_query("  back pressure \n"), "back pressure");
}

TEST(query_text_test, an_empty_query_is_refused) {
  EXPECT_EQ(refusal(""), "query: it is empty, at least one character is needed; not searched");
  EXPECT_EQ(refusal(" \t "), refusal(""));
}

TEST(query_text_test, a_query_of_10_kilobytes_is_refused_and_one_of_1000_bytes_is_not) {
  EXPECT_EQ(refusal(std::string(10'000, 'x')),
            "query: it is too long (10000 bytes), at most 1000 are allowed; not searched");
  EXPECT_EQ(refusal(std::string(1000, 'x')), "accepted");
}

TEST(query_text_test, invalid_utf_8_is_refused_with_its_place) {
  for (const std::string_view wrong :
       {"ab\xff", "ab\xc0\xaf", "ab\xed\xa0\x80", "ab\xf4\x90\x80\x80", "ab\xe2\x82"}) {
    EXPECT_EQ(refusal(wrong), "query: byte 3 is not valid UTF-8; not searched");
  }
}

TEST(query_text_test, text_of_any_script_is_accepted) {
  EXPECT_EQ(refusal("Größe 需求 спрос 🙂"), "accepted");
}

TEST(query_text_test, control_characters_are_refused) {
  EXPECT_EQ(refusal(std::string_view{"a\0b", 3}),
            "query: byte 2 is a control character, which is not allowed; not searched");
}

}  // namespace
}  // namespace livesearch
