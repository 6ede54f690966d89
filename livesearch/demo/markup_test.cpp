#include "livesearch/demo/markup.hpp"

#include <gtest/gtest.h>

namespace livesearch::demo {
namespace {

TEST(escape_markup, leaves_nothing_that_opens_an_element_an_entity_or_an_attribute) {
  EXPECT_EQ(escape_markup(R"(<a href="x" title='y'>&amp;)"),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;");
}

TEST(escape_markup, replaces_what_xml_does_not_allow) {
  EXPECT_EQ(escape_markup("a\x01"
                          "b\x1F"
                          "c"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c");
  EXPECT_EQ(escape_markup("x\xEF\xBF\xBEy"), "x\xEF\xBF\xBDy");
}

TEST(escape_markup, keeps_letters_of_every_language_and_line_ends) {
  EXPECT_EQ(escape_markup("Pune पुणे\tüber\n"), "Pune पुणे\tüber\n");
}

TEST(render_html, makes_paragraphs_lists_and_code) {
  const auto html = render_html(
      "One *small* step for **any** `stage`.\n\n- first\n  goes on\n- second\n\n"
      "```\na < b\n\nc\n```\n\nLast.");

  EXPECT_EQ(html,
            "<p>One <em>small</em> step for <strong>any</strong> <code>stage</code>.</p>\n"
            "<ul>\n<li>first\n  goes on</li>\n<li>second</li>\n</ul>\n"
            "<pre><code>a &lt; b\n\nc\n</code></pre>\n"
            "<p>Last.</p>\n");
}

TEST(render_html, takes_a_mark_without_its_partner_for_text) {
  EXPECT_EQ(render_html("2 * 3 and a lone `"), "<p>2 * 3 and a lone `</p>\n");
}

TEST(render_html, takes_elements_in_the_text_for_text) {
  EXPECT_EQ(render_html("`<script>`"), "<p><code>&lt;script&gt;</code></p>\n");
}

TEST(render_html, survives_a_fence_that_is_never_closed) {
  EXPECT_EQ(render_html("```\nx"), "<pre><code>x</code></pre>\n");
  EXPECT_EQ(render_html("```"), "<pre><code></code></pre>\n");
}

TEST(plain_text, drops_the_marks_and_folds_the_lines) {
  EXPECT_EQ(plain_text("One **big**\nline.\n\n- a `b`\n- c\n\n```\nx  y\n```\n"),
            "One big line. a b c x y ");
}

}  // namespace
}  // namespace livesearch::demo
