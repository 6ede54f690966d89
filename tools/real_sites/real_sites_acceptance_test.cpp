#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "livesearch/site/answer/plain_text.hpp"
#include "livesearch/site/extraction.hpp"
#include "livesearch/site/request.hpp"
#include "tools/real_sites/served_wikis.hpp"

// The definitions of two wikis that were not written for livesearch, read from what they really
// answer. The fetching here is as simple as can be; how livesearch fetches is tested elsewhere.

namespace livesearch {
namespace {

constexpr std::size_t whole_page = 100'000;

struct page {
  long status = 0;
  std::string content_type;
  std::string final_url;
  std::string body;
};

std::size_t append(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

page get(const std::string& url) {
  page got;
  CURL* const transfer = curl_easy_init();
  curl_easy_setopt(transfer, CURLOPT_URL, url.c_str());
  curl_easy_setopt(transfer, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(transfer, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(transfer, CURLOPT_MAXREDIRS, 3L);
  curl_easy_setopt(transfer, CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(transfer, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(transfer, CURLOPT_WRITEDATA, &got.body);
  if (curl_easy_perform(transfer) == CURLE_OK) {
    const char* text = nullptr;
    curl_easy_getinfo(transfer, CURLINFO_RESPONSE_CODE, &got.status);
    if (curl_easy_getinfo(transfer, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK && text != nullptr) {
      got.content_type = text;
    }
    if (curl_easy_getinfo(transfer, CURLINFO_EFFECTIVE_URL, &text) == CURLE_OK) {
      got.final_url = text;
    }
  }
  curl_easy_cleanup(transfer);
  return got;
}

/// Served once for all tests.
class real_sites : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    const char* const folder = std::getenv("LIVESEARCH_REAL_SITES");
    if (folder == nullptr) return;
    auto started = testing_tools::served_wikis::start(folder);
    if (!started) std::cerr << started.error().message << '\n';
    if (started) wikis.emplace(*std::move(started));
  }

  static void TearDownTestSuite() { wikis.reset(); }

  void SetUp() override {
    if (std::getenv("LIVESEARCH_REAL_SITES") == nullptr) {
      GTEST_SKIP() << "LIVESEARCH_REAL_SITES is not set; it names the folder that "
                      "tools/real_sites/setup.sh has filled";
    }
    ASSERT_TRUE(wikis.has_value());
  }

  static genstage::result<std::vector<hit>> search(std::string_view id, std::string_view query) {
    const auto loaded = load_definitions(wikis->definitions());
    for (const auto& error : loaded.errors) ADD_FAILURE() << to_string(error);
    const auto site = std::ranges::find(loaded.definitions, id, &site_definition::id);
    if (site == loaded.definitions.end()) {
      return genstage::fail(genstage::errc::not_found, "no such site");
    }
    const auto request = make_request(*site, {.text = std::string{query}});
    if (!request) return std::unexpected{request.error()};
    const auto answer = get(request->url);
    EXPECT_EQ(answer.status, 200);
    return extract(
        *site,
        {.body = answer.body, .content_type = answer.content_type, .final_url = answer.final_url});
  }

  static inline std::optional<testing_tools::served_wikis> wikis;
};

bool has_title(const std::vector<hit>& hits, std::string_view title) {
  return std::ranges::find(hits, title, &hit::title) != hits.end();
}

TEST_P(real_sites, yield_hits_whose_links_lead_to_the_pages_they_name) {
  const auto hits = search(GetParam(), "stage");

  ASSERT_TRUE(hits.has_value()) << hits.error().message;
  ASSERT_GE(hits->size(), 8U);
  for (const auto& each : *hits) {
    EXPECT_NE(each.snippet.find("tage"), std::string::npos) << each.snippet;
    EXPECT_EQ(each.snippet.find("<span"), std::string::npos) << each.snippet;
    const auto linked = get(each.url);
    EXPECT_EQ(linked.status, 200) << each.url;
    EXPECT_NE(text_of_html(linked.body, whole_page).find(each.title), std::string::npos)
        << each.title << " is not on " << each.url;
  }
}

TEST_P(real_sites, find_a_page_by_several_words) {
  const auto hits = search(GetParam(), "back pressure brake");

  ASSERT_TRUE(hits.has_value()) << hits.error().message;
  EXPECT_TRUE(has_title(*hits, "Back-pressure is a conversation, not a brake"));
}

TEST_P(real_sites, yield_no_hits_and_no_error_for_what_they_do_not_have) {
  const auto hits = search(GetParam(), "xylophone");

  ASSERT_TRUE(hits.has_value()) << hits.error().message;
  EXPECT_TRUE(hits->empty());
}

TEST_P(real_sites, are_not_confused_by_markup_in_a_query) {
  const auto hits = search(GetParam(), "\"><script>alert(1)</script>");

  ASSERT_TRUE(hits.has_value()) << hits.error().message;
}

INSTANTIATE_TEST_SUITE_P(each, real_sites,
                         testing::Values("mediawiki_html", "mediawiki_api", "dokuwiki"),
                         [](const auto& each) { return std::string{each.param}; });

/// What only one of them has.
class one_real_site : public real_sites {};

TEST_F(one_real_site, mediawiki_links_to_a_title_with_characters_that_urls_reserve) {
  for (const auto* id : {"mediawiki_html", "mediawiki_api"}) {
    const auto hits = search(id, "frame destroyed");
    ASSERT_TRUE(hits.has_value()) << hits.error().message;
    ASSERT_TRUE(has_title(*hits, "Questions & answers: C++ coroutines")) << id;

    const auto linked = get(hits->front().url);

    EXPECT_EQ(linked.status, 200) << hits->front().url;
    EXPECT_NE(linked.body.find("Why is"), std::string::npos) << hits->front().url;
  }
}

TEST_F(one_real_site, dokuwiki_finds_umlauts) {
  const auto hits = search("dokuwiki", "größtenteils");

  ASSERT_TRUE(hits.has_value()) << hits.error().message;
  ASSERT_EQ(hits->size(), 1U);
  EXPECT_EQ(hits->front().title, "Überblick: \"stages\" auf Deutsch");
}

}  // namespace
}  // namespace livesearch
