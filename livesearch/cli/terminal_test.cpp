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
  searchable_site site = make();
};

TEST_F(terminal_test, results_are_numbered_with_address_and_snippet) {
  const site_answer answer{
      site_outcome::results, "", {{"Demand", "https://example.org/d", "How much"}}};

  EXPECT_EQ(
      describe(site, answer, 12ms, text_style::plain),
      "Wiki: 1 result (12 ms)\n   1. Demand\n      https://example.org/d\n      How much\n\n");
}

TEST_F(terminal_test, a_failure_is_one_line) {
  const site_answer answer{site_outcome::timed_out, "No answer within 3000 ms.", {}};

  EXPECT_EQ(describe(site, answer, 3000ms, text_style::plain),
            "Wiki: No answer within 3000 ms. (3.00 s)\n\n");
}

TEST_F(terminal_test, a_site_cannot_steer_the_terminal) {
  const site_answer answer{site_outcome::results,
                           "",
                           {{"red \x1b[31m \xc2\x9b"
                             "31m",
                             "https://example.org/", ""}}};

  const std::string text = describe(site, answer, 1ms, text_style::plain);

  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
}

TEST_F(terminal_test, the_summary_counts_sites_that_answered) {
  EXPECT_EQ(describe(search_summary{search_end::complete, 1530ms, 5, 3, 2, 1}),
            "5 results from 2 of 3 sites in 1.53 s\n");
}

}  // namespace
}  // namespace livesearch
