#include "livesearch/site/extraction.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "livesearch/site/hit_printer.hpp"

namespace livesearch {
namespace {

using genstage::errc;
using namespace std::string_literals;

site_definition html_site() {
  site_definition site;
  site.id = "wiki";
  site.answer = {.format = answer_format::html,
                 .results = {.kind = rule_kind::css, .expression = "li.hit"},
                 .title = {.kind = rule_kind::css, .expression = "a"},
                 .url = {.kind = rule_kind::css, .expression = "a", .attribute = "href"},
                 .snippet = {.kind = rule_kind::css, .expression = "p"}};
  return site;
}

genstage::result<std::vector<hit>> read_page(std::string_view body,
                                             const site_definition& site = html_site()) {
  return extract(site, {.body = body,
                        .content_type = "text/html; charset=utf-8",
                        .final_url = "https://wiki.example/search?q=x"});
}

std::string message(const genstage::result<std::vector<hit>>& read) {
  return read ? "" : read.error().message;
}

constexpr std::string_view page = R"(<!DOCTYPE html><html><body><ul>
<li class="hit first"><a href="/stage">The  <b>stage</b></a><p>Demand &amp; supply</p></li>
<li class="other"><a href="/no">No</a></li>
<li class="hit"><a href="https://other.example/x">Other</a></li>
</ul></body></html>)";

TEST(html_extraction, reads_title_url_and_snippet_of_each_result) {
  const auto hits = read_page(page);

  ASSERT_TRUE(hits);
  EXPECT_EQ(*hits, (std::vector<hit>{{"The stage", "https://wiki.example/stage", "Demand & supply"},
                                     {"Other", "https://other.example/x", ""}}));
}

TEST(html_extraction, reads_with_xpath_as_well) {
  auto site = html_site();
  site.answer.results = {.kind = rule_kind::xpath, .expression = "//li[a]"};
  site.answer.title = {.kind = rule_kind::xpath, .expression = "concat('Page: ', a)"};
  site.answer.url = {.kind = rule_kind::xpath, .expression = "a/@href"};

  const auto hits = read_page(page, site);

  ASSERT_TRUE(hits);
  ASSERT_EQ(hits->size(), 3U);
  EXPECT_EQ((*hits)[1], (hit{"Page: No", "https://wiki.example/no", ""}));
}

TEST(html_extraction, fills_a_url_from_other_fields) {
  auto site = html_site();
  site.answer.fields = {{"path", {.kind = rule_kind::css, .expression = "a", .attribute = "href"}}};
  site.answer.url = {.kind = rule_kind::url_template,
                     .expression = "https://mirror.example/?p={path}&t={title}"};

  const auto hits = read_page(page, site);

  ASSERT_TRUE(hits);
  EXPECT_EQ((*hits)[0].url, "https://mirror.example/?p=%2Fstage&t=The%20stage");
}

TEST(html_extraction, takes_an_attribute_of_the_result_itself) {
  auto site = html_site();
  site.answer.results = {.kind = rule_kind::css, .expression = "a"};
  site.answer.title = {.kind = rule_kind::xpath, .expression = "."};
  site.answer.url = {.kind = rule_kind::xpath, .expression = ".", .attribute = "href"};

  const auto hits = read_page(page, site);

  ASSERT_TRUE(hits);
  EXPECT_EQ((*hits)[0], (hit{"The stage", "https://wiki.example/stage", ""}));
}

TEST(html_extraction, keeps_to_the_limit_of_results) {
  auto site = html_site();
  site.limits.results = 1;

  EXPECT_EQ(read_page(page, site)->size(), 1U);
}

TEST(html_extraction, skips_results_without_title_or_web_url) {
  const auto hits = read_page(
      "<ul><li class=hit><a href='/a'> </a></li>"
      "<li class=hit><a>no address</a></li>"
      "<li class=hit><a href='javascript:alert(1)'>script</a></li>"
      "<li class=hit><a href='/good'>good</a></li></ul>");

  ASSERT_TRUE(hits);
  EXPECT_EQ(*hits, (std::vector<hit>{{"good", "https://wiki.example/good", ""}}));
}

TEST(html_extraction, says_when_no_result_could_be_used) {
  EXPECT_EQ(message(read_page("<ul><li class=hit>x</li><li class=hit>y</li></ul>")),
            "wiki: the answer cannot be read: 2 results were found, but none has a title and an "
            "http or https URL; answer discarded");
}

TEST(html_extraction, a_page_without_results_is_no_failure) {
  EXPECT_TRUE(read_page("<p>Nothing found.</p>")->empty());
}

TEST(html_extraction, reads_broken_html) {
  const auto hits = read_page("<ul><li class=hit><a href=/a>A<p>one<li class=hit><a href=/b>B</b>");

  ASSERT_TRUE(hits);
  ASSERT_EQ(hits->size(), 2U);
  EXPECT_EQ((*hits)[1], (hit{"B", "https://wiki.example/b", ""}));
}

TEST(html_extraction, starts_relative_urls_at_the_page_s_base) {
  const auto hits = read_page("<base href='/docs/'><ul><li class=hit><a href=a>A</a></ul>");

  EXPECT_EQ((*hits)[0].url, "https://wiki.example/docs/a");
}

TEST(html_extraction, replaces_what_is_not_utf8) {
  const auto hits = read_page("<ul><li class=hit><a href=/a>a\xFFz</a></ul>");

  EXPECT_EQ((*hits)[0].title, "a\xEF\xBF\xBDz");
}

TEST(html_extraction, reads_other_encodings) {
  const auto hits = extract(html_site(), {.body = "<ul><li class=hit><a href=/a>\xC4pfel</a></ul>",
                                          .content_type = "text/html; charset=iso-8859-1",
                                          .final_url = "https://wiki.example/"});

  EXPECT_EQ((*hits)[0].title, "\xC3\x84pfel");
}

TEST(html_extraction, cuts_long_texts) {
  const auto hits = read_page("<ul><li class=hit><a href=/a>" + std::string(5000, 't') + "</a><p>" +
                              std::string(5000, 's') + "</p></ul>");

  EXPECT_EQ((*hits)[0].title, std::string(300, 't') + "\xE2\x80\xA6");
  EXPECT_EQ((*hits)[0].snippet, std::string(1000, 's') + "\xE2\x80\xA6");
}

TEST(html_extraction, survives_a_page_nested_a_million_deep) {
  std::string body = "<ul><li class=hit><a href=/a>A</a></li></ul>";
  for (int depth = 0; depth < 1'000'000; ++depth) body += "<b>";

  EXPECT_EQ(read_page(body)->size(), 1U);
}

TEST(extraction, refuses_a_picture) {
  const auto read = extract(html_site(), {.body = "x", .content_type = "image/png"});

  EXPECT_EQ(read.error().code, errc::bad_answer);
  EXPECT_EQ(message(read),
            "wiki: the content type is image/png, HTML (text/html or application/xhtml+xml) is "
            "allowed; answer discarded");
}

TEST(extraction, shows_no_unprintable_content_type) {
  EXPECT_EQ(message(extract(html_site(), {.body = "x", .content_type = "a\x1B/\xFF"})),
            "wiki: the content type is a?/?, HTML (text/html or application/xhtml+xml) is "
            "allowed; answer discarded");
}

TEST(extraction, refuses_an_empty_answer) {
  EXPECT_EQ(message(read_page(" \n")),
            "wiki: the answer is empty, HTML (text/html or application/xhtml+xml) is needed; "
            "answer discarded");
}

TEST(extraction, refuses_a_binary_answer_whatever_it_is_called) {
  EXPECT_EQ(message(read_page("\x89PNG\r\n\x1A\n\0\0"s)),
            "wiki: the answer is binary, HTML (text/html or application/xhtml+xml) is needed; "
            "answer discarded");
}

TEST(extraction, an_answer_without_a_content_type_is_tried) {
  EXPECT_EQ(extract(html_site(), {.body = page, .final_url = "https://wiki.example/"})->size(), 2U);
}

TEST(extraction, refuses_a_rule_that_is_wrong) {
  auto site = html_site();
  site.answer.title.expression = "a:hover";

  const auto made = extractor::make(site);

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::invalid_argument);
  EXPECT_EQ(made.error().message,
            "wiki: answer.title: at character 2: unknown pseudo-class :hover, allowed are "
            ":first-child, :last-child, :nth-child() and :not(); site not used");
}

