#include <gtest/gtest.h>

#include <algorithm>

#include "livesearch/query/site_translation.hpp"
#include "livesearch/site/extraction.hpp"
#include "livesearch/site/request.hpp"
#include "livesearch/sites/carried_sites.hpp"

// Answers written by hand in the shape that each interface's documentation describes. They show
// that a definition reads what it says it reads; only a live check shows that the site still
// answers like that.

namespace livesearch {
namespace {

using namespace std::chrono_literals;

struct sample {
  std::string site;
  std::string content_type;
  std::string body;
  std::vector<hit> expected;
};

std::vector<sample> code_samples() {
  return {
      {"github_repositories",
       "application/json; charset=utf-8",
       R"({"total_count": 1, "incomplete_results": false, "items": [
            {"id": 1, "name": "gen_stage", "full_name": "elixir-lang/gen_stage",
             "owner": {"login": "elixir-lang", "html_url": "https://github.com/elixir-lang"},
             "html_url": "https://github.com/elixir-lang/gen_stage",
             "description": "Producer & consumer <actors>", "url": "https://api.github.com/x"},
            {"id": 2, "full_name": "a/b", "html_url": "https://github.com/a/b",
             "description": null}]})",
       {{"elixir-lang/gen_stage", "https://github.com/elixir-lang/gen_stage",
         "Producer & consumer <actors>"},
        {"a/b", "https://github.com/a/b", ""}}},
      {"crates_io",
       "application/json; charset=utf-8",
       R"({"crates": [{"id": "serde", "name": "serde", "description": "A framework\n",
            "max_version": "1.0.0", "downloads": 1, "exact_match": true}],
           "meta": {"total": 1, "next_page": null, "prev_page": null}})",
       {{"serde", "https://crates.io/crates/serde", "A framework"}}},
      {"npm",
       "application/json",
       R"({"objects": [{"package": {"name": "@scope/stage", "version": "1.2.3",
            "description": "Stages", "links": {"npm": "https://www.npmjs.com/package/@scope/stage",
            "homepage": "https://example.org"}}, "score": {"final": 0.9}, "searchScore": 100}],
           "total": 1, "time": "2026-01-01T00:00:00.000Z"})",
       {{"@scope/stage", "https://www.npmjs.com/package/@scope/stage", "Stages"}}},
      {"stack_overflow",
       "application/json; charset=utf-8",
       R"({"items": [{"tags": ["c++"], "question_score": 3, "is_answered": true,
            "question_id": 4711, "item_type": "question", "score": 3,
            "title": "What does &quot;std::move&quot; do?",
            "excerpt": "… of a <span class=\"highlight\">stage</span> &amp; more …"},
           {"item_type": "answer", "answer_id": 9, "question_id": 12, "title": "Two",
            "excerpt": "x"}],
           "has_more": true, "quota_max": 300, "quota_remaining": 299})",
       {{"What does \"std::move\" do?", "https://stackoverflow.com/questions/4711",
         "… of a stage & more …"},
        {"Two", "https://stackoverflow.com/questions/12", "x"}}},
      {"hacker_news",
       "application/json; charset=utf-8",
       R"({"hits": [
            {"objectID": "101", "title": "A story", "url": "https://example.org/", "author": "a",
             "points": 3, "story_text": null, "_tags": ["story"],
             "_highlightResult": {"title": {"value": "A <em>story</em>"}}},
            {"objectID": "102", "title": "Ask HN: Stages?", "url": null,
             "story_text": "I wonder &#x27;why&#x27;.<p>Next"}],
           "nbHits": 2, "page": 0, "nbPages": 1, "hitsPerPage": 10})",
       {{"A story", "https://news.ycombinator.com/item?id=101", ""},
        {"Ask HN: Stages?", "https://news.ycombinator.com/item?id=102", "I wonder 'why'. Next"}}},
  };
}

