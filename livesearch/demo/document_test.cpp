#include "livesearch/demo/document.hpp"

#include <gtest/gtest.h>

namespace livesearch::demo {
namespace {

TEST(document, is_read_with_its_front_matter) {
  const auto doc = parse_document("corpus/two-parts.md",
                                  "---\ntitle: Two parts: one text\ndate: 2026-01-10\n"
                                  "section: guide\nsites: handbook, journal\nstate: open\n---\n\n"
                                  "First.\n\nSecond.\n");

  ASSERT_TRUE(doc.has_value()) << doc.error().message;
  EXPECT_EQ(doc->slug, "two-parts");
  EXPECT_EQ(doc->title, "Two parts: one text");
  EXPECT_EQ(doc->date, "2026-01-10");
  EXPECT_EQ(doc->section, "guide");
  EXPECT_EQ(doc->sites, (std::vector<std::string>{"handbook", "journal"}));
  EXPECT_EQ(doc->state, "open");
  EXPECT_EQ(doc->body, "First.\n\nSecond.");
}

TEST(document, without_front_matter_is_refused) {
  const auto doc = parse_document("corpus/plain.md", "Only text.\n");

  ASSERT_FALSE(doc.has_value());
  EXPECT_EQ(doc.error().message,
            "corpus/plain.md: it must begin with a line of ---; document left out");
}

TEST(document, whose_front_matter_never_ends_is_refused) {
  const auto doc = parse_document("open.md", "---\ntitle: Open\n");

  ASSERT_FALSE(doc.has_value());
  EXPECT_EQ(doc.error().message,
            "open.md: its front matter must end with a line of ---; document left out");
}

TEST(document, with_an_unknown_key_is_refused_naming_the_known_ones) {
  const auto doc = parse_document("a.md", "---\ntitel: A\n---\n");

  ASSERT_FALSE(doc.has_value());
  EXPECT_EQ(doc.error().message,
            "a.md: front matter has \"titel\", known are title, date, section, sites and state; "
            "document left out");
}

TEST(document, with_a_date_in_words_is_refused) {
  const auto doc = parse_document("a.md", "---\ntitle: A\nsites: journal\ndate: May 2026\n---\n");

  ASSERT_FALSE(doc.has_value());
  EXPECT_EQ(doc.error().message,
            "a.md: date is \"May 2026\", must be like 2026-02-17; document left out");
}

}  // namespace
}  // namespace livesearch::demo
