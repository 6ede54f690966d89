#include "livesearch/site/syntax/css_selector.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

std::string mistake(std::string_view selector) {
  const auto parsed = css_selector::parse(selector);
  return parsed ? "" : to_string(parsed.error());
}

css_selector parsed(std::string_view selector) {
  EXPECT_EQ(mistake(selector), "");
  return css_selector::parse(selector).value_or(css_selector{});
}

// The one path of a selector without a comma.
css_path path(std::string_view selector) {
  auto paths = parsed(selector).paths;
  EXPECT_EQ(paths.size(), 1U);
  return paths.front();
}

// The one condition of a selector such as .b.
css_condition condition(std::string_view selector) {
  auto only = path(selector);
  EXPECT_EQ(only.size(), 1U);
  EXPECT_EQ(only.front().conditions.size(), 1U);
  return only.front().conditions.front();
}

const css_condition nothing{.test = css_test::any_element, .is_negated = true};

TEST(css_selector, reads_a_type_in_any_case) {
  EXPECT_EQ(path("LI"), (css_path{{.element = "li"}}));
  EXPECT_EQ(path("*"), (css_path{{.element = ""}}));
}

TEST(css_selector, reads_a_class_as_a_word_of_an_attribute) {
  EXPECT_EQ(condition(".Hit"),
            (css_condition{.test = css_test::word, .name = "class", .value = "Hit"}));
}

TEST(css_selector, reads_an_id_as_the_value_of_an_attribute) {
  EXPECT_EQ(condition("#main"),
            (css_condition{.test = css_test::value, .name = "id", .value = "main"}));
}

TEST(css_selector, reads_attributes) {
  const auto of_a = [](css_test test) {
    return css_condition{.test = test, .name = "a", .value = "x"};
  };
  EXPECT_EQ(condition("[a]"), (css_condition{.test = css_test::attribute, .name = "a"}));
  EXPECT_EQ(condition("[A = 'x']"), of_a(css_test::value));
  EXPECT_EQ(condition("[a~=x]"), of_a(css_test::word));
  EXPECT_EQ(condition("[a|=x]"), of_a(css_test::value_or_dash));
  EXPECT_EQ(condition("[a^=x]"), of_a(css_test::beginning));
  EXPECT_EQ(condition("[a$=x]"), of_a(css_test::end));
  EXPECT_EQ(condition("[a*=x]"), of_a(css_test::part));
}

TEST(css_selector, an_empty_part_or_a_word_with_a_space_is_in_no_attribute) {
  for (const auto* none : {"[a^='']", "[a$='']", "[a*='']", "[a~='']", "[a~='x y']", ".x\\ y"}) {
    EXPECT_EQ(condition(none), nothing) << none;
  }
}

TEST(css_selector, reads_combinators) {
  const auto joined = [](css_combinator by) {
    return css_path{{.element = "a"}, {.before = by, .element = "b"}};
  };
  EXPECT_EQ(path("a b"), joined(css_combinator::ancestor));
  EXPECT_EQ(path("a>b"), joined(css_combinator::parent));
  EXPECT_EQ(path("a + b"), joined(css_combinator::sibling_just_before));
  EXPECT_EQ(path("a ~ b"), joined(css_combinator::sibling_before));
}

TEST(css_selector, reads_a_list) {
  EXPECT_EQ(parsed(" a , b ").paths, (std::vector{path("a"), path("b")}));
}

TEST(css_selector, reads_positions) {
  const auto place = [](int step, int start) {
    return css_condition{.test = css_test::place, .step = step, .start = start};
  };
  EXPECT_EQ(condition(":first-child"), place(0, 1));
  EXPECT_EQ(condition(":LAST-child"), (css_condition{.test = css_test::last_place}));
  EXPECT_EQ(condition(":nth-child(3)"), place(0, 3));
  EXPECT_EQ(condition(":nth-child( Odd )"), place(2, 1));
  EXPECT_EQ(condition(":nth-child(even)"), place(2, 0));
  EXPECT_EQ(condition(":nth-child(-n + 4)"), place(-1, 4));
  EXPECT_EQ(condition(":nth-child(+12n-345678)"), place(12, -345678));
}

