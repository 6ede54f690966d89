#include <gtest/gtest.h>

#include "livesearch/site/extraction.hpp"
#include "livesearch/site/hit_printer.hpp"

namespace livesearch {
namespace {

field_rule path(std::string text) {
  return {.kind = rule_kind::path, .expression = std::move(text)};
}

site_definition json_site() {
  site_definition site;
  site.id = "api";
  site.answer = {.format = answer_format::json,
                 .results = path("query.search[*]"),
                 .title = path("title"),
                 .url = path("link"),
                 .snippet = path("snippet")};
  return site;
}

genstage::result<std::vector<hit>> read_json(std::string_view body,
                                             const site_definition& site = json_site()) {
  return extract(site, {.body = body,
                        .content_type = "application/json; charset=utf-8",
                        .final_url = "https://wiki.example/api.php?q=x"});
}

std::string message(const genstage::result<std::vector<hit>>& read) {
  return read ? "" : read.error().message;
}

TEST(json_extraction, reads_mediawikis_interface) {
  auto site = json_site();
  site.answer.url = {.kind = rule_kind::url_template,
                     .expression = "https://wiki.example/wiki/{title}"};

  const auto hits = read_json(R"({"batchcomplete":"","query":{"search":[
    {"ns":0,"title":"Back pressure","pageid":7,
     "snippet":"A <span class=\"searchmatch\">stage</span> asks&#160;first &amp; waits\n"}]}})",
                              site);

  ASSERT_TRUE(hits);
  EXPECT_EQ(*hits, (std::vector<hit>{{"Back pressure", "https://wiki.example/wiki/Back%20pressure",
                                      "A stage asks first & waits"}}));
}

TEST(json_extraction, keeps_a_title_as_it_is_written) {
  const auto hits =
      read_json(R"({"query":{"search":[{"title":"std::vector<int> &amp;","link":"/a"}]}})");

  EXPECT_EQ((*hits)[0], (hit{"std::vector<int> &amp;", "https://wiki.example/a", ""}));
}

TEST(json_extraction, turns_a_title_into_text_if_told_so) {
  auto site = json_site();
  site.answer.title.text = text_kind::html;

  const auto hits =
      read_json(R"({"query":{"search":[{"title":"a <b>b</b> &amp; c","link":"/a"}]}})", site);

  EXPECT_EQ((*hits)[0].title, "a b & c");
}

TEST(json_extraction, fills_numbers_into_urls) {
  auto site = json_site();
  site.answer.fields = {{"id", path("id")}};
  site.answer.url = {.kind = rule_kind::url_template, .expression = "/item?id={id}"};

  const auto hits =
      read_json(R"({"query":{"search":[{"title":"a","id":42},{"title":"b"}]}})", site);

  ASSERT_EQ(hits->size(), 1U);
  EXPECT_EQ((*hits)[0].url, "https://wiki.example/item?id=42");
}

TEST(json_extraction, what_is_no_text_is_replaced_and_a_byte_order_mark_left_out) {
  using namespace std::string_literals;
  const std::string expected = "a\uFFFDb";

  // A NUL in the first bytes would be taken for that of an image.
  const std::string start = R"({"about":")" + std::string(600, '-');
  for (const std::string& title : {"a\xFF"s + "b", "a\0b"s, "a\uFFFDb"s}) {
    for (const std::string before : {"", "\xEF\xBB\xBF"}) {
      const std::string body =
          before + start + R"(","query":{"search":[{"title":")" + title + R"(","link":"/a"}]}})";

      const auto hits = read_json(body);

      ASSERT_TRUE(hits) << hits.error().message;
      EXPECT_EQ(hits->at(0).title, expected);
    }
  }
}

TEST(json_extraction, is_converted_if_the_content_type_says_so) {
  const auto hits = extract(json_site(), {.body = "{\"query\":{\"search\":[{\"title\":\"Gr\xF6\xDF"
                                                  "e\",\"link\":\"/a\"}]}}",
                                          .content_type = "application/json; charset=latin1",
                                          .final_url = "https://wiki.example/"});

  ASSERT_TRUE(hits) << hits.error().message;
  EXPECT_EQ(hits->at(0).title, "Größe");
}

TEST(json_extraction, reads_results_that_are_values_of_an_object) {
  auto site = json_site();
  site.answer.results = path("pages.*");

  const auto hits = read_json(R"({"pages":{"7":{"title":"a","link":"/a"}}})", site);

  EXPECT_EQ(hits->size(), 1U);
}

TEST(json_extraction, missing_results_are_no_results) {
  EXPECT_TRUE(read_json(R"({"batchcomplete":""})")->empty());
}

TEST(json_extraction, says_when_no_result_could_be_used) {
  EXPECT_EQ(message(read_json(R"({"query":{"search":[{"titel":"a"}]}})")),
            "api: the answer cannot be read: 1 result was found, but none has a title and an http "
            "or https URL; answer discarded");
}

TEST(json_extraction, refuses_html_where_json_was_due) {
  const auto read = extract(json_site(), {.body = "<html>", .content_type = "text/html"});

  EXPECT_EQ(read.error().code, genstage::errc::bad_answer);
  EXPECT_EQ(message(read),
            "api: the content type is text/html, JSON (application/json) is allowed; answer "
            "discarded");
}

TEST(json_extraction, refuses_what_is_no_json) {
  EXPECT_TRUE(message(read_json("<html>"))
                  .starts_with("api: the answer cannot be read: it is not "
                               "valid JSON ("));
  EXPECT_TRUE(message(read_json(R"({"query":{"search":[{"title":"cut)"))
                  .starts_with("api: the answer cannot be read: it is not valid JSON ("));
}

TEST(json_extraction, refuses_json_nested_without_end) {
  EXPECT_TRUE(message(read_json(std::string(1'000'000, '[')))
                  .starts_with("api: the answer cannot be read: it is not valid JSON ("));
}

TEST(json_extraction, replaces_what_is_not_utf8) {
  const auto hits = read_json("{\"query\":{\"search\":[{\"title\":\"a\xFFz\",\"link\":\"/a\"}]}}");

  EXPECT_EQ((*hits)[0].title, "a\xEF\xBF\xBDz");
}

TEST(json_extraction, replaces_half_of_a_surrogate_pair) {
  const auto hits =
      read_json(R"({"query":{"search":[{"title":"\\ud83c \ud83c\udfad x\ud83c","link":"/a"}]}})");

  EXPECT_EQ((*hits)[0].title, "\\ud83c \xF0\x9F\x8E\xAD x\xEF\xBF\xBD");
}

TEST(json_extraction, skips_a_byte_order_mark) {
  EXPECT_TRUE(read_json("\xEF\xBB\xBF{}"));
}

}  // namespace
}  // namespace livesearch
