#include "livesearch/merge/title_key.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <genstage/core/fnv1a.hpp>

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

TEST(title_key_test, articles_are_told_from_words_that_begin_or_end_like_them) {
  EXPECT_EQ(title_key("Theatre and another than Athena", anywhere),
            "theatre and another than athena");
  EXPECT_EQ(title_key("A the an, one-letter-words a b c a", anywhere), "one letter words b c");
  EXPECT_EQ(title_key("Soliloquies about thousandthe a", anywhere),
            "soliloquies about thousandthe");
}

TEST(title_key_test, a_divider_is_found_at_every_place) {
  for (const std::string_view divider :
       {" - ", " | ", " \u2013 ", " \u2014 ", " \u00b7 ", " :: "}) {
    std::string title = "Works";
    for (int more = 0; more < 20; ++more) {
      title += " on demand"[static_cast<std::size_t>(more) % 10];
      const std::string named = title + std::string{divider} + "Example";

      EXPECT_EQ(title_key(named, anywhere), title_key(title, anywhere)) << named;
    }
  }
}

TEST(title_key_test, the_hash_is_that_of_the_text) {
  rc::check([] {
    constexpr std::array<const char*, 20> pieces{
        "a",   "A",   "an",      "the",    "The",    " ", "'",      "\u2019", ",",    "\u2013",
        " - ", " | ", "example", "demand", "Driven", "9", "\u00e4", "\u00a0", "\xe2", "."};
    std::string title;
    for (const auto piece : *rc::gen::container<std::vector<std::size_t>>(
             rc::gen::inRange<std::size_t>(0, pieces.size()))) {
      title += pieces.at(piece);
    }

    const std::string key = title_key(title, anywhere);

    RC_ASSERT(title_hash(title, anywhere) == (key.empty() ? 0 : genstage::fnv1a(key)));
  });
}

}  // namespace
}  // namespace livesearch
