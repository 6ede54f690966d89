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
    auto reader = *extractor::make(definition);
    return {std::move(definition), std::move(reader)};
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
