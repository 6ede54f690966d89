// The tree that is made quickly, beside libxml2's own of the same page.
#include "livesearch/site/answer/html_tree.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <libxml/HTMLparser.h>
#include <libxml/tree.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "livesearch/site/answer/markup.hpp"
#include "livesearch/site/answer/quiet_xml.hpp"

namespace livesearch {
namespace {

std::string text_of(const xmlChar* text) {
  return text == nullptr ? "-" : fmt::format("'{}'", reinterpret_cast<const char*>(text));
}

// Everything that is known of the nodes below one, and whether they are linked both ways.
std::string told(const xmlNode& parent) {
  std::string all;
  const xmlNode* before = nullptr;
  for (const auto* each = parent.children; each != nullptr; each = each->next) {
    const bool is_linked = each->prev == before && each->parent == &parent;
    before = each;
    all += fmt::format("({}{}{}", is_linked ? "" : "!", static_cast<int>(each->type),
                       text_of(each->name));
    if (each->type != XML_ELEMENT_NODE) {
      all += each->type == XML_DTD_NODE ? "" : text_of(each->content);
    } else {
      for (const auto* at = each->properties; at != nullptr; at = at->next) {
        all += fmt::format(" {}#{}{}", text_of(at->name), static_cast<int>(at->atype),
                           told(*reinterpret_cast<const xmlNode*>(at)));
      }
      all += told(*each);
    }
    all += ")";
  }
  return parent.last == before ? all : all + "!";
}

struct document_release {
  void operator()(xmlDoc* document) const noexcept { xmlFreeDoc(document); }
};

std::string made_by_libxml2(const std::string& html) {
  const quiet_xml quiet;
  const std::unique_ptr<xmlDoc, document_release> made{
      htmlReadMemory(html.data(), static_cast<int>(html.size()), nullptr, "UTF-8",
                     HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                         HTML_PARSE_NONET | HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC)};
  return xmlDocGetRootElement(made.get()) != nullptr
             ? told(*reinterpret_cast<const xmlNode*>(made.get()))
             : "nothing";
}

std::string made_quickly(const std::string& html) {
  const auto document = markup_document::parse_html(html);
  return document ? told(*document->top()) : "nothing";
}

std::string random_page(unsigned seed) {
  static constexpr const char* pieces[] = {"<div",
                                           "<p",
                                           "<a",
                                           "<b",
                                           "<ul><li",
                                           "<table><td",
                                           "<svg:a",
                                           "<script",
                                           "<pre",
                                           "<br",
                                           "<title",
                                           " id",
                                           " name",
                                           " class",
                                           " xml:id",
                                           " checked",
                                           " x:y",
                                           " xmlns",
                                           "=''",
                                           "='a b'",
                                           "=x&amp;y",
                                           "=\"0123456789abcdef\"",
                                           "='012345678901234'",
                                           "=\"\xC3\xA4\"",
                                           ">",
                                           ">",
                                           ">",
                                           ">",
                                           "/>",
                                           "</div>",
                                           "</p>",
                                           "</a>",
                                           "</ul>",
                                           "</table>",
                                           "</script>",
                                           "</title>",
                                           "text",
                                           " ",
                                           "\n  ",
                                           "&lt;",
                                           "&nbsp;",
                                           "&#228;",
                                           "&none;",
                                           "0123456789abcde",
                                           "0123456789abcdef",
                                           "<!-- c -->",
                                           "<?pi?>",
                                           "<![CDATA[x]]>",
                                           "<!DOCTYPE html>",
                                           "<html lang=a>",
                                           "<body class=b>",
                                           "\xC3\xA4"};
  std::mt19937 random{seed};
  std::string html;
  for (auto count = random() % 60; count > 0; --count) html += pieces[random() % std::size(pieces)];
  return html;
}

RC_GTEST_PROP(html_tree, is_what_libxml2_makes_of_any_page, (unsigned seed)) {
  const auto html = random_page(seed);
  RC_LOG() << html << "\n";

  RC_ASSERT(made_quickly(html) == made_by_libxml2(html));
}

TEST(html_tree, is_what_libxml2_makes_of_pages_that_are_too_deep_or_large) {
  std::string deep;
  for (int depth = 0; depth < 300; ++depth) deep += "<div a=b>text";
  const auto large = "<p title='" + std::string(5000, 'x') + "'>" + std::string(100'000, 'y') +
                     "&amp;" + std::string(1000, 'z');

  EXPECT_EQ(made_quickly(deep), made_by_libxml2(deep));
  EXPECT_EQ(made_quickly(large), made_by_libxml2(large));
}

}  // namespace
}  // namespace livesearch
