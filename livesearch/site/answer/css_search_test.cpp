#include "livesearch/site/answer/css_search.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace livesearch {
namespace {

// The texts of what is selected, in the order in which it is found.
std::string found(std::string_view html, std::string_view selector) {
  const auto document = markup_document::parse_html(html);
  const auto parsed = css_selector::parse(selector);
  EXPECT_TRUE(document && parsed) << selector;
  search_effort effort;
  css_search search{*parsed, document->top(), effort};
  std::string texts;
  while (const auto* node = search.next()) {
    if (!texts.empty()) texts += ' ';
    texts += text_of(node, 100);
  }
  return texts;
}

TEST(css_search, finds_elements_by_name) {
  EXPECT_EQ(found("<p>1</p><b>2</b><P>3</P>", "p"), "1 3");
  EXPECT_EQ(found("<b>2</b><big>3</big>", "B"), "2");
}

TEST(css_search, finds_elements_by_a_class_among_others) {
  constexpr std::string_view html =
      "<p class='hit'>1<p class=' old\thit '>2<p class='hits'>3<p class='Hit'>4<p class>5<p>6";
  EXPECT_EQ(found(html, "p.hit"), "1 2");
  EXPECT_EQ(found(html, ".hit.old"), "2");
  EXPECT_EQ(found(html, "p:not(.hit)"), "3 4 5 6");
}

TEST(css_search, finds_elements_by_id) {
  EXPECT_EQ(found("<p id=a>1</p><p id='a b'>2</p><p name=a>3</p>", "#a"), "1");
}

TEST(css_search, finds_elements_by_what_an_attribute_says) {
  constexpr std::string_view html =
      "<p m='en'>1<p m='en-gb'>2<p m='english'>3<p m='x en'>4<p m=''>5<p>6";
  EXPECT_EQ(found(html, "[m]"), "1 2 3 4 5");
  EXPECT_EQ(found(html, "[M='en']"), "1");
  EXPECT_EQ(found(html, "[m='']"), "5");
  EXPECT_EQ(found(html, "[m~=en]"), "1 4");
  EXPECT_EQ(found(html, "[m|=en]"), "1 2");
  EXPECT_EQ(found(html, "[m^=en]"), "1 2 3");
  EXPECT_EQ(found(html, "[m$=en]"), "1 4");
  EXPECT_EQ(found(html, "[m*=gl]"), "3");
  EXPECT_EQ(found(html, "[m*='']"), "");
  EXPECT_EQ(found(html, "p:not([m*=''])"), "1 2 3 4 5 6");
}

TEST(css_search, compares_attributes_after_references_are_resolved) {
  EXPECT_EQ(found("<p m='a&amp;b'>1</p><p m='a&#38;c'>2</p>", "[m^='a&']"), "1 2");
}

TEST(css_search, finds_elements_by_what_stands_around_them) {
  constexpr std::string_view html =
      "<div><b>1</b>text<i>2</i><!-- b --><i>3</i><span><i>4</i></span></div><i>5</i>";
  EXPECT_EQ(found(html, "div i"), "2 3 4");
  EXPECT_EQ(found(html, "div > i"), "2 3");
  EXPECT_EQ(found(html, "b + i"), "2");
  EXPECT_EQ(found(html, "b ~ i"), "2 3");
  EXPECT_EQ(found(html, "b ~ span > i, b, div + i"), "1 4 5");
}

TEST(css_search, finds_elements_by_their_place_among_elements) {
  constexpr std::string_view html = "<ul>text<li>1</li><li>2</li><!-- --><li>3</li><li>4</li></ul>";
  EXPECT_EQ(found(html, "li:first-child"), "1");
  EXPECT_EQ(found(html, "li:last-child"), "4");
  EXPECT_EQ(found(html, "li:nth-child(odd)"), "1 3");
  EXPECT_EQ(found(html, "li:nth-child(3n-1)"), "2");
  EXPECT_EQ(found(html, "li:nth-child(-n+2)"), "1 2");
  EXPECT_EQ(found(html, "li:nth-child(n)"), "1 2 3 4");
  EXPECT_EQ(found(html, "li:nth-child(0)"), "");
  EXPECT_EQ(found(html, "li:not(:nth-child(2n+1))"), "2 4");
}

TEST(css_search, finds_an_element_once_for_all_of_a_list) {
  EXPECT_EQ(found("<p class=a>1</p><b>2</b>", "b, .a, p"), "1 2");
}

TEST(css_search, takes_further_ways_when_the_nearest_leads_nowhere) {
  constexpr std::string_view html =
      "<div class=x><div><div class=y><div><b>1</b></div></div></div></div><div><b>2</b></div>";
  EXPECT_EQ(found(html, ".x > div b"), "1");
  EXPECT_EQ(found(html, ".x .y > div b"), "1");
  EXPECT_EQ(found("<i>0</i><b>1</b><u>2</u><b>3</b><p>4</p>", "i + b ~ p"), "4");
}

TEST(css_search, looks_only_below_its_top) {
  const auto document = markup_document::parse_html("<div><p>1<b>2</b></p></div>");
  const auto paragraph = css_selector::parse("p").value();
  search_effort effort;
  const auto* const top = css_search{paragraph, document->top(), effort}.next();
  ASSERT_NE(top, nullptr);

  const auto inside = css_selector::parse("b").value();
  const auto across = css_selector::parse("p b, div b, p").value();

  EXPECT_NE(css_search(inside, top, effort).next(), nullptr);
  EXPECT_EQ(css_search(across, top, effort).next(), nullptr);
}

TEST(css_search, stops_when_its_effort_is_spent) {
  const auto document = markup_document::parse_html("<p>1<p>2<p>3");
  const auto all = css_selector::parse("p").value();
  search_effort effort{9};  // html, body, p and its text, p
  css_search search{all, document->top(), effort};

  EXPECT_NE(search.next(), nullptr);
  while (search.next() != nullptr) {
  }
  EXPECT_TRUE(effort.is_spent());
  EXPECT_EQ(search.next(), nullptr);
}

bool takes_more_than_its_effort(std::string_view html, std::string_view selector) {
  const auto document = markup_document::parse_html(html);
  const auto parsed = css_selector::parse(selector).value();
  search_effort effort;
  css_search search{parsed, document->top(), effort};
  while (search.next() != nullptr) {
  }
  return effort.is_spent();
}

std::string many_of(int count, std::string_view element) {
  std::string all;
  for (int item = 0; item < count; ++item) all += element;
  return all;
}

TEST(css_search, no_page_makes_a_selector_take_more_than_its_effort) {
  const auto many = many_of(6000, "<i></i>");
  const auto long_value = fmt::format("<div class='{}'>{}", std::string(200'000, 'x'), many);

  EXPECT_TRUE(takes_more_than_its_effort(many, "i:nth-child(7n+3)"));
  EXPECT_TRUE(takes_more_than_its_effort(many, "u ~ i"));
  EXPECT_TRUE(takes_more_than_its_effort(long_value, ".y i"));
  EXPECT_FALSE(takes_more_than_its_effort(many, "i:first-child, i:nth-child(-n+3), i + i"));
}

// There are some billions of ways to choose five of two hundred ancestors.
TEST(css_search, does_not_try_all_ways_through_a_deep_page) {
  const auto deep = many_of(200, "<div>") + many_of(1000, "<i></i>");

  EXPECT_FALSE(takes_more_than_its_effort(deep, "u div div div div div i"));
  EXPECT_FALSE(takes_more_than_its_effort(deep, "u > div > div div ~ div div i"));
}

}  // namespace
}  // namespace livesearch
