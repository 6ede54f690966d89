#include "livesearch/server/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace livesearch {
namespace {

std::string written(std::string_view text) {
  std::string to{"before "};
  append_json(to, text);
  return to;
}

TEST(json_text_test, plain_text_stands_between_quotation_marks_after_what_was_there) {
  EXPECT_EQ(written("back pressure"), R"(before "back pressure")");
  EXPECT_EQ(written(""), R"(before "")");
}

TEST(json_text_test, quotation_marks_and_backslashes_are_escaped) {
  EXPECT_EQ(written(R"("a\b")"), R"(before "\"a\\b\"")");
}

TEST(json_text_test, control_characters_are_escaped) {
  EXPECT_EQ(written("a\"\n\x01 b"), R"(before "a\"\n\u0001 b")");
}

TEST(json_text_test, letters_beyond_ascii_stay_and_bytes_that_are_no_utf_8_are_replaced) {
  EXPECT_EQ(written("Größe \xff \"x\""), "before \"Größe \xEF\xBF\xBD \\\"x\\\"\"");
}

TEST(json_text_test, every_byte_can_be_read_again) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string text{'a', static_cast<char>(byte), 'b', static_cast<char>(byte)};
    std::string to;

    append_json(to, text);

    EXPECT_EQ(nlohmann::json::parse(to).get<std::string>(), text);
  }
}

}  // namespace
}  // namespace livesearch
