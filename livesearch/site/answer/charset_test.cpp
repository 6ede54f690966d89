#include "livesearch/site/answer/charset.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>

namespace livesearch {
namespace {

using namespace std::string_literals;

TEST(charset, valid_utf8_stays_as_it_is) {
  EXPECT_EQ(valid_utf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8E\xAD"),
            "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8E\xAD");
}

TEST(charset, each_maximal_invalid_part_becomes_one_replacement) {
  EXPECT_EQ(valid_utf8("a\xE2\x82z\xFFy\xC0\x80"),
            "a\xEF\xBF\xBDz\xEF\xBF\xBDy\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(charset, surrogates_and_cut_sequences_are_replaced) {
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("a\xF0\x9F"), "a\xEF\xBF\xBD");
}

TEST(charset, the_content_type_names_the_encoding) {
  EXPECT_EQ(body_as_utf8("\xE4", "text/html; charset=ISO-8859-1", answer_format::html), "\xC3\xA4");
  EXPECT_EQ(body_as_utf8("\xE4", "text/html; Charset=\"koi8-r\"", answer_format::html), "\xD0\x94");
}

TEST(charset, latin1_means_windows_1252_as_in_browsers) {
  EXPECT_EQ(body_as_utf8("\x80", "text/html; charset=latin1", answer_format::html), "\xE2\x82\xAC");
}

TEST(charset, a_meta_element_names_the_encoding) {
  const auto page =
      "<meta name=x><META http-equiv=a content='text/html; charset=windows-1251'>\xE4"s;

  EXPECT_TRUE(body_as_utf8(page, "text/html", answer_format::html).ends_with("\xD0\xB4"));
}

TEST(charset, the_content_type_is_believed_before_the_page) {
  const auto page = "<meta charset=utf-8>\xE4"s;

  EXPECT_TRUE(body_as_utf8(page, "text/html; charset=iso-8859-1", answer_format::html)
                  .ends_with("\xC3\xA4"));
}

TEST(charset, an_xml_declaration_names_the_encoding) {
  const auto feed = "<?xml version='1.0' encoding='iso-8859-15'?><a>\xA4</a>"s;

  EXPECT_NE(body_as_utf8(feed, "", answer_format::feed).find("\xE2\x82\xAC"), std::string::npos);
}

TEST(charset, a_byte_order_mark_decides_and_goes) {
  EXPECT_EQ(body_as_utf8("\xEF\xBB\xBFz", "text/html; charset=utf-16", answer_format::html), "z");
  EXPECT_EQ(body_as_utf8("\xFF\xFEz\0"s, "", answer_format::html), "z");
  EXPECT_EQ(body_as_utf8("\xFE\xFF\0z"s, "", answer_format::html), "z");
}

TEST(charset, undeclared_text_is_utf8_if_it_can_be) {
  EXPECT_EQ(body_as_utf8("\xC3\xA4", "", answer_format::html), "\xC3\xA4");
  EXPECT_EQ(body_as_utf8("\xE4", "", answer_format::html), "\xC3\xA4");
}

TEST(charset, an_unknown_name_counts_as_none) {
  EXPECT_EQ(body_as_utf8("\xC3\xA4", "text/html; charset=../../evil", answer_format::html),
            "\xC3\xA4");
}

TEST(charset, bytes_that_an_encoding_does_not_have_are_replaced) {
  EXPECT_EQ(body_as_utf8("a\x81z", "text/html; charset=windows-1252", answer_format::html),
            "a\xEF\xBF\xBDz");
  EXPECT_EQ(body_as_utf8("a\x8F", "text/html; charset=euc-jp", answer_format::html),
            "a\xEF\xBF\xBD");
}

TEST(charset, nul_characters_are_replaced) {
  EXPECT_EQ(body_as_utf8("a\0b"s, "", answer_format::html),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(charset, media_types_lose_case_and_parameters) {
  EXPECT_EQ(media_type_of(" Text/HTML ; charset=x"), "text/html");
  EXPECT_EQ(media_type_of(""), "");
}

RC_GTEST_PROP(charset, whatever_comes_in_is_utf8_when_it_comes_out,
              (const std::string& body, std::uint8_t which)) {
  static constexpr const char* types[] = {"",
                                          "x; charset=utf-8",
                                          "x; charset=utf-16be",
                                          "x; charset=shift_jis",
                                          "x; charset=big5",
                                          "x; charset=gb18030"};
  const auto text = body_as_utf8(body, types[which % 6], answer_format::html);

  RC_ASSERT(simdjson::validate_utf8(text.data(), text.size()));
}

TEST(charset, what_is_called_utf8_need_not_be_valid) {
  EXPECT_TRUE(is_called_utf8("\xFF", "application/json", answer_format::json));
  EXPECT_TRUE(is_called_utf8("\xFF", "text/html; charset=utf-8", answer_format::html));
  EXPECT_FALSE(is_called_utf8("\xFF", "text/html", answer_format::html));
  EXPECT_FALSE(is_called_utf8("{}", "application/json; charset=latin1", answer_format::json));
  EXPECT_FALSE(is_called_utf8("\xFF\xFE{", "application/json", answer_format::json));
}

}  // namespace
}  // namespace livesearch
