#include "livesearch/cli/terminal.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;

class terminal_test : public ::testing::Test {
 protected:
  static searchable_site make() {
    site_definition definition;
    definition.id = "wiki";
    definition.name = "Wiki";
    definition.request.url = "https://example.org/?q={query}";
    definition.answer.format = answer_format::feed;
    return *searchable_site::make(std::move(definition));
  }
  site_ptr shared = std::make_shared<const searchable_site>(make());
  const searchable_site& site = *shared;

  [[nodiscard]] search_plan plan(std::vector<std::string> remarks = {}) const {
    return {*parse_query("x"), 1, {{shared, {}, std::move(remarks), 1000ms}}};
  }
};

TEST_F(terminal_test, a_site_is_told_on_one_line) {
  const site_answer found{site_outcome::results, "", {{"Demand", "https://example.org/d", ""}}};
  const site_answer late{site_outcome::timed_out, "No answer within 3000 ms.", {}};

  EXPECT_EQ(describe(site, found, 12ms, text_style::plain), "Wiki: 1 result (12 ms)\n");
  EXPECT_EQ(describe(site, late, 3000ms, text_style::plain),
            "Wiki: No answer within 3000 ms. (3.00 s)\n");
}

TEST_F(terminal_test, age_sharing_and_when_to_ask_again_are_told) {
  site_answer kept{site_outcome::results, "", {{"Demand", "https://example.org/d", ""}}};
  kept.age = 12400ms;
  site_answer shared_with{site_outcome::no_results, "It has nothing."};
  shared_with.is_shared = true;
  site_answer full{site_outcome::busy, "Too many."};
  full.retry_after = 2600ms;

  EXPECT_EQ(describe(site, kept, 1ms, text_style::plain),
            "Wiki: 1 result (1 ms, cached 12 s ago)\n");
  EXPECT_EQ(describe(site, shared_with, 5ms, text_style::plain),
            "Wiki: It has nothing. (5 ms, shared with another search)\n");
  EXPECT_EQ(describe(site, full, 0ms, text_style::plain),
            "Wiki: Too many. (0 ms, worth asking again in 3 s)\n");
}

TEST_F(terminal_test, only_what_no_site_had_before_is_new) {
  site_definition other = site.definition;
  other.id = "docs";
  const auto docs = std::make_shared<const searchable_site>(*searchable_site::make(other));
  search_plan two = plan();
  two.sites.push_back({docs, {}, {}, 1000ms});
  search_merge merge{two};
  merge.add(site, {site_outcome::results, "", {{"Demand", "https://example.org/d", ""}}});
  merge.add(*docs,
            {site_outcome::results,
             "",
             {{"Demand", "https://example.org/d", ""}, {"Stage", "https://s.example/", ""}}});

  EXPECT_EQ(describe_new(merge, other, text_style::plain),
            "    - Stage\n      https://s.example/\n      and 1 that other sites had before\n");
}

TEST_F(terminal_test, results_are_numbered_with_address_snippet_and_sites) {
  search_merge merge{plan()};
  merge.add(site, {site_outcome::results, "", {{"Demand", "https://example.org/d", "How much"}}});

  EXPECT_EQ(describe(merge, text_style::plain),
            "\n   1. Demand\n      https://example.org/d\n      How much\n      Wiki\n");
}

TEST_F(terminal_test, what_a_site_cannot_do_is_told) {
  EXPECT_EQ(describe_remarks(plan({"It knows no phrases.", "It excludes no words."})),
            "Wiki: It knows no phrases. It excludes no words.\n");
  EXPECT_EQ(describe_remarks(plan()), "");
}

TEST_F(terminal_test, a_site_cannot_steer_the_terminal) {
  const site_answer answer{site_outcome::results,
                           "",
                           {{"red \x1b[31m \xc2\x9b"
                             "31m",
                             "https://example.org/", ""}}};

  search_merge merge{plan()};
  merge.add(site, answer);

  const std::string text = describe(merge, text_style::plain);

  EXPECT_NE(text.find("red"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
}

TEST_F(terminal_test, the_summary_counts_sites_that_answered) {
  EXPECT_EQ(describe(search_summary{search_end::complete, 1530ms, 5, 3, 2, 1}),
            "5 results from 2 of 3 sites in 1.53 s\n");
}

}  // namespace
}  // namespace livesearch
