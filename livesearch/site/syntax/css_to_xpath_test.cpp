#include "livesearch/site/syntax/css_to_xpath.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

std::string translated(std::string_view selector) {
  auto expression = css_to_xpath(selector);
  return expression ? *expression : "wrong: " + to_string(expression.error());
}

std::string mistake(std::string_view selector) {
  const auto expression = css_to_xpath(selector);
  return expression ? "" : to_string(expression.error());
}

TEST(css_to_xpath, translates_a_type) {
  EXPECT_EQ(translated("LI"), "descendant::li");
}

TEST(css_to_xpath, translates_a_class) {
  EXPECT_EQ(translated("li.hit"),
            "descendant::li[contains(concat(' ',normalize-space(@class),' '),' hit ')]");
}

TEST(css_to_xpath, translates_an_id) {
  EXPECT_EQ(translated("#main"), "descendant::*[@id='main']");
}

TEST(css_to_xpath, translates_attributes) {
  EXPECT_EQ(translated("a[href]"), "descendant::a[@href]");
  EXPECT_EQ(translated("a[HREF = 'x']"), "descendant::a[@href='x']");
  EXPECT_EQ(translated("[a^=x]"), "descendant::*[starts-with(@a,'x')]");
  EXPECT_EQ(translated("[a*=x]"), "descendant::*[contains(@a,'x')]");
  EXPECT_EQ(translated("[a|=x]"), "descendant::*[(@a='x' or starts-with(@a,'x-'))]");
  EXPECT_EQ(translated("[a$=x]"),
            "descendant::*[substring(@a,string-length(@a)-string-length('x')+1)='x']");
}

TEST(css_to_xpath, an_empty_part_of_an_attribute_matches_nothing) {
  EXPECT_EQ(translated("[a^='']"), "descendant::*[false()]");
  EXPECT_EQ(translated("[a~='x y']"), "descendant::*[false()]");
}

TEST(css_to_xpath, translates_combinators) {
  EXPECT_EQ(translated("a b"), "descendant::a/descendant::b");
  EXPECT_EQ(translated("a>b"), "descendant::a/child::b");
  EXPECT_EQ(translated("a + b"), "descendant::a/following-sibling::*[1][self::b]");
  EXPECT_EQ(translated("a ~ b"), "descendant::a/following-sibling::b");
}

TEST(css_to_xpath, translates_a_list) {
  EXPECT_EQ(translated(" a , b "), "descendant::a | descendant::b");
}

TEST(css_to_xpath, translates_positions) {
  EXPECT_EQ(translated("a:first-child"), "descendant::a[not(preceding-sibling::*)]");
  EXPECT_EQ(translated("a:last-child"), "descendant::a[not(following-sibling::*)]");
  EXPECT_EQ(translated("a:nth-child(3)"), "descendant::a[(count(preceding-sibling::*)+1)=3]");
  EXPECT_EQ(translated("a:nth-child(n)"), "descendant::a[true()]");
}

TEST(css_to_xpath, translates_not) {
  EXPECT_EQ(translated("a:not(.b)"),
            "descendant::a[not(contains(concat(' ',normalize-space(@class),' '),' b '))]");
  EXPECT_EQ(translated("*:not(a)"), "descendant::*[not(self::a)]");
}

TEST(css_to_xpath, reads_escapes) {
  EXPECT_EQ(translated("#md\\:x"), "descendant::*[@id='md:x']");
  EXPECT_EQ(translated("#\\31 0"), "descendant::*[@id='10']");
  EXPECT_EQ(translated("[a=\"\\22\"]"), "descendant::*[@a='\"']");
}

TEST(css_to_xpath, quotes_text_with_both_quotes) {
  EXPECT_EQ(xpath_literal("it's"), "\"it's\"");
  EXPECT_EQ(xpath_literal("it's \"x\""), "concat('it',\"'\",'s \"x\"')");
}

TEST(css_to_xpath, refuses_an_empty_selector) {
  EXPECT_EQ(
      mistake(""),
      "at character 1: the end is unexpected, a selector such as a, .b, #c or [d] is allowed");
}

TEST(css_to_xpath, refuses_a_list_that_ends_in_a_comma) {
  EXPECT_EQ(
      mistake("a,"),
      "at character 3: the end is unexpected, a selector such as a, .b, #c or [d] is allowed");
}

TEST(css_to_xpath, refuses_two_combinators) {
  EXPECT_EQ(mistake("a > > b"),
            "at character 5: \">\" is unexpected, a selector such as a, .b, #c or [d] is allowed");
}

TEST(css_to_xpath, refuses_a_dot_without_a_name) {
  EXPECT_EQ(mistake("li.1"), "at character 4: \"1\" is unexpected, a class name is needed");
}

TEST(css_to_xpath, refuses_an_attribute_that_is_not_closed) {
  EXPECT_EQ(mistake("a[href"),
            "at character 7: the end is unexpected, \"]\", =, ~=, ^=, $=, *= or |= is allowed");
  EXPECT_EQ(mistake("a[href=x"), "at character 9: the end is unexpected, \"]\" is needed");
  EXPECT_EQ(mistake("a[href='x]"), "at character 8: the quoted text is not closed");
}

TEST(css_to_xpath, refuses_an_unknown_pseudo_class) {
  EXPECT_EQ(mistake("a:hover"),
            "at character 2: unknown pseudo-class :hover, allowed are :first-child, :last-child, "
            ":nth-child() and :not()");
}

TEST(css_to_xpath, refuses_contains_which_is_no_css) {
  EXPECT_EQ(mistake("a:contains('x')"),
            "at character 2: unknown pseudo-class :contains, allowed are :first-child, "
            ":last-child, :nth-child() and :not()");
}

TEST(css_to_xpath, refuses_pseudo_elements) {
  EXPECT_EQ(mistake("a::before"),
            "at character 2: pseudo-elements select nothing that can be read, remove the \"::\"");
}

TEST(css_to_xpath, refuses_not_around_more_than_one_simple_selector) {
  EXPECT_EQ(mistake("a:not(b.c)"),
            "at character 8: \".\" is unexpected, :not() takes one simple selector and \")\"");
  EXPECT_EQ(mistake("a:not(:not(b))"), "at character 7: :not() cannot stand inside :not()");
}

TEST(css_to_xpath, refuses_positions_that_are_none) {
  EXPECT_EQ(mistake("a:nth-child(x)"),
            "at character 13: \"x\" is no position, a number, odd, even or a form such as 2n+1 is "
            "allowed, with numbers of at most 6 digits");
  EXPECT_EQ(mistake("a:nth-child(2"), "at character 14: \")\" is missing");
}

TEST(css_to_xpath, refuses_a_selector_that_is_too_long) {
  EXPECT_EQ(mistake(std::string(1025, 'a')),
            "at character 1: the selector is too long (1025 bytes), at most 1024 are allowed");
}

TEST(css_to_xpath, refuses_control_characters) {
  EXPECT_EQ(mistake("[a='\x01']"),
            "at character 5: a control character is unexpected, text is allowed");
}

TEST(css_to_xpath, takes_an_escaped_control_character_for_one_that_cannot_be_shown) {
  EXPECT_EQ(translated("[a='\\1 ']"), "descendant::*[@a='\xEF\xBF\xBD']");
}

TEST(css_to_xpath, refuses_namespaces) {
  EXPECT_EQ(mistake("svg|a"),
            "at character 4: \"|\" is unexpected, HTML elements have no namespace");
}

}  // namespace
}  // namespace livesearch
