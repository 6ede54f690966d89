#include "livesearch/server/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

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
    const std::string few{'a', static_cast<char>(byte), 'b', static_cast<char>(byte)};
    for (const std::string& text : {few, "many words before it" + few, few + "and some after it"}) {
      std::string to;

      append_json(to, text);

      EXPECT_EQ(nlohmann::json::parse(to).get<std::string>(), text);
    }
  }
}

TEST(json_text_test, commas_stand_between_members_and_values) {
  std::string text;
  json_writer to{text};

  to.open('{').member("a", "x").member("b", std::size_t{2}).member("c", true).member("d", 0.5);
  to.list("e", std::vector<std::string>{"y", "z"}).name("f").open('[').close(']');
  to.name("g").open('[').open('{').member("h", -1).close('}').open('{').close('}').close(']');
  to.name("i").hexadecimal(0xabcU).name("j").plain("");
  to.name("k").plain("wiki", 4294967295U).close('}');

  EXPECT_EQ(text, R"({"a":"x","b":2,"c":true,"d":0.5,"e":["y","z"],"f":[],"g":[{"h":-1},{}],)"
                  R"("i":"0000000000000abc","j":"","k":"wiki:4294967295"})");
}

}  // namespace
}  // namespace livesearch
