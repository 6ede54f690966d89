#include "livesearch/demo/story.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace livesearch {
namespace {

/// What the page refers to on its own host: the values of `src` and `href` that begin with a slash.
std::vector<std::string> local_references(std::string_view page) {
  std::vector<std::string> found;
  for (const std::string_view attribute : {"src=\"/", "href=\"/"}) {
    for (auto at = page.find(attribute); at != page.npos; at = page.find(attribute, at + 1)) {
      const auto value = page.substr(at + attribute.size() - 1);
      found.emplace_back(value.substr(0, value.find('"')));
    }
  }
  return found;
}

TEST(story_test, is_a_page_whose_pictures_and_styles_are_all_there) {
  const auto page = answer_story("/story");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");

  std::size_t named = 0;
  for (const auto& reference : local_references(page->body)) {
    const auto file = answer_story(reference);
    ASSERT_TRUE(file) << reference;
    EXPECT_NE(file->content_type, page->content_type);
    EXPECT_FALSE(file->body.empty());
    ++named;
  }
  EXPECT_GE(named, 6U);
}

TEST(story_test, charts_are_read_in_light_and_in_dark) {
  const auto page = answer_story("/story");
  const auto first = page->body.find("/story/slow_");
  ASSERT_NE(first, std::string::npos);
  const auto chart = answer_story(page->body.substr(first, page->body.find('"', first) - first));

  ASSERT_TRUE(chart);
  EXPECT_TRUE(chart->body.contains("prefers-color-scheme: dark"));
  EXPECT_TRUE(chart->body.contains("<title"));
}

TEST(story_test, nothing_else_is_answered) {
  EXPECT_FALSE(answer_story("/storybook"));
  EXPECT_FALSE(answer_story("/story/no_such.svg"));
  EXPECT_FALSE(answer_story("/story/../page.html"));
  EXPECT_FALSE(answer_story("/"));
}

TEST(story_test, the_demonstration_has_it_and_links_to_it) {
  const demonstration sites;

  EXPECT_EQ(sites.answer("/story").status, 200U);
  EXPECT_TRUE(sites.answer("/").body.contains("href=\"/story\""));
}

}  // namespace
}  // namespace livesearch
