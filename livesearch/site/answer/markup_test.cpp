#include "livesearch/site/answer/markup.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "livesearch/site/answer/xpath_reader.hpp"

namespace livesearch {
namespace {

std::string xml_mistake(const std::string& xml) {
  const auto document = markup_document::parse_xml(xml);
  return document ? "" : document.error();
}

TEST(markup, repairs_broken_html) {
  const auto document = markup_document::parse_html("<ul><li>a<li>b</b></i></ul><p>c<table>");

  ASSERT_TRUE(document);
  EXPECT_EQ(document->root_text(100), "a b c");
}

TEST(markup, reads_an_attribute_with_references) {
  const auto document = markup_document::parse_xml("<a b='1 &amp; 2'/>");

  EXPECT_EQ(attribute_of(document->root(), "b"), "1 & 2");
}

TEST(markup, survives_html_nested_a_million_deep) {
  std::string html = "<p>before</p>";
  for (int depth = 0; depth < 1'000'000; ++depth) html += "<div>";

  const auto document = markup_document::parse_html(html);

  ASSERT_TRUE(document);
  EXPECT_EQ(document->root_text(100), "before");
}

TEST(markup, refuses_xml_nested_too_deep) {
  std::string xml;
  for (int depth = 0; depth < 1000; ++depth) xml += "<a>";

  EXPECT_EQ(xml_mistake(xml), "elements are nested more than 256 deep");
}

TEST(markup, reports_malformed_xml_with_its_line) {
  EXPECT_EQ(xml_mistake("<a>\n<b></a>"), "line 2: Opening and ending tag mismatch: b line 2 and a");
}

TEST(markup, refuses_entities_before_they_can_expand) {
  std::string xml = "<!DOCTYPE a [<!ENTITY e0 'lol'>";
  for (int level = 1; level < 30; ++level) {
    xml += fmt::format("<!ENTITY e{} '&e{};&e{};&e{};'>", level, level - 1, level - 1, level - 1);
  }
  xml += "]><a>&e29;</a>";

  EXPECT_EQ(xml_mistake(xml), "it declares an entity, which is not allowed in a feed");
}

TEST(markup, refuses_parameter_and_external_entities) {
  EXPECT_EQ(xml_mistake("<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1/x'>%p;]><a/>"),
            "it declares an entity, which is not allowed in a feed");
  EXPECT_EQ(xml_mistake("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"),
            "it declares an entity, which is not allowed in a feed");
  EXPECT_EQ(xml_mistake("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///x' NDATA n>]><a/>"),
            "it declares an entity, which is not allowed in a feed");
}

TEST(markup, does_not_load_an_external_subset) {
  EXPECT_EQ(xml_mistake("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), "");
}

TEST(xpath_reader, gives_nodes_in_document_order) {
  const auto document = markup_document::parse_html("<p>a<p>b<div>c</div>");
  xpath_reader reader{*document};
  const auto compiled = reader.compile("//div | //p");

  const auto value = reader.evaluate(*compiled, document->root());

  std::string texts;
  for (const auto* node : std::get<std::vector<markup_node>>(*value)) texts += text_of(node, 10);
  EXPECT_EQ(texts, "abc");
}

TEST(xpath_reader, says_what_is_wrong_with_an_expression) {
  EXPECT_EQ(xpath_mistake("//a[", xpath_need::nodes), "Invalid expression");
  EXPECT_EQ(xpath_mistake("nothing()", xpath_need::value), "Unregistered function");
  EXPECT_EQ(xpath_mistake("x:a", xpath_need::nodes), "Undefined namespace prefix");
  EXPECT_EQ(xpath_mistake("//a[$b]", xpath_need::nodes), "");
  EXPECT_EQ(xpath_mistake("count(//a)", xpath_need::nodes),
            "it gives a text, an expression that gives nodes is needed");
  EXPECT_EQ(xpath_mistake("count(//a)", xpath_need::value), "");
}

TEST(xpath_reader, stops_an_expression_that_never_seems_to_end) {
  std::string html = "<div>";
  for (int item = 0; item < 100'000; ++item) html += "<i></i>";
  const auto document = markup_document::parse_html(html);
  xpath_reader reader{*document};
  const auto compiled = reader.compile("//i[count(preceding-sibling::*) mod 7 = 3]");

  const auto value = reader.evaluate(*compiled, document->root());

  ASSERT_FALSE(value);
  EXPECT_EQ(value.error(), "it needs more than 10000000 steps");
}

TEST(xpath_reader, does_not_give_namespace_nodes) {
  const auto document = markup_document::parse_xml("<a xmlns:b='c'/>");
  xpath_reader reader{*document};
  const auto compiled = reader.compile("//namespace::*");

  const auto value = reader.evaluate(*compiled, document->root());

  EXPECT_TRUE(std::get<std::vector<markup_node>>(*value).empty());
}

}  // namespace
}  // namespace livesearch