sample wiki_sample(const std::string& id, const std::string& host) {
  return {id,
          "application/json; charset=utf-8",
          R"({"batchcomplete": true, "continue": {"sroffset": 10, "continue": "-||"},
              "query": {"searchinfo": {"totalhits": 2}, "search": [
                {"ns": 0, "title": "Producer–consumer problem",
                 "snippet": "the <span class=\"searchmatch\">producer</span> &amp; the consumer"},
                {"ns": 0, "title": "Actor model", "snippet": ""}]}})",
          {{"Producer–consumer problem",
            "https://" + host + "/wiki/Producer%E2%80%93consumer%20problem",
            "the producer & the consumer"},
           {"Actor model", "https://" + host + "/wiki/Actor%20model", ""}}};
}

std::vector<sample> library_samples() {
  return {
      wiki_sample("wikipedia", "en.wikipedia.org"),
      wiki_sample("wiktionary", "en.wiktionary.org"),
      {"crossref",
       "application/json",
       R"({"status": "ok", "message-type": "work-list", "message": {"total-results": 3, "items": [
            {"title": ["On <i>stages</i>"], "URL": "https://doi.org/10.5555/12345678",
             "abstract": "<jats:p>Demand &amp; supply.</jats:p>"},
            {"title": ["No abstract"], "URL": "https://doi.org/10.5555/2"},
            {"URL": "https://doi.org/10.5555/3"}]}})",
       {{"On stages", "https://doi.org/10.5555/12345678", "Demand & supply."},
        {"No abstract", "https://doi.org/10.5555/2", ""}}},
      {"open_library",
       "application/json",
       R"({"numFound": 1, "start": 0, "numFoundExact": true, "docs": [
            {"key": "/works/OL45804W", "title": "Fantastic Mr Fox",
             "author_name": ["Roald Dahl", "Somebody"]},
            {"key": "/works/OL2W", "title": "Anonymous"}], "q": "fox"})",
       {{"Fantastic Mr Fox", "https://openlibrary.org/works/OL45804W", "Roald Dahl"},
        {"Anonymous", "https://openlibrary.org/works/OL2W", ""}}},
      {"internet_archive",
       "application/json",
       R"({"responseHeader": {"status": 0}, "response": {"numFound": 2, "start": 0, "docs": [
            {"identifier": "some_item", "title": "An item", "description": "<p>About it</p>"},
            {"identifier": "other-item.v2", "title": "Other", "description": ["one", "two"]}]}})",
       {{"An item", "https://archive.org/details/some_item", "About it"},
        {"Other", "https://archive.org/details/other-item.v2", ""}}},
      {"musicbrainz",
       "application/json; charset=utf-8",
       R"({"created": "2026-01-01T00:00:00.000Z", "count": 2, "offset": 0, "artists": [
            {"id": "5b11f4ce-a62d-471e-81fc-a69a8278c7da", "type": "Group", "score": 100,
             "name": "Nirvana", "sort-name": "Nirvana", "country": "US",
             "disambiguation": "1980s-1990s US grunge band"},
            {"id": "9282c8b4-ca0b-4c6b-b7e3-4f7762dfc4d6", "score": 90, "name": "Nirvana"}]})",
       {{"Nirvana", "https://musicbrainz.org/artist/5b11f4ce-a62d-471e-81fc-a69a8278c7da",
         "1980s-1990s US grunge band"},
        {"Nirvana", "https://musicbrainz.org/artist/9282c8b4-ca0b-4c6b-b7e3-4f7762dfc4d6", ""}}},
      {"arxiv",
       "application/atom+xml; charset=UTF-8",
       R"(<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <link href="http://arxiv.org/api/query?search_query=all:stage" rel="self"/>
  <title type="html">ArXiv Query: search_query=all:stage</title>
  <id>http://arxiv.org/api/x</id>
  <opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
    >1</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/2301.00001v2</id>
    <updated>2023-01-02T00:00:00Z</updated><published>2023-01-01T00:00:00Z</published>
    <title>On the Demand of
  Stages</title>
    <summary>  We ask whether $a &lt; b$ holds.
</summary>
    <author><name>A. Author</name></author>
    <link href="http://arxiv.org/abs/2301.00001v2" rel="alternate" type="text/html"/>
    <link title="pdf" href="http://arxiv.org/pdf/2301.00001v2" rel="related"
          type="application/pdf"/>
    <category term="cs.DC" scheme="http://arxiv.org/schemas/atom"/>
  </entry>
</feed>)",
       {{"On the Demand of Stages", "http://arxiv.org/abs/2301.00001v2",
         "We ask whether $a < b$ holds."}}},
  };
}

