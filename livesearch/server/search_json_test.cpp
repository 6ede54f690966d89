#include "livesearch/server/search_json.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;

class search_json_test : public ::testing::Test {
 protected:
  static site_ptr make(std::string id, std::chrono::milliseconds limit) {
    site_definition definition;
    definition.id = std::move(id);
    definition.name = "Wiki";
    definition.categories = {"wiki"};
    definition.homepage = "https://example.org/";
    definition.request.url = "https://example.org/?q={query}";
    definition.limits.time = limit;
    definition.answer.format = answer_format::feed;
    return std::make_shared<const searchable_site>(*searchable_site::make(std::move(definition)));
  }
  site_ptr wiki = make("wiki", 1000ms);
};

TEST_F(search_json_test, the_start_lists_the_sites_and_the_longest_limit) {
  const search_plan plan{
      *parse_query("stage -\"x y\""),
      1,
      {{wiki, {}, {"It excludes no words."}, 1000ms}, {make("docs", 3000ms), {}, {}, 3000ms}}};

  const json event = json::parse(start_event(plan));

  EXPECT_EQ(event["limit_ms"], 3000);
  EXPECT_EQ(to_text(event["sites"][0]),
            R"({"id":"wiki","name":"Wiki","homepage":"https://example.org/","checked":"never",)"
            R"("categories":["wiki"],"weight":1,"limit_ms":1000,)"
            R"("remarks":["It excludes no words."],"pages":false})");
  EXPECT_EQ(to_text(event["terms"]), R"(["stage"])");
}

TEST_F(search_json_test, a_site_has_its_outcome_and_its_results) {
  const site_answer answer{site_outcome::results, "", {{"Demand", "https://example.org/d", "How"}}};

  search_ranking ranking{{*parse_query("x"), 3, {{wiki, {}, {}, 1000ms}}}};

  EXPECT_EQ(site_event(*wiki, answer, 20ms, ranking),
            R"({"id":"wiki","outcome":"results","message":"","elapsed_ms":20,"results":)"
            R"([{"title":"Demand","url":"https://example.org/d","snippet":"How","rank":21,)"
            R"("page_key":"4130e11a1ced23eb","title_key":""}]})");
}

TEST_F(search_json_test, text_that_is_not_utf_8_does_not_break_the_document) {
  const site_answer answer{site_outcome::bad_answer, "odd \xff byte", {}};

  search_ranking ranking{{*parse_query("x"), 1, {{wiki, {}, {}, 1000ms}}}};

  EXPECT_NE(site_event(*wiki, answer, 1ms, ranking).find("odd \xEF\xBF\xBD byte"),
            std::string::npos);
}

TEST_F(search_json_test, the_end_of_a_stream_tells_the_merged_order) {
  const site_ptr docs = make("docs", 1000ms);
  search_ranking ranking{{*parse_query("x"), 1, {{wiki, {}, {}, 1s}, {docs, {}, {}, 1s}}}};
  ranking.add(*docs, {site_outcome::results,
                      "",
                      {{"Own", "https://b.example/", ""}, {"Both", "https://a.example/#top", ""}}});
  ranking.add(*wiki, {site_outcome::results, "", {{"Both", "http://a.example", ""}}});

  const json event = json::parse(end_event({search_end::complete, 21ms, 3, 2, 2, 0}, ranking));

  EXPECT_EQ(to_text(event["order"]), R"([["wiki:1","docs:2"],["docs:1"]])");
}

TEST_F(search_json_test, a_report_has_each_result_once_with_the_sites_that_have_it) {
  const site_ptr docs = make("docs", 1000ms);
  search_report report;
  report.start({*parse_query("x"), 1, {{wiki, {}, {}, 1s}, {docs, {}, {}, 1s}}});
  report.add(*docs, {site_outcome::results, "", {{"Both", "https://a.example/#top", ""}}}, 1ms);
  report.add(*wiki, {site_outcome::results, "", {{"Both", "https://a.example/", "How"}}}, 2ms);

  const json document =
      json::parse(std::move(report).finish({search_end::complete, 2ms, 2, 2, 2, 0}));

  EXPECT_EQ(to_text(document["results"]),
            R"([{"title":"Both","url":"https://a.example/","snippet":"How","site":"wiki",)"
            R"("sites":["wiki","docs"],"also":[{"site":"docs","url":"https://a.example/#top"}]}])");
}

TEST_F(search_json_test, a_report_collects_results_and_sites) {
  search_report report;
  report.start({*parse_query("stage"), 1, {{wiki, {}, {}, 1s}}});
  report.add(*wiki, {site_outcome::results, "", {{"Demand", "https://example.org/d", ""}}}, 20ms);

  const json document =
      json::parse(std::move(report).finish(search_summary{search_end::complete, 21ms, 1, 1, 1, 0}));

  EXPECT_EQ(document["query"], "stage");
  EXPECT_EQ(document["results"][0]["site"], "wiki");
  EXPECT_EQ(document["sites"][0]["results"], 1);
}

}  // namespace
}  // namespace livesearch
