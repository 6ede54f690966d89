#include "livesearch/merge/title_key.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

constexpr std::string_view anywhere = "https://example.org/x";

TEST(title_key_test, case_punctuation_and_articles_make_no_difference) {
  const std::string key = title_key("The demand-driven pipeline, explained", anywhere);

  EXPECT_EQ(key, "demand driven pipeline explained");
  EXPECT_EQ(title_key("Demand driven Pipeline \u2013 explained!", anywhere), key);
  EXPECT_EQ(title_key("a Demand\u00a0driven pipeline: \u201cexplained\u201d", anywhere), key);
}

TEST(title_key_test, an_apostrophe_parts_no_word) {
  EXPECT_EQ(title_key("Don't block the reader", anywhere),
            title_key("Don\u2019t block the reader", anywhere));
}

TEST(title_key_test, the_name_of_the_site_does_not_belong_to_the_title) {
  const std::string key = title_key("How does back pressure work", anywhere);

  EXPECT_EQ(
      title_key("How does back pressure work - Stack Overflow", "https://stackoverflow.com/q/1"),
      key);
  EXPECT_EQ(title_key("Example | How does back pressure work", anywhere), key);
  EXPECT_NE(title_key("How does back pressure work - part two", anywhere), key);
}

TEST(title_key_test, words_in_another_order_or_with_another_number_are_another_title) {
  EXPECT_NE(title_key("Man bites very large dog", anywhere),
            title_key("Dog bites very large man", anywhere));
  EXPECT_NE(title_key("Release notes of version 12", anywhere),
            title_key("Release notes of version 13", anywhere));
}

TEST(title_key_test, a_title_that_says_too_little_has_no_key) {
  EXPECT_EQ(title_key("Introduction", anywhere), "");
  EXPECT_EQ(title_key("The back pressure", anywhere), "");
  EXPECT_EQ(title_key("a b c d e", anywhere), "");
  EXPECT_EQ(title_key("", "no url"), "");
}

TEST(title_key_test, letters_beyond_ascii_are_letters) {
  EXPECT_EQ(title_key("Größe und Gewicht", anywhere), "größe und gewicht");
}

}  // namespace
}  // namespace livesearch
