#include <gtest/gtest.h>

#include <algorithm>

#include "livesearch/demo/demonstration.hpp"
#include "livesearch/site/extraction.hpp"
#include "livesearch/site/request.hpp"
#include "livesearch/sites/carried_sites.hpp"

// The demonstration sites and their definitions were written by the same people, but they meet only
// here: what one answers must be what the other reads.

namespace livesearch {
namespace {

constexpr std::string_view base = "http://127.0.0.1:4711";

/// Asks the demonstration as a fetcher would, without a socket.
genstage::result<std::vector<hit>> search(std::string_view id, std::string_view query) {
  static const demonstration sites{std::string{base}};
  for (const auto& site : load_definitions(demonstration_site_files(base)).definitions) {
    if (site.id != id) continue;
    const auto request = make_request(site, {.text = std::string{query}});
    if (!request) return std::unexpected{request.error()};
    const auto answer = sites.answer(std::string_view{request->url}.substr(base.size()));
    return extract(
        site,
        {.body = answer.body, .content_type = answer.content_type, .final_url = request->url});
  }
  return genstage::fail(genstage::errc::not_found, "no such site");
}

class demonstration_site : public testing::TestWithParam<const char*> {};

TEST_P(demonstration_site, yields_titles_snippets_and_links_to_pages_that_are_there) {
  const auto hits = search(GetParam(), "stage");

  ASSERT_TRUE(hits.has_value()) << hits.error().message;
  ASSERT_GE(hits->size(), 5U);
  for (const auto& each : *hits) {
    EXPECT_FALSE(each.title.empty());
    EXPECT_FALSE(each.snippet.empty()) << each.title;
    EXPECT_EQ(each.snippet.find('<'), std::string::npos) << each.snippet;
    ASSERT_TRUE(each.url.starts_with(base)) << each.url;
    const auto page = demonstration{}.answer(each.url.substr(base.size()));
    EXPECT_EQ(page.status, 200U) << each.url;
    EXPECT_TRUE(page.body.find("<h1>") != std::string::npos) << each.url;
  }
}

TEST_P(demonstration_site, yields_no_hits_and_no_error_for_what_it_does_not_have) {
  const auto hits = search(GetParam(), "xylophone");

  ASSERT_TRUE(hits.has_value()) << hits.error().message;
  EXPECT_TRUE(hits->empty());
}

TEST_P(demonstration_site, is_not_confused_by_markup_in_a_query) {
  const auto hits = search(GetParam(), "</li></ol>]]><script>\"'&");

  ASSERT_TRUE(hits.has_value()) << hits.error().message;
  EXPECT_TRUE(hits->empty());
}

INSTANTIATE_TEST_SUITE_P(each, demonstration_site,
                         testing::Values("handbook", "tracker", "journal"),
                         [](const auto& each) { return std::string{each.param}; });

TEST(demonstration_sites, have_the_best_document_first) {
  EXPECT_EQ(search("handbook", "demand conversation")->front().title, "The demand conversation");
  EXPECT_EQ(search("journal", "prototype")->front().title, "A prototype in a few days");
  EXPECT_EQ(search("tracker", "queue grows")->front().title,
            "The queue grows without bound when a site slows down");
}

}  // namespace
}  // namespace livesearch
