#include "livesearch/demo/demonstration.hpp"

#include "demo_corpus.hpp"

#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace livesearch {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

struct free_xml {
  void operator()(xmlDoc* doc) const { xmlFreeDoc(doc); }
};
using xml_document = std::unique_ptr<xmlDoc, free_xml>;

xml_document parse_xml(const std::string& text) {
  return xml_document{xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR)};
}

std::size_t count(std::string_view text, std::string_view piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + 1)) {
    ++found;
  }
  return found;
}

/// What stands between each pair of `open` and `close`.
std::vector<std::string> between(std::string_view text, std::string_view open,
                                 std::string_view close) {
  std::vector<std::string> found;
  for (auto at = text.find(open); at != std::string_view::npos; at = text.find(open, at)) {
    at += open.size();
    found.emplace_back(text.substr(at, text.find(close, at) - at));
  }
  return found;
}

const demonstration& sites() {
  static const demonstration instance;
  return instance;
}

TEST(demonstration, has_a_corpus_of_which_every_document_is_sound) {
  std::set<std::string> titles;
  for (const auto& file : demo::demo_corpus()) {
    const auto doc = demo::parse_document(file.path, file.content);

    ASSERT_TRUE(doc.has_value()) << doc.error().message;
    EXPECT_TRUE(titles.insert(doc->title).second) << doc->title;
    EXPECT_GT(doc->body.size(), 300U) << file.path;
    for (const auto& site : doc->sites) {
      EXPECT_TRUE(site == "handbook" || site == "tracker" || site == "journal") << site;
    }
  }
  EXPECT_GE(titles.size(), 30U);
}

TEST(demonstration, finds_the_words_of_the_story_on_all_three_sites) {
  for (const auto* word : {"stage", "demand", "queue", "crash", "consumer", "time", "search"}) {
    const std::string query = std::string{"?q="} + word;

    const auto handbook = sites().answer("/handbook/search" + query);
    const auto tracker = sites().answer("/tracker/api/search" + query);
    const auto journal = sites().answer("/journal/search.rss" + query);

    EXPECT_GE(count(handbook.body, "<li class=\"result\">"), 3U) << word;
    EXPECT_GE(json::parse(tracker.body)["data"]["issues"].size(), 3U) << word;
    EXPECT_GE(count(journal.body, "<item>"), 3U) << word;
  }
}

TEST(demonstration, links_every_result_to_a_page_that_is_there) {
  const auto handbook = sites().answer("/handbook/search?q=stage&limit=50");
  const auto tracker = json::parse(sites().answer("/tracker/api/search?q=stage&limit=50").body);
  const auto journal = sites().answer("/journal/search.rss?q=stage&limit=50");

  std::vector<std::string> targets;
  for (const auto& link : between(handbook.body, "class=\"title\" href=\"", "\"")) {
    targets.push_back("/handbook/" + link);
  }
  for (const auto& issue : tracker["data"]["issues"]) targets.push_back(issue["links"]["html"]);
  for (const auto& link : between(journal.body, "<link>", "</link>")) targets.push_back(link);

  EXPECT_GE(targets.size(), 20U);
  for (const auto& target : targets) {
    const auto page = sites().answer(target);
    EXPECT_EQ(page.status, 200U) << target;
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8") << target;
    EXPECT_EQ(page.delay, 0ms) << target;
  }
}

TEST(demonstration, answers_the_same_target_with_the_same_bytes) {
  const demonstration other;

  for (const auto* target :
       {"/handbook/search?q=stage", "/tracker/api/search?q=stage", "/journal/search.rss?q=stage"}) {
    EXPECT_EQ(sites().answer(target).body, other.answer(target).body);
  }
}

TEST(demonstration, makes_only_the_journal_slow_and_only_its_search) {
  EXPECT_EQ(sites().answer("/handbook/search?q=stage").delay, 0ms);
  EXPECT_EQ(sites().answer("/tracker/api/search?q=stage").delay, 0ms);
  EXPECT_EQ(sites().answer("/journal/search.rss?q=stage").delay, 1500ms);
  EXPECT_EQ(sites().answer("/journal/").delay, 0ms);
}

TEST(demonstration, gives_the_feed_absolute_links_when_it_knows_its_address) {
  const demonstration known{"http://127.0.0.1:4711"};

  const auto feed = known.answer(demo_shape::journal, "/journal/search.rss?q=prototype");

  EXPECT_NE(feed.body.find("<link>http://127.0.0.1:4711/journal/entries/prototype-in-a-few-days"),
            std::string::npos);
  EXPECT_EQ(feed.content_type, "application/rss+xml; charset=utf-8");
}

