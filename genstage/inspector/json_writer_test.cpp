#include "genstage/inspector/json_writer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace genstage::detail {
namespace {

std::string written(std::string_view text) {
  json_writer to;
  to.value(text);
  return std::move(to).text();
}

TEST(json_writer_test, members_and_elements_are_separated) {
  json_writer to;
  to.begin_object().member("a", 1).key("b").begin_array().value(2).value(true).begin_object();
  to.end_object().end_array().member("c", std::optional<double>{}).end_object();

  EXPECT_EQ(std::move(to).text(), R"({"a":1,"b":[2,true,{}],"c":null})");
}

TEST(json_writer_test, numbers_with_fractions_have_three_digits) {
  json_writer to;
  to.value(1.5);

  EXPECT_EQ(std::move(to).text(), "1.500");
}

TEST(json_writer_test, what_json_does_not_allow_in_a_string_is_escaped) {
  EXPECT_EQ(written("a\"b\\c\nd\x01"), R"("a\"b\\c\nd\u0001")");
}

TEST(json_writer_test, every_byte_gives_a_text_that_others_can_read) {
  for (int first = 0; first < 256; ++first) {
    for (const std::string_view rest : {"", "a", "\x80", "\xBF\xBF", "\x80\x80\x80"}) {
      const std::string text = static_cast<char>(first) + std::string{rest};

      EXPECT_TRUE(nlohmann::json::accept(written(text))) << first << " " << rest.size();
    }
  }
}

TEST(json_writer_test, text_in_utf8_stays_as_it_is) {
  EXPECT_EQ(written("Grüße → 𝄞"), "\"Grüße → 𝄞\"");
  EXPECT_EQ(written("\xC3("), "\"\xEF\xBF\xBD(\"");
}

}  // namespace
}  // namespace genstage::detail