std::vector<sample> samples() {
  auto all = code_samples();
  for (auto& each : library_samples()) all.push_back(std::move(each));
  return all;
}

TEST(public_sites, each_have_a_sample_answer) {
  const auto all = samples();

  for (const auto& site : load_definitions(public_site_files()).definitions) {
    EXPECT_EQ(std::ranges::count(all, site.id, &sample::site), 1) << site.id;
  }
}

TEST(public_sites, read_answers_of_the_documented_shape) {
  const auto loaded = load_definitions(public_site_files());

  for (const auto& each : samples()) {
    const auto site = std::ranges::find(loaded.definitions, each.site, &site_definition::id);
    ASSERT_NE(site, loaded.definitions.end()) << each.site;
    const auto request = make_request(*site, {.text = "stage"});
    ASSERT_TRUE(request.has_value()) << each.site;

    const auto hits = extract(
        *site, {.body = each.body, .content_type = each.content_type, .final_url = request->url});

    ASSERT_TRUE(hits.has_value()) << each.site << ": " << hits.error().message;
    ASSERT_EQ(hits->size(), each.expected.size()) << each.site;
    for (std::size_t at = 0; at < hits->size(); ++at) {
      EXPECT_EQ(hits->at(at).title, each.expected[at].title) << each.site;
      EXPECT_EQ(hits->at(at).url, each.expected[at].url) << each.site;
      EXPECT_EQ(hits->at(at).snippet, each.expected[at].snippet) << each.site;
    }
  }
}

TEST(public_sites, are_asked_in_their_own_words_for_languages_time_ranges_and_pages) {
  const auto loaded = load_definitions(public_site_files());
  constexpr auto noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + 12h;
  const auto url = [&](std::string_view id, std::string_view query) {
    const auto& site = *std::ranges::find(loaded.definitions, id, &site_definition::id);
    return make_request(site, translate(*parse_query(query), site, 2).asked, noon)->url;
  };

  EXPECT_EQ(url("hacker_news", "stage newer:week"),
            "https://hn.algolia.com/api/v1/search?query=stage&tags=story&hitsPerPage=10&page=1"
            "&numericFilters=created_at_i%3E1795176000");
  EXPECT_EQ(url("stack_overflow", "stage newer:day"),
            "https://api.stackexchange.com/2.3/search/excerpts?order=desc&sort=relevance&q=stage"
            "&site=stackoverflow&pagesize=10&page=2&fromdate=1795694400");
  EXPECT_EQ(url("github_repositories", "\"back pressure\" -java newer:month"),
            "https://api.github.com/search/repositories?q=%22back%20pressure%22%20NOT%20java"
            "+pushed:%3E%3D2026-10-28&per_page=10&page=2");
  EXPECT_EQ(url("crossref", "stage newer:year"),
            "https://api.crossref.org/works?query=stage&rows=10&offset=10"
            "&select=title,URL,abstract&filter=from-pub-date:2025-11-27");
  EXPECT_EQ(url("open_library", "stage lang:de"),
            "https://openlibrary.org/search.json?q=stage+language%3Ager&limit=10&page=2"
            "&fields=key,title,author_name");
}

TEST(public_sites, say_what_they_cannot_be_asked) {
  const auto loaded = load_definitions(public_site_files());

  for (const auto& site : loaded.definitions) {
    const auto made = translate(*parse_query("stage lang:de newer:week"), site);
    const auto says = [&](std::string_view what) {
      return std::ranges::any_of(made.remarks,
                                 [&](const std::string& each) { return each.contains(what); });
    };
    EXPECT_NE(says("language"), !made.asked.language.empty()) << site.id;
    EXPECT_NE(says("last week"), !made.asked.newer.empty()) << site.id;
  }
}

}  // namespace
}  // namespace livesearch
