#include "livesearch/site/answer/plain_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>

#include "livesearch/site/answer/charset.hpp"

namespace livesearch {
namespace {

TEST(plain_text, folds_whitespace_and_trims) {
  EXPECT_EQ(folded(" \n a \t b\r\n", 100), "a b");
}

TEST(plain_text, folds_the_spaces_of_unicode) {
  EXPECT_EQ(folded("a\xC2\xA0\xE2\x80\x83"
                   "b\xE3\x80\x80"
                   "c",
                   100),
            "a b c");
}

TEST(plain_text, control_characters_become_spaces) {
  EXPECT_EQ(folded("a\x1B[2Jb\x07", 100), "a [2Jb");
}

TEST(plain_text, drops_what_shows_nothing) {
  EXPECT_EQ(folded("\xEF\xBB\xBFse\xC2\xADven", 100), "seven");
}

TEST(plain_text, cuts_at_a_character_and_says_so) {
  EXPECT_EQ(folded("\xC3\xA4\xC3\xB6\xC3\xBC", 2), "\xC3\xA4\xC3\xB6\xE2\x80\xA6");
  EXPECT_EQ(folded("ab cd", 3), "ab\xE2\x80\xA6");
}

TEST(plain_text, a_text_that_just_fits_is_not_cut) {
  EXPECT_EQ(folded("ab c \n", 4), "ab c");
}

TEST(plain_text, strips_tags_and_decodes_references) {
  EXPECT_EQ(text_of_html("a <span class=\"searchmatch\">stage</span>s &amp; more &#228;", 100),
            "a stages & more \xC3\xA4");
}

TEST(plain_text, parts_words_at_blocks_but_not_inside_lines) {
  EXPECT_EQ(text_of_html("<p>one</p><p>t<b>w</b>o<br>three</p>", 100), "one two three");
}

TEST(plain_text, leaves_scripts_styles_and_comments_out) {
  EXPECT_EQ(text_of_html("a<script>evil()</script><style>b{}</style><!-- c -->d", 100), "a d");
}

TEST(plain_text, keeps_a_less_than_sign_that_starts_no_tag) {
  EXPECT_EQ(text_of_html("1 < 2 &lt; 3", 100), "1 < 2 < 3");
}

TEST(plain_text, does_not_decode_twice) {
  EXPECT_EQ(text_of_html("&amp;lt;b&amp;gt;", 100), "&lt;b&gt;");
}

TEST(plain_text, looks_at_the_first_64_kibibytes_only) {
  const auto html = "<b>start</b> " + std::string(100'000, ' ') + "end";

  EXPECT_EQ(text_of_html(html, 100), "start");
}

TEST(plain_text, a_long_word_is_cut_inside) {
  EXPECT_EQ(folded("ab cdefgh", 5), "ab cd\u2026");
  EXPECT_EQ(folded("ab cd", 5), "ab cd");
  EXPECT_EQ(folded("ab cd", 3), "ab\u2026");
}

RC_GTEST_PROP(plain_text, folded_text_is_one_line_and_folds_to_itself, (const std::string& raw)) {
  const auto once = folded(valid_utf8(raw), 1000);

  RC_ASSERT(once.find_first_of("\n\r\t") == std::string::npos);
  RC_ASSERT(once.find("  ") == std::string::npos);
  RC_ASSERT(folded(once, 2000) == once);
}

RC_GTEST_PROP(plain_text, text_of_any_html_is_valid_utf8, (const std::string& raw)) {
  const auto text = text_of_html(valid_utf8("<b>" + raw + "&#xD800;&#x110000;"), 20);

  RC_ASSERT(simdjson::validate_utf8(text.data(), text.size()));
}

TEST(plain_text, a_text_that_is_a_line_already_is_taken_whole_and_no_other) {
  const std::string words = "Producers emit what was asked for.";
  for (std::size_t place = 0; place <= words.size(); ++place) {
    for (int byte = 0; byte < 0x80; ++byte) {
      std::string text = words;
      text.insert(place, 1, static_cast<char>(byte));
      line_of_text line{100};
      line.append(text);

      EXPECT_EQ(folded(text, 100), line.take()) << place << ", byte " << byte;
    }
  }
}

}  // namespace
}  // namespace livesearch