TEST(css_selector, reads_not) {
  EXPECT_EQ(
      condition(":not(.b)"),
      (css_condition{.test = css_test::word, .is_negated = true, .name = "class", .value = "b"}));
  EXPECT_EQ(condition(":not(A)"),
            (css_condition{.test = css_test::element, .is_negated = true, .name = "a"}));
  EXPECT_EQ(condition(":not( * )"), nothing);
  EXPECT_EQ(condition(":not([a^=''])"), css_condition{});
}

TEST(css_selector, reads_escapes) {
  EXPECT_EQ(condition("#md\\:x").value, "md:x");
  EXPECT_EQ(condition("#\\31 0").value, "10");
  EXPECT_EQ(condition("[a=\"\\22\"]").value, "\"");
}

TEST(css_selector, refuses_an_empty_selector) {
  EXPECT_EQ(
      mistake(""),
      "at character 1: the end is unexpected, a selector such as a, .b, #c or [d] is allowed");
}

TEST(css_selector, refuses_a_list_that_ends_in_a_comma) {
  EXPECT_EQ(
      mistake("a,"),
      "at character 3: the end is unexpected, a selector such as a, .b, #c or [d] is allowed");
}

TEST(css_selector, refuses_two_combinators) {
  EXPECT_EQ(mistake("a > > b"),
            "at character 5: \">\" is unexpected, a selector such as a, .b, #c or [d] is allowed");
}

TEST(css_selector, refuses_a_dot_without_a_name) {
  EXPECT_EQ(mistake("li.1"), "at character 4: \"1\" is unexpected, a class name is needed");
}

TEST(css_selector, refuses_an_attribute_that_is_not_closed) {
  EXPECT_EQ(mistake("a[href"),
            "at character 7: the end is unexpected, \"]\", =, ~=, ^=, $=, *= or |= is allowed");
  EXPECT_EQ(mistake("a[href=x"), "at character 9: the end is unexpected, \"]\" is needed");
  EXPECT_EQ(mistake("a[href='x]"), "at character 8: the quoted text is not closed");
}

TEST(css_selector, refuses_an_unknown_pseudo_class) {
  EXPECT_EQ(mistake("a:hover"),
            "at character 2: unknown pseudo-class :hover, allowed are :first-child, :last-child, "
            ":nth-child() and :not()");
}

TEST(css_selector, refuses_contains_which_is_no_css) {
  EXPECT_EQ(mistake("a:contains('x')"),
            "at character 2: unknown pseudo-class :contains, allowed are :first-child, "
            ":last-child, :nth-child() and :not()");
}

TEST(css_selector, refuses_pseudo_elements) {
  EXPECT_EQ(mistake("a::before"),
            "at character 2: pseudo-elements select nothing that can be read, remove the \"::\"");
}

TEST(css_selector, refuses_not_around_more_than_one_simple_selector) {
  EXPECT_EQ(mistake("a:not(b.c)"),
            "at character 8: \".\" is unexpected, :not() takes one simple selector and \")\"");
  EXPECT_EQ(mistake("a:not(:not(b))"), "at character 7: :not() cannot stand inside :not()");
}

TEST(css_selector, refuses_positions_that_are_none) {
  EXPECT_EQ(mistake("a:nth-child(x)"),
            "at character 13: \"x\" is no position, a number, odd, even or a form such as 2n+1 is "
            "allowed, with numbers of at most 6 digits");
  EXPECT_EQ(mistake("a:nth-child(2"), "at character 14: \")\" is missing");
}

TEST(css_selector, refuses_a_selector_that_is_too_long) {
  EXPECT_EQ(mistake(std::string(1025, 'a')),
            "at character 1: the selector is too long (1025 bytes), at most 1024 are allowed");
}

TEST(css_selector, refuses_control_characters) {
  EXPECT_EQ(mistake("[a='\x01']"),
            "at character 5: a control character is unexpected, text is allowed");
}

TEST(css_selector, takes_an_escaped_control_character_for_one_that_cannot_be_shown) {
  EXPECT_EQ(condition("[a='\\1 ']").value, "\xEF\xBF\xBD");
}

TEST(css_selector, refuses_namespaces) {
  EXPECT_EQ(mistake("svg|a"),
            "at character 4: \"|\" is unexpected, HTML elements have no namespace");
}

}  // namespace
}  // namespace livesearch