TEST(extraction, refuses_a_rule_that_does_not_fit_the_format) {
  auto site = html_site();
  site.answer.format = answer_format::json;

  EXPECT_EQ(extractor::make(site).error().message,
            "wiki: answer.results: at character 1: this kind of rule cannot be used here in a json "
            "answer; site not used");
}

TEST(extraction, bounds_the_work_of_an_expression) {
  auto site = html_site();
  site.answer.results = {.kind = rule_kind::xpath,
                         .expression = "//i[count(preceding-sibling::*) mod 7 = 3]"};
  std::string body = "<div>";
  for (int item = 0; item < 100'000; ++item) body += "<i></i>";

  EXPECT_EQ(message(read_page(body, site)),
            "wiki: the answer cannot be read: a rule could not be evaluated: it needs more than "
            "10000000 steps; answer discarded");
}

TEST(extraction, bounds_the_work_of_a_selector) {
  auto site = html_site();
  site.answer.results = {.kind = rule_kind::css, .expression = "b ~ i"};
  std::string body = "<div>";
  for (int item = 0; item < 6000; ++item) body += "<i></i>";

  EXPECT_EQ(message(read_page(body, site)),
            "wiki: the answer cannot be read: a rule could not be evaluated: it needs more than "
            "10000000 steps; answer discarded");
}

TEST(extraction, one_extractor_serves_several_threads) {
  const auto made = extractor::make(html_site());
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&made, &right] {
        for (int round = 0; round < 50; ++round) {
          const auto hits = made->extract(
              {.body = page, .content_type = "text/html", .final_url = "https://wiki.example/"});
          if (hits && hits->size() == 2) ++right;
        }
      });
    }
  }

  EXPECT_EQ(right, 200);
}

}  // namespace
}  // namespace livesearch
