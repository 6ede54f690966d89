#include "livesearch/site/answer/markup_memory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "livesearch/site/answer/markup.hpp"

namespace livesearch {
namespace {

TEST(markup_memory, what_libxml2_remembers_of_a_document_does_not_outlive_it) {
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_FALSE(markup_document::parse_xml(fmt::format("<a>{}</b>", turn)));
    const auto next = markup_document::parse_html("<p>a page <b>after a broken feed");

    ASSERT_TRUE(next);
    EXPECT_EQ(next->root_text(100), "a page after a broken feed");
  }
}

TEST(markup_memory, documents_of_one_thread_do_not_share_any) {
  auto first = std::make_optional(markup_document::parse_html("<p title=one>first"));
  const auto second = markup_document::parse_html("<p title=two>second");
  ASSERT_TRUE(*first && second);

  first.reset();

  EXPECT_EQ(second->root_text(100), "second");
}

TEST(markup_memory, a_document_of_many_megabytes_is_read_whole) {
  std::string html;
  for (int index = 0; index < 20'000; ++index) {
    html += fmt::format("<p class='a b c' title=\"{}\">paragraph {}</p>\n", std::string(90, 'x'),
                        index);
  }
  html += "<h1>" + std::string(200'000, 'y') + "</h1>";

  const auto document = markup_document::parse_html(html);

  ASSERT_TRUE(document);
  EXPECT_TRUE(document->root_text(10'000'000).ends_with("y"));
}

}  // namespace
}  // namespace livesearch