TEST(demonstration, serves_a_feed_that_an_xml_reader_accepts) {
  const auto feed = sites().answer("/journal/search.rss?q=stage");

  const auto doc = parse_xml(feed.body);

  ASSERT_NE(doc, nullptr);
  EXPECT_NE(feed.body.find("<pubDate>Tue, 17 Feb 2026 00:00:00 GMT</pubDate>"), std::string::npos);
}

TEST(demonstration, never_lets_a_query_become_markup) {
  const std::string query =
      "%3C%2Ftitle%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%26%01%5D%5D%3E";

  const auto handbook = sites().answer("/handbook/search?q=" + query);
  const auto tracker = sites().answer("/tracker/api/search?q=" + query);
  const auto journal = sites().answer("/journal/search.rss?q=" + query);

  EXPECT_EQ(handbook.body.find("<script>"), std::string::npos);
  EXPECT_EQ(journal.body.find("<script>"), std::string::npos);
  EXPECT_NE(parse_xml(journal.body), nullptr);
  EXPECT_EQ(json::parse(tracker.body)["meta"]["query"],
            "</title><script>alert(1)</script>\"'&\x01]]>");
}

TEST(demonstration, keeps_a_query_in_its_attribute) {
  const auto page = sites().answer("/handbook/search?q=%22+onfocus%3Dalert(1)+x%3D%22");

  EXPECT_NE(page.body.find("value=\"&quot; onfocus=alert(1) x=&quot;\""), std::string::npos);
}

TEST(demonstration, prompts_for_words_when_the_query_is_empty) {
  const auto handbook = sites().answer("/handbook/search?q=");
  const auto tracker = sites().answer("/tracker/api/search?q=+");
  const auto journal = sites().answer("/journal/search.rss");

  EXPECT_EQ(handbook.status, 200U);
  EXPECT_NE(handbook.body.find("class=\"prompt\""), std::string::npos);
  EXPECT_EQ(tracker.status, 400U);
  EXPECT_EQ(json::parse(tracker.body)["error"]["message"], "q: must contain at least one word");
  EXPECT_EQ(journal.status, 200U);
  EXPECT_EQ(count(journal.body, "<item>"), 0U);
}

TEST(demonstration, says_so_when_nothing_is_found) {
  const auto handbook = sites().answer("/handbook/search?q=xylophone");
  const auto tracker = sites().answer("/tracker/api/search?q=xylophone");
  const auto journal = sites().answer("/journal/search.rss?q=xylophone");

  EXPECT_EQ(handbook.status, 200U);
  EXPECT_NE(handbook.body.find("No page of the handbook has <b>xylophone</b>"), std::string::npos);
  EXPECT_EQ(count(handbook.body, "class=\"result\""), 0U);
  EXPECT_EQ(tracker.status, 200U);
  EXPECT_EQ(json::parse(tracker.body)["data"]["issues"], json::array());
  EXPECT_EQ(count(journal.body, "<item>"), 0U);
}

TEST(demonstration, returns_no_more_results_than_were_asked_for) {
  const auto page = sites().answer("/handbook/search?q=stage&limit=2");

  EXPECT_EQ(count(page.body, "<li class=\"result\">"), 2U);
}

TEST(demonstration, refuses_a_target_that_cannot_be_read) {
  for (const auto* target :
       {"/handbook/search?q=%FF", "/tracker/api/search?q=%zz", "/journal/ x"}) {
    EXPECT_EQ(sites().answer(target).status, 400U) << target;
  }
}

TEST(demonstration, answers_404_for_what_is_not_there) {
  for (const auto* target :
       {"/handbook/doc/none", "/handbook/doc/../doc/buffers", "/tracker/issues/0",
        "/tracker/issues/999", "/tracker/issues/1x", "/tracker/api/none", "/journal/entries/",
        "/handbooks/search?q=stage", "/etc/passwd", ""}) {
    EXPECT_EQ(sites().answer(target).status, 404U) << target;
  }
}

TEST(demonstration, has_a_front_page_for_itself_and_for_each_site) {
  for (const auto* target : {"/", "/handbook/", "/tracker/", "/journal/", "/tracker"}) {
    EXPECT_EQ(sites().answer(target).status, 200U) << target;
  }
}

}  // namespace
}  // namespace livesearch
