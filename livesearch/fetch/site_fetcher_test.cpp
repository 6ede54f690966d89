#include "livesearch/fetch/site_fetcher.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using genstage::errc;
using genstage::error;
using genstage::http::http_response;

class read_answer_test : public ::testing::Test {
 protected:
  static searchable_site make() {
    site_definition definition;
    definition.id = "wiki";
    definition.request.url = "https://example.org/?q={query}";
    definition.answer.format = answer_format::json;
    definition.answer.results = {rule_kind::path, "hits[*]"};
    definition.answer.title = {rule_kind::path, "title"};
    definition.answer.url = {rule_kind::path, "url"};
    auto reader = *extractor::make(definition);
    return {std::move(definition), std::move(reader)};
  }
  static http_response answer(unsigned status, std::string body) {
    http_response made;
    made.status = status;
    made.body = std::move(body);
    made.content_type = "application/json";
    made.final_url = "https://example.org/?q=x";
    return made;
  }

  searchable_site site = make();
};

TEST_F(read_answer_test, hits_are_results) {
  const site_answer read = read_answer(
      site, answer(200, R"({"hits":[{"title":"Demand","url":"https://example.org/demand"}]})"));

  EXPECT_EQ(read.outcome, site_outcome::results);
  ASSERT_EQ(read.hits.size(), 1U);
  EXPECT_EQ(read.hits[0].title, "Demand");
}

TEST_F(read_answer_test, an_answer_without_hits_is_no_results) {
  EXPECT_EQ(read_answer(site, answer(200, R"({"hits":[]})")).outcome, site_outcome::no_results);
}

TEST_F(read_answer_test, a_broken_body_is_a_bad_answer) {
  EXPECT_EQ(read_answer(site, answer(200, "{\"hits\": [")).outcome, site_outcome::bad_answer);
}

TEST_F(read_answer_test, status_429_means_that_the_rate_is_used_up_and_says_until_when) {
  http_response slow_down = answer(429, "");
  slow_down.headers.push_back({"Retry-After", "120"});

  const site_answer read = read_answer(site, slow_down);

  EXPECT_EQ(read.outcome, site_outcome::rate_limited);
  EXPECT_EQ(read.message, "The site asks for fewer requests (Retry-After: 120).");
}

TEST_F(read_answer_test, other_statuses_are_named) {
  EXPECT_EQ(read_answer(site, answer(403, "")).outcome, site_outcome::blocked);
  EXPECT_EQ(read_answer(site, answer(500, "")).message, "The site answered status 500.");
}

TEST_F(read_answer_test, each_failure_of_a_request_has_an_outcome_of_its_own) {
  const auto outcome = [&](errc code) { return read_failure(site, error{code, "why"}).outcome; };

  EXPECT_EQ(outcome(errc::timed_out), site_outcome::timed_out);
  EXPECT_EQ(outcome(errc::refused), site_outcome::skipped);
  EXPECT_EQ(outcome(errc::unreachable), site_outcome::unreachable);
  EXPECT_EQ(outcome(errc::bad_answer), site_outcome::bad_answer);
  EXPECT_EQ(outcome(errc::over_capacity), site_outcome::busy);
  EXPECT_EQ(outcome(errc::cancelled), site_outcome::skipped);
}

}  // namespace
}  // namespace livesearch
